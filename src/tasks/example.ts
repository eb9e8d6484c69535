import { isMapping, own } from '../mapping.js';
import type { MediaSource } from '../smoke/media/source.js';
import { fault, kindOf, type Parameters, type Read, read } from './task.js';

/** The title and the answer that a widget example shows, where it has them. */
export function titleAndOutput(example: unknown): { readonly title?: string; readonly output?: unknown } {
  const title = own(example, 'example_title');
  const output = own(example, 'output');
  return {
    ...(typeof title === 'string' ? { title } : {}),
    ...(output === undefined || output === null ? {} : { output }),
  };
}

/** A text of a widget example or request that must not be empty. */
export function readText(value: unknown, key: string): Read<string> {
  if (value === undefined) return fault([], `There is no \`${key}\`.`);
  if (typeof value !== 'string') return fault([key], `\`${key}\` must be a text, not ${kindOf(value)}.`);
  return value.trim() === '' ? fault([key], `\`${key}\` is empty.`) : read(value);
}

/** The `parameters` of a widget example or request: a mapping, or nothing. */
export function readMapping(parameters: unknown): Read<Parameters> {
  if (parameters === undefined || parameters === null) return read({});
  return isMapping(parameters)
    ? read(parameters)
    : fault([], `parameters must be a mapping, not ${kindOf(parameters)}.`);
}

/** The file that `src` of a widget example names; by now the path of one in the repository. */
export function readSource(example: unknown): Read<MediaSource> {
  const path = readText(own(example, 'src'), 'src');
  return path.ok ? read({ kind: 'file', path: path.value }) : path;
}

/** The file in the repository that shows the output of a widget example; null when it shows none, or one that is not here. */
export function shownFile(expected: unknown): MediaSource | null {
  const path = own(own(expected, 'file'), 'path');
  return typeof path === 'string' ? { kind: 'file', path } : null;
}

/** Most characters of a request's base64: 64 MiB of content. */
const MAX_BASE64 = 90_000_000;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/**
 * A picture or sound of a request: base64, alone or as a `data:` URL. An address is refused: whoever asks a server must not
 * make it fetch.
 */
export function readBase64(value: unknown, key: string): Read<MediaSource> {
  const text = readText(value, key);
  if (!text.ok) return text;
  if (/^(?:https?|ftp|file):/i.test(text.value)) {
    return fault([key], `\`${key}\` is an address; send the content itself, in base64.`);
  }
  const base64 = text.value.replace(/^data:[^,]{0,200};base64,/, '').replace(/\s+/g, '');
  if (base64.length > MAX_BASE64) return fault([key], `\`${key}\` is longer than 64 MiB.`);
  if (base64 === '' || !BASE64.test(base64)) return fault([key], `\`${key}\` is no base64.`);
  return read({ kind: 'data', base64 });
}
