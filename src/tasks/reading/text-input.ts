import type { JsonPath } from '../../card/path.js';
import { defaultInputs } from '../../hub/default-inputs.js';
import { isMapping, own } from '../../mapping.js';
import { type Example, fault, type Inference, kindOf, type Read, read } from '../task.js';
import { inferenceOf, type ReadParameters, readExample, readText, withParameters } from './example.js';

/** One text, or several that are answered one by one. */
export type Texts = string | readonly string[];

/** Most texts of one request. */
export const MAX_TEXTS = 256;

/** Reads a widget example that is a text: `{text, parameters?}`. */
export function readTextExample(
  example: unknown,
  tag: string,
  readParameters: ReadParameters,
): Read<Example<string>> {
  return readExample(
    example,
    '`text`',
    (given) =>
      own(given, 'text') === undefined
        ? fault([], `This widget example has no \`text\`; ${tag} needs one.`)
        : readText(own(given, 'text'), 'text'),
    readParameters,
  );
}

/** Reads a request that is one text: bare, or under the first of `keys` that is there, with `parameters`. */
export function readTextRequest(
  body: unknown,
  readParameters: ReadParameters,
  keys: readonly [string, ...string[]] = ['inputs', 'text'],
): Read<Inference<string>> {
  if (typeof body === 'string') {
    return body.trim() === '' ? fault([], 'The text is empty.') : read(inferenceOf(body));
  }
  if (!isMapping(body)) return fault([], `Expected a text or {"inputs": text}, not ${kindOf(body)}.`);
  const key = keyOf(body, keys);
  return withParameters(readText(own(body, key), key), body, readParameters);
}

/** The first of some keys that a mapping has; the first one of all when it has none. */
export function keyOf(body: Readonly<Record<string, unknown>>, keys: readonly [string, ...string[]]): string {
  return keys.find((name) => Object.hasOwn(body, name)) ?? keys[0];
}

/** Reads a request that is a text or a list of texts: bare, as `inputs` or as `text`, with `parameters`. */
export function readTextsRequest(body: unknown, readParameters: ReadParameters): Read<Inference<Texts>> {
  if (typeof body === 'string' || Array.isArray(body)) {
    const texts = readTexts(body, null);
    return texts.ok ? read(inferenceOf(texts.value)) : texts;
  }
  if (!isMapping(body)) return fault([], `Expected a text or {"inputs": text}, not ${kindOf(body)}.`);
  const key = keyOf(body, ['inputs', 'text']);
  return withParameters(readTexts(own(body, key), key), body, readParameters);
}

/** Reads a text or a list of texts, none of them empty; `key` is where it stands, null when it is all there is. */
export function readTexts(value: unknown, key: string | null): Read<Texts> {
  const path: JsonPath = key === null ? [] : [key];
  const name = key === null ? 'The text' : `\`${key}\``;
  if (Array.isArray(value)) {
    if (value.length === 0) return fault(path, `${name} is an empty list.`);
    if (value.length > MAX_TEXTS) return fault(path, `${name} has more than ${MAX_TEXTS} texts.`);
    for (const [index, item] of value.entries()) {
      if (typeof item !== 'string') {
        return fault([...path, index], `Each of the texts must be a text, not ${kindOf(item)}.`);
      }
      if (item.trim() === '') return fault([...path, index], `Text ${index + 1} is empty.`);
    }
    return read(value as readonly string[]);
  }
  if (value === undefined) return fault([], `There is no ${name}.`);
  if (typeof value !== 'string') return fault(path, `${name} must be a text, not ${kindOf(value)}.`);
  return value.trim() === '' ? fault(path, `${name} is empty.`) : read(value);
}

/** The texts that the Hub’s widgets begin with for a task. */
export function defaultTexts(tag: string): readonly string[] {
  return (defaultInputs(tag)?.inputs ?? []).filter((input): input is string => typeof input === 'string');
}

/** Whether inferences are of more than one input, so that their answers show whether the model listens to it. */
export function haveDifferentInputs(inferences: readonly Inference[]): boolean {
  return new Set(inferences.map(({ input }) => JSON.stringify(input))).size > 1;
}

/** Answers each of several texts, or the only one. */
export async function answerEach<T>(
  input: Texts,
  answer: (text: string) => Promise<T>,
): Promise<readonly [T, ...T[]]> {
  const [first = '', ...others] = typeof input === 'string' ? [input] : input;
  const answers: [T, ...T[]] = [await answer(first)];
  for (const text of others) answers.push(await answer(text));
  return answers;
}

/** As `answerEach`, but all at once: where the graph can take several items, they become one run of it. */
export async function answerTogether<T>(
  input: Texts,
  answer: (text: string) => Promise<T>,
): Promise<readonly [T, ...T[]]> {
  const [first = '', ...others] = typeof input === 'string' ? [input] : input;
  const [answered, ...rest] = await Promise.all([answer(first), ...others.map(answer)]);
  return [answered, ...rest];
}

/** How many characters a text has, as Python counts them: two halves of a surrogate pair are one. */
export function characterCount(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length - 1; index++) {
    if (isPair(text, index)) {
      count--;
      index++;
    }
  }
  return count;
}

/** How many characters, as Python counts them, lie before each UTF-16 index of a text. */
export function characterIndexes(text: string): (index: number) => number {
  // Without surrogates both counts are the same.
  if (!/[\ud800-\udbff][\udc00-\udfff]/.test(text)) return (index) => index;
  const before = new Uint32Array(text.length + 1);
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    before[index] = count;
    // The second half of a pair is the end of the character that it belongs to.
    if (isPair(text, index)) before[++index] = count + 1;
    count += 1;
  }
  before[text.length] = count;
  return (index) => before[index] ?? count;
}

/** Whether a surrogate pair begins there. */
function isPair(text: string, index: number): boolean {
  return (text.codePointAt(index) ?? 0) > 0xffff;
}
