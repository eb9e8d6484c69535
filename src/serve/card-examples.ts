import { own } from '../mapping.js';
import { readAddress } from '../media/address.js';
import { exampleShape, INPUT_KEYS } from '../tasks/widget-examples.js';
import type { PageExample } from './model-info.js';

/** Most examples that a page shows. */
const MOST = 200;

/** Inputs that may be the address of a file. */
const FILE = 'src';

/** What examples are read with. */
export interface ExampleContext {
  /** Pipeline tag; null when none is known. */
  readonly task: string | null;
  /** Paths of the files of the repository; null when they are unknown. */
  readonly files: ReadonlySet<string> | null;
  /** The address of a file of the repository on this server. */
  readonly addressOf: (path: string) => string;
}

/**
 * The widget examples of a card that can be shown: mappings with an input that the task reads, in the order of the card. Files of the repository
 * become addresses of this server; what lies elsewhere is named, and not loaded.
 */
export function cardExamples(widget: unknown, context: ExampleContext): readonly PageExample[] {
  if (!Array.isArray(widget)) return [];
  const items: readonly unknown[] = widget;
  const reads = context.task === null ? INPUT_KEYS : (exampleShape(context.task)?.reads ?? INPUT_KEYS);
  return items.slice(0, MOST).flatMap((item) => {
    const inputs = Object.entries(asMapping(item)).filter(([key]) => INPUT_KEYS.has(key));
    return inputs.some(([key]) => reads.has(key)) ? [pageExample(asMapping(item), context)] : [];
  });
}

function pageExample(item: Readonly<Record<string, unknown>>, context: ExampleContext): PageExample {
  const { example_title: title, group, output, ...inputs } = item;
  const file = placed(own(item, FILE), context);
  const { [FILE]: _, ...others } = inputs;
  const address = file?.address ?? null;
  const shown = output === undefined || output === null ? {} : { output: placedOutput(output, context) };
  return {
    title: typeof title === 'string' && title.trim() !== '' ? title : titleOf(item),
    group: typeof group === 'string' && group.trim() !== '' ? group : null,
    example: file === null ? inputs : { ...others, ...(address === null ? {} : { [FILE]: address }) },
    remote: file?.remote ?? null,
    ...shown,
  };
}

/** Where a file is that a card names; null where it names none. */
function placed(
  given: unknown,
  { files, addressOf }: ExampleContext,
): { readonly address: string | null; readonly remote: string | null } | null {
  if (typeof given !== 'string') return null;
  const read = readAddress(given);
  if (read.kind !== 'file') return { address: null, remote: given };
  return files === null || files.has(read.path)
    ? { address: addressOf(read.path), remote: null }
    : { address: null, remote: null };
}

/** An output with the address of its file, where that is in the repository; an address elsewhere stays, and is not loaded. */
function placedOutput(output: unknown, context: ExampleContext): unknown {
  if (Array.isArray(output)) return output.map((item: unknown) => placedOutput(item, context));
  const url = placed(own(output, 'url'), context);
  return url?.address == null ? output : { ...asMapping(output), url: url.address };
}

/** The input itself, as the Hub's widget calls an example without a title. */
function titleOf(item: Readonly<Record<string, unknown>>): string {
  const words = ['text', 'source_sentence', 'prompt', FILE].map((key) => own(item, key));
  const text = words.find((word) => typeof word === 'string' && word.trim() !== '');
  if (typeof text !== 'string') return 'Example';
  const [line = ''] = text.trim().split('\n', 1);
  return line.length > LONGEST_TITLE ? `${line.slice(0, LONGEST_TITLE)}…` : line;
}

const LONGEST_TITLE = 60;

function asMapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
