import { describe, expect, it } from 'vitest';
import { spokenUntil } from '../../../src/page/widget/spoken.js';
import { cpuTime } from '../../cpu-time.js';

const SENTENCE = `${'word '.repeat(30)}end.`;

/** The parts that are read out of a text that comes in pieces. */
function parts(pieces: readonly string[]): readonly string[] {
  const said: string[] = [];
  let text = '';
  let from = 0;
  const hear = (complete: boolean) => {
    const until = spokenUntil(text, from, complete);
    if (until > from) said.push(text.slice(from, until));
    from = until;
  };
  for (const piece of pieces) {
    text += piece;
    hear(false);
  }
  hear(true);
  return said;
}

describe('a text that is read out while it is written', () => {
  it('comes in whole sentences, and loses nothing', () => {
    const text = `${SENTENCE} ${SENTENCE} And more`;
    expect(parts([...text])).toEqual([SENTENCE, ` ${SENTENCE}`, ' And more']);
  });

  it('is read at once where it is short', () => {
    expect(parts(['Yes', '.', ' No', '.'])).toEqual(['Yes. No.']);
  });

  it('has sentences in scripts without spaces', () => {
    const sentence = `${'語'.repeat(130)}。`;
    expect(parts([...sentence, ...sentence])).toEqual([sentence, sentence]);
  });

  it('is not read for ever', () => {
    const read = parts(Array.from({ length: 100 }, () => `${SENTENCE} `)).join('');
    expect(read).toHaveLength(4000);
  });

  it('is read fast however odd it is', () => {
    const computed = cpuTime();
    parts(['."'.repeat(50_000), '!'.repeat(100_000)]);
    expect(computed()).toBeLessThan(200);
  });
});
