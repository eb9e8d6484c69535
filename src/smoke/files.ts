import { isMapping } from '../mapping.js';
import type { Heard } from './hearing.js';

/** A picture or sound that the model made, or was shown. */
export interface SmokeFile {
  /** Index of the case in the report. */
  readonly index: number;
  /** Name with its ending: letters, digits, dots, hyphens. */
  readonly name: string;
  /** Such as `image/png`. */
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** Pictures and sounds of a smoke inference, each with the index of its case. */
export interface SmokeMedia {
  readonly inputs: readonly SmokeFile[];
  readonly outputs: readonly SmokeFile[];
}

/** What a model can make, with the ending of its name; a child that was taken over may say anything. */
const ENDINGS: Readonly<Record<string, string>> = {
  'image/png': '.png',
  'audio/wav': '.wav',
  'application/json': '.json',
};
const LONGEST_NAME = 80;

/** The pictures and sounds of a run’s answers, with names that are safe in any folder. */
export function filesOf({ files }: Heard): readonly SmokeFile[] {
  const taken = new Set<string>();
  return files.flatMap(({ index, name, mediaType, base64 }) => {
    const ending = Object.hasOwn(ENDINGS, mediaType) ? ENDINGS[mediaType] : undefined;
    if (ending === undefined) return [];
    const safe = safeName(name, ending);
    const key = `${index}/${safe.toLowerCase()}`;
    if (taken.has(key)) return [];
    taken.add(key);
    return [{ index, name: safe, mediaType, bytes: Buffer.from(base64, 'base64') }];
  });
}

function safeName(name: string, ending: string): string {
  const stem = name.endsWith(ending) ? name.slice(0, -ending.length) : name;
  const safe = stem.replace(/[^A-Za-z0-9-]+/g, '-').replace(/^-+|-+$/g, '');
  return `${safe.slice(0, LONGEST_NAME) || 'output'}${ending}`;
}

/** An output with the name of each picture and sound in the place where clients of the API get its content. */
export function resolveFiles(output: unknown): unknown {
  if (Array.isArray(output)) return output.map(resolveFiles);
  if (!isMapping(output)) return output;
  if (typeof output.$file === 'string') return output.$file;
  return Object.fromEntries(Object.entries(output).map(([key, value]) => [key, resolveFiles(value)]));
}
