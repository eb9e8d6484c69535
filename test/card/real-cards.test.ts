import { readdirSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { checkSpans } from './spans.js';

/** Heads of public model cards of 2020 to 2024, chosen for what is odd in them; bodies are left out. */
const folder = new URL('./cards/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.md'));
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');

/** The Hub's own expression. */
const HUB = /^(\s*---(?:\r\n|\r|\n))([\S\s]*?)((?:\r\n|\r|\n)---[ \t]*(\r\n|\n|$))/;

describe('real cards', () => {
  test.each(files)('%s: split, values and places as the Hub and js-yaml have them', (file) => {
    const text = read(file);
    const card = parseCard(text);
    const yaml = HUB.exec(text)?.[2];
    if (yaml === undefined) {
      expect(card.frontMatter.kind).toBe('absent');
      return;
    }
    expect(card.frontMatter.kind === 'absent' ? null : card.frontMatter.block.yaml).toEqual({
      start: text.indexOf(yaml),
      end: text.indexOf(yaml) + yaml.length,
    });
    let expected: unknown;
    try {
      expected = load(yaml) ?? null;
    } catch (error) {
      expect(card.frontMatter).toMatchObject({ kind: 'invalid', message: (error as Error).message });
      return;
    }
    expect(card.frontMatter).toMatchObject({ kind: 'parsed', value: expected });
    const { values, unread, faults } = checkSpans(card);
    expect(faults).toEqual([]);
    expect(unread).toBe(0);
    expect(values).toBeGreaterThan(0);
  });

  const faults: readonly (readonly [file: string, reason: string, place: string, line: number])[] = [
    ['0031.md', 'bad indentation of a sequence entry', '(http://www.statmt.org/wmt19/)', 14],
    ['0045.md', 'duplicated mapping key', 'widget', 7],
    ['0139.md', 'end of the stream or a document separator is expected', '@#$@%@#', 2],
    ['0215.md', 'can not read a block mapping entry; a multiline key may not be an implicit key', ':', 7],
    ['0386.md', 'unexpected end of the stream within a double quoted scalar', '"MIT', 8],
  ];
  test.each(faults)('%s: %s', (file, reason, place, line) => {
    const text = read(file);
    const { frontMatter, rangeAt } = parseCard(text);
    expect(frontMatter).toMatchObject({ kind: 'invalid', reason });
    if (frontMatter.kind !== 'invalid') return;
    expect(text.slice(frontMatter.span.start, frontMatter.span.end)).toBe(place);
    expect(rangeAt(frontMatter.span).start.line).toBe(line);
  });
});
