import type { JsonPath } from '../card/path.js';
import { own } from '../mapping.js';

/** A file that a widget example names: what goes into the inference, or what came out of it. */
export interface ExampleFile {
  /** Path inside the example. */
  readonly path: JsonPath;
  readonly address: string;
  readonly use: 'input' | 'output';
}

/** Keys of a widget example whose values name a file. */
const INPUTS = ['src', 'mask', 'target'];

/** Most outputs of one example that are looked at. */
const MOST_OUTPUTS = 100;

/** The files that a widget example names; values of a wrong type are left out. */
export function exampleFiles(example: unknown): readonly ExampleFile[] {
  const files: ExampleFile[] = [];
  const add = (address: unknown, path: JsonPath, use: ExampleFile['use']) => {
    if (typeof address === 'string' && address.trim() !== '') files.push({ path, address, use });
  };
  for (const key of INPUTS) add(own(example, key), [key], 'input');
  const output = own(example, 'output');
  if (!Array.isArray(output)) add(own(output, 'url'), ['output', 'url'], 'output');
  else {
    for (const [index, item] of output.slice(0, MOST_OUTPUTS).entries()) {
      add(own(item, 'url'), ['output', index, 'url'], 'output');
    }
  }
  return files;
}
