import { isMapping, own } from '../mapping.js';
import { findTask } from '../tasks/index.js';
import { checkAnswer } from './check-answer.js';
import type { ClientFamily } from './client-family.js';
import type { AnsweredFile } from './worker-messages.js';

/** What goes over the wire: a JSON value, or a file as it is. */
export type Shaped =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'file'; readonly mediaType: string; readonly bytes: Buffer };

/** What was asked, as far as the shape of its answer depends on it. */
export interface Asked {
  readonly task: string;
  readonly client: ClientFamily;
  /** The body. */
  readonly request: unknown;
  /** Names of the classes of the model; empty where they are unknown. */
  readonly classes: readonly string[];
}

/** An answer in the shape that a client of the Inference API reads; `files` are those that the output names. Throws `ServeError` 500. */
export function shapeAnswer(
  { output, files }: { readonly output: unknown; readonly files: readonly AnsweredFile[] },
  asked: Asked,
): Shaped {
  const { task } = asked;
  const [file] = files;
  // One that is made goes over the wire as it is; several stand in a list.
  if (findTask(task)?.makes !== undefined && file !== undefined && !Array.isArray(output)) {
    return { kind: 'file', mediaType: file.mediaType, bytes: Buffer.from(file.base64, 'base64') };
  }
  const byName = new Map(files.map((one) => [one.name, one]));
  const whole = withContents(output, byName);
  checkAnswer(task, whole);
  return { kind: 'json', value: shaped(whole, asked) };
}

/** Clients that take classes by their names, and tokens that were not put together as they are. */
const ANY_SHAPE: ReadonlySet<ClientFamily> = new Set(['hub-1.1', 'other']);

function shaped(output: unknown, { task, client, request, classes }: Asked): unknown {
  switch (task) {
    // An array of scores for each text, and one text makes an array of one.
    case 'text-classification':
      return Array.isArray(output) && !Array.isArray(output[0]) ? [output] : output;
    case 'image-to-text': {
      const texts: readonly unknown[] = Array.isArray(output) ? output : [output];
      return client === 'js' ? texts[0] : texts;
    }
    case 'zero-shot-classification': {
      if (client !== 'legacy' && client !== 'hub-1.1' && client !== 'js-3') return output;
      const columns = inColumns(output, own(request, 'inputs'));
      return client !== 'js-3' || Array.isArray(columns) ? columns : [columns];
    }
    // It had them once, and clients until 2023 take no answer without.
    case 'conversational':
      return isMapping(output) ? { ...output, warnings: [] } : output;
    case 'tabular-classification':
      return ANY_SHAPE.has(client) ? output : inNumbers(output, classes);
    case 'token-classification':
      return ANY_SHAPE.has(client) ? output : inGroups(output);
    // A part of a whole picture has no score of its own, and old clients take none without.
    case 'image-segmentation':
      return Array.isArray(output) ? output.map(scored) : output;
    default:
      return output;
  }
}

function scored(segment: unknown): unknown {
  return isMapping(segment) && typeof segment.score !== 'number' ? { ...segment, score: 1 } : segment;
}

/** Tokens that were not put together, with the one key that clients of JavaScript take them by. */
function inGroups(output: unknown): unknown {
  if (Array.isArray(output)) return output.map(inGroups);
  return isMapping(output) && typeof output.entity === 'string'
    ? { ...output, entity_group: output.entity }
    : output;
}

/** The classes of rows by their places among all names, as scikit-learn sorts them: old clients and those of JavaScript take nothing but numbers. */
function inNumbers(output: unknown, classes: readonly string[]): unknown {
  if (!Array.isArray(output)) return output;
  const places = new Map([...classes].sort(byCodePoints).map((name, place) => [name, place]));
  return output.map((label: unknown) => (typeof label === 'string' ? (places.get(label) ?? label) : label));
}

function byCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** `{sequence, labels, scores}`, as it was once; one for each of several texts. */
function inColumns(output: unknown, sequence: unknown): unknown {
  if (!Array.isArray(output)) return output;
  if (Array.isArray(sequence)) {
    return output.map((one: unknown, index) => inColumns(one, sequence[index]));
  }
  return {
    sequence,
    labels: output.map((one: unknown) => own(one, 'label')),
    scores: output.map((one: unknown) => own(one, 'score')),
  };
}

/** Puts the contents of files, in base64, in the places that name them, and beside them the types that they were made in. */
function withContents(value: unknown, files: ReadonlyMap<string, AnsweredFile>): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => withContents(one, files));
  if (!isMapping(value)) return value;
  const name = own(value, '$file');
  if (typeof name === 'string') return files.get(name)?.base64 ?? null;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      key === TYPE ? (typeOf(own(value, 'blob'), files) ?? one) : withContents(one, files),
    ]),
  );
}

const TYPE = 'content-type';

function typeOf(blob: unknown, files: ReadonlyMap<string, AnsweredFile>): string | undefined {
  const name = own(blob, '$file');
  return typeof name === 'string' ? files.get(name)?.mediaType : undefined;
}
