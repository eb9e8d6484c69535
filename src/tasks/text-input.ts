import type { JsonPath } from '../card/path.js';
import { isMapping, own } from '../mapping.js';
import { readText, titleAndOutput } from './example.js';
import { type Example, fault, type Inference, kindOf, type Parameters, type Read, read } from './task.js';

/** One text, or several that are answered one by one. */
export type Texts = string | readonly string[];

/** Most texts of one request. */
export const MAX_TEXTS = 256;

/** Reads the parameters of a widget example or request. */
export type ReadParameters = (parameters: unknown) => Read<Parameters>;

/** Reads a widget example that is a text: `{text, parameters?}`. */
export function readTextExample(
  example: unknown,
  tag: string,
  readParameters: ReadParameters,
): Read<Example<string>> {
  if (!isMapping(example)) {
    return fault([], `A widget example is a mapping with \`text\`, not ${kindOf(example)}.`);
  }
  if (own(example, 'text') === undefined) {
    return fault([], `This widget example has no \`text\`; ${tag} needs one.`);
  }
  const text = readText(own(example, 'text'), 'text');
  if (!text.ok) return text;
  const parameters = within('parameters', readParameters(own(example, 'parameters')));
  if (!parameters.ok) return parameters;
  return read({ input: text.value, parameters: parameters.value, ...titleAndOutput(example) });
}

/** Reads a request that is a text or a list of texts: bare, as `inputs` or as `text`, with `parameters`. */
export function readTextsRequest(body: unknown, readParameters: ReadParameters): Read<Inference<Texts>> {
  if (typeof body === 'string' || Array.isArray(body)) {
    const texts = readTexts(body, null);
    return texts.ok ? read({ input: texts.value, parameters: {} }) : texts;
  }
  if (!isMapping(body)) return fault([], `Expected a text or {"inputs": text}, not ${kindOf(body)}.`);
  const key = Object.hasOwn(body, 'inputs') || !Object.hasOwn(body, 'text') ? 'inputs' : 'text';
  const texts = readTexts(own(body, key), key);
  if (!texts.ok) return texts;
  const parameters = within('parameters', readParameters(own(body, 'parameters')));
  if (!parameters.ok) return parameters;
  return read({ input: texts.value, parameters: parameters.value });
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

/** A fault inside of `key`, as one of the whole. */
export function within<T>(key: string | number, value: Read<T>): Read<T> {
  return value.ok ? value : fault([key, ...value.fault.path], value.fault.message);
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

/** How many characters, as Python counts them, lie before each UTF-16 index of a text. */
export function characterIndexes(text: string): (index: number) => number {
  // Without surrogates both counts are the same.
  if (!/[\ud800-\udbff][\udc00-\udfff]/.test(text)) return (index) => index;
  const before = new Uint32Array(text.length + 1);
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    before[index] = count;
    const pair = (text.codePointAt(index) ?? 0) > 0xffff;
    // The second half of a pair is the end of the character that it belongs to.
    if (pair) before[++index] = count + 1;
    count += 1;
  }
  before[text.length] = count;
  return (index) => before[index] ?? count;
}
