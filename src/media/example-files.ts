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
  for (const key of INPUTS) {
    const address = own(example, key);
    if (isAddress(address)) files.push({ path: [key], address, use: 'input' });
  }
  const output = own(example, 'output');
  if (!Array.isArray(output)) {
    const address = own(output, 'url');
    if (isAddress(address)) files.push({ path: ['output', 'url'], address, use: 'output' });
    return files;
  }
  for (const [index, item] of output.slice(0, MOST_OUTPUTS).entries()) {
    const address = own(item, 'url');
    if (isAddress(address)) files.push({ path: ['output', index, 'url'], address, use: 'output' });
  }
  return files;
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
