import { lazily, rows } from './lazily.js';
import { nearest } from './nearest.js';
import { LIBRARIES } from './tables/libraries.generated.js';

/** Libraries the Hub knows: `library_name` and the label the Hub shows (MODEL_LIBRARIES_UI_ELEMENTS of @huggingface/tasks). */
export const libraries: () => ReadonlyMap<string, string> = lazily(
  () => new Map(rows(LIBRARIES).map(([name = '', label = '']) => [name, label])),
);

/** Whether the Hub knows a library by this `library_name`; spares taking the table apart. */
export function isLibrary(name: string): boolean {
  let answer = asked.get(name);
  if (answer === undefined) {
    answer =
      /^[\w.+-]{1,100}$/.test(name) &&
      (LIBRARIES.startsWith(`${name}\t`) || LIBRARIES.includes(`\n${name}\t`));
    if (asked.size >= MOST_ASKED) asked.clear();
    asked.set(name, answer);
  }
  return answer;
}

/** The same few names are asked about in all cards. */
const asked = new Map<string, boolean>();
const MOST_ASKED = 100;

/** Other names under which libraries are known, without case and punctuation. */
const ALIASES: readonly (readonly [name: string, library: string])[] = [
  ['transformer', 'transformers'],
  ['hftransformers', 'transformers'],
  ['huggingfacetransformers', 'transformers'],
  ['sbert', 'sentence-transformers'],
  ['pyannote', 'pyannote-audio'],
  ['sb3', 'stable-baselines3'],
];

/** Libraries the Hub does not know, with names near to those of others. */
const OTHERS: ReadonlySet<string> = new Set([
  'ctransformers',
  'simpletransformers',
  'mlx-lm',
  'mlx_lm',
  'mlx-llm',
]);

/** Libraries by their names, labels and other names, without case and punctuation. */
const byLetters = lazily(
  () =>
    new Map([
      ...[...libraries()].map(([name, label]) => [letters(label), name] as const),
      ...[...libraries().keys()].map((name) => [letters(name), name] as const),
      ...ALIASES,
    ]),
);

/** A name without case and punctuation. */
function letters(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Names of libraries by their first letter, which typing errors hardly ever hit; comparing with all takes time. */
const byInitial = lazily(() => {
  const groups = new Map<string, string[]>();
  for (const name of libraries().keys()) {
    const initial = letters(name).charAt(0);
    const group = groups.get(initial);
    if (group === undefined) groups.set(initial, [name]);
    else group.push(name);
  }
  return groups;
});

/**
 * The library that is meant by a name the Hub does not know: another way to write it, or a typing error. Names that
 * differ in a number, such as yolov8 and yolov10, are those of different libraries, and in short names any letter counts.
 */
export function meantLibrary(name: string): string | undefined {
  if (name.length > 100 || isLibrary(name) || OTHERS.has(name)) return undefined;
  const word = letters(name);
  const known = byLetters().get(word);
  if (known !== undefined || word.length < 6) return known;
  const near = nearest(name, byInitial().get(word.charAt(0)) ?? [], word.length < 10 ? 1 : 2);
  return near !== undefined && digits(near) === digits(name) ? near : undefined;
}

function digits(name: string): string {
  return name.replace(/[^0-9]/g, '');
}
