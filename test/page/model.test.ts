import { describe, expect, it } from 'vitest';
import { lintCard } from '../../src/lint.js';
import { fileOf, infoOf, modelIn, pageOf } from '../../src/page/address.js';
import { matching } from '../../src/page/list/matching.js';
import { chipsOf, markedChips } from '../../src/page/model/chips.js';
import { excerpt, linesOf } from '../../src/page/model/excerpt.js';
import { bytesInWords, stateInWords } from '../../src/page/words.js';
import type { ModelSummary } from '../../src/serve/model-info.js';

const NOTHING = { task: null, library: null };

describe('chips', () => {
  it('are the task, the library, and what the card says, in the order of the Hub', () => {
    const chips = chipsOf(
      {
        tags: ['onnx', 7, null, { a: 1 }, '', 'text-classification', 'transformers'],
        license: 'mit',
        language: ['en', false],
        base_model: 'a/b',
        datasets: 'imdb',
      },
      { task: 'text-classification', library: 'transformers' },
    );
    expect(chips.map(({ name, value, pointer }) => [name, value, pointer])).toEqual([
      [undefined, 'text-classification', '/pipeline_tag'],
      ['Library', 'transformers', '/library_name'],
      ['License', 'mit', '/license'],
      ['Language', 'en', '/language/0'],
      ['Language', 'false', '/language/1'],
      ['Dataset', 'imdb', '/datasets'],
      ['Base model', 'a/b', '/base_model'],
      [undefined, 'onnx', '/tags/0'],
      [undefined, '7', '/tags/1'],
    ]);
  });

  it('are few and short, whatever the card holds', () => {
    const chips = chipsOf({ language: Array.from({ length: 500 }, () => 'x'.repeat(500)) }, NOTHING);
    expect(chips.length).toBe(41);
    expect(chips.at(-1)?.value).toBe('and 460 more');
    expect(Math.max(...chips.map(({ value }) => value.length))).toBeLessThan(100);
    expect(chipsOf(null, NOTHING)).toEqual([]);
  });

  it('are marked by findings about them, the worst first', () => {
    const card = '---\nlicense: apache\nlanguage:\n- english\n- de\n---\n';
    const marked = markedChips(
      chipsOf({ license: 'apache', language: ['english', 'de'] }, NOTHING),
      lintCard(card),
      'README.md',
    );
    expect(marked.map(({ value, finding }) => [value, finding?.severity])).toEqual([
      ['apache', 'error'],
      ['english', 'error'],
      ['de', undefined],
    ]);
    expect(marked[0]?.finding?.message).toContain('license');
    const elsewhere = lintCard(card).map((one) => ({ ...one, file: 'config.json' }));
    expect(markedChips(marked, elsewhere, 'README.md').every(({ finding }) => finding === null)).toBe(true);
  });
});

describe('an excerpt', () => {
  const at = (line: number, column: number) => ({ line, column, offset: 0 });

  it('has the lines of a finding and one around it, with its place apart', () => {
    const lines = excerpt(linesOf('a: 1\r\nb: two\r\nc: 3\r\n'), { start: at(2, 4), end: at(2, 7) });
    expect(lines).toEqual([
      { number: 1, before: 'a: 1', marked: '', behind: '' },
      { number: 2, before: 'b: ', marked: 'two', behind: '' },
      { number: 3, before: 'c: 3', marked: '', behind: '' },
    ]);
  });

  it('is short, however long the place is', () => {
    const source = Array.from({ length: 50 }, () => 'x'.repeat(1000)).join('\n');
    const lines = excerpt(linesOf(source), { start: at(1, 1), end: at(50, 1) });
    expect(lines.length).toBe(8);
    expect(Math.max(...lines.map(({ marked }) => marked.length))).toBeLessThan(302);
  });

  it('stands behind the end of the text', () => {
    expect(excerpt(linesOf('a'), { start: at(9, 9), end: at(9, 9) })).toEqual([]);
  });
});

describe('the filter', () => {
  const model = (id: string, task: string | null, state: 'live' | 'hidden') =>
    ({
      id,
      pipeline_tag: task,
      library_name: null,
      support: { widget: { state }, api: { reason: 'Yes' } },
    }) as unknown as ModelSummary;
  const models = [model('b', 'fill-mask', 'live'), model('A-model', null, 'hidden')];

  it.each([
    ['', ['A-model', 'b']],
    ['MASK live', ['b']],
    ['model hidden', ['A-model']],
    ['mask hidden', []],
  ])('by %j leaves %j', (text, ids) => {
    expect(matching(models, text).map(({ id }) => id)).toEqual(ids);
  });
});

describe('addresses', () => {
  it.each([
    ['/', null],
    ['/a', 'a'],
    ['/a/', 'a'],
    ['/org/a%20b', 'org/a b'],
    ['/%', '%'],
  ])('%s is the page of %j', (path, id) => {
    expect(modelIn(path)).toBe(id);
  });

  it('hold names with any characters', () => {
    expect(modelIn(pageOf('org/a #?%'))).toBe('org/a #?%');
    expect(infoOf('org/a b')).toBe('/api/models/org/a%20b');
    expect(fileOf('a', 'pictures/ü#.png')).toBe('/a/resolve/main/pictures/%C3%BC%23.png');
  });
});

describe('words', () => {
  it('say how much memory a loaded model takes', () => {
    expect(stateInWords({ state: 'loaded', memoryBytes: 300 * 1024 ** 2 })).toBe('Loaded, 300 MB');
    expect(stateInWords({ state: 'loaded', memoryBytes: null })).toBe('Loaded');
    expect([10, 1024 ** 2, 1.5 * 1024 ** 3].map(bytesInWords)).toEqual(['1 kB', '1 MB', '1.5 GB']);
  });
});
