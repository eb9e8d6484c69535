import type { SmokeCheck } from '../../smoke/report.js';
import type { Answer, AnsweredCase, Comparison } from '../task.js';
import type { Written } from './causal.js';
import {
  checkEcho,
  checkExpectedText,
  checkGeneration,
  compareGenerations,
  type GenerationFacts,
  generationVectors,
} from './generation.js';

/** What the checks need to know of texts that a model wrote: one for each input, or for each of several answers to one. */
export interface WrittenFacts {
  readonly texts: readonly GenerationFacts[];
}

const RANK = { failed: 0, warning: 1, skipped: 2, passed: 3 } as const satisfies Record<
  SmokeCheck['status'],
  number
>;

/** The facts of some texts. */
export function factsOf(written: readonly Written[]): WrittenFacts {
  return { texts: written.map(({ facts }) => facts) };
}

/** The checks of written texts, each with its worst outcome; `echo` says whether an answer must not be the input. */
export function checkWritten(
  { facts, expected }: AnsweredCase<unknown, WrittenFacts>,
  echo: boolean,
): readonly SmokeCheck[] {
  const found = facts.texts.flatMap((text) => [
    ...checkGeneration(text),
    ...(echo || text.answers ? checkEcho(text) : []),
  ]);
  const [first] = facts.texts;
  if (expected !== undefined && first !== undefined && first.text.trim() !== '') {
    found.push(checkExpectedText(first, expected));
  }
  const ids = new Set(found.map(({ id }) => id));
  return [...ids].flatMap((id) =>
    found
      .filter((check) => check.id === id)
      .sort((a, b) => RANK[a.status] - RANK[b.status])
      .slice(0, 1),
  );
}

/** The texts as vectors, for comparing answers. */
export function writtenVectors({ facts }: Answer<WrittenFacts>): readonly (readonly string[])[] {
  return facts.texts.flatMap(generationVectors);
}

/** Compares texts one by one; what says most is what does not agree, or lies furthest apart. */
export function compareWritten(full: Answer<WrittenFacts>, other: Answer<WrittenFacts>): Comparison {
  const pairs = full.facts.texts.flatMap((text, index) => {
    const twin = other.facts.texts[index];
    return twin === undefined ? [] : [compareGenerations(text, twin)];
  });
  if (pairs.length < full.facts.texts.length || pairs.length === 0) {
    return { agrees: false, drift: null, seen: 'there are fewer texts' };
  }
  const [worst] = [...pairs].sort(
    (a, b) => Number(a.agrees) - Number(b.agrees) || (b.drift ?? 0) - (a.drift ?? 0),
  );
  return worst ?? { agrees: true, drift: null, seen: 'there is nothing to compare' };
}
