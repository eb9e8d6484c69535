import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cut,
  displayWidth,
  drawLine,
  oneLine,
  visible,
  visibleJson,
  withoutCommands,
  wrap,
} from '../../src/report/text.js';
import { cpuTime } from '../cpu-time.js';

const CONTROL = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

describe('visible', () => {
  it.each([
    ['\u001b[31mred', '␛[31mred'],
    ['a\u0007b\u007f', 'a␇b␡'],
    ['\u009b31m', '<U+009B>31m'],
    ['\u202eabc', '<U+202E>abc'],
    ['a\u200bb', 'a<U+200B>b'],
    ['\ud800x', '\ufffdx'],
    ['\u{e0041}', '<U+E0041>'],
    ['日本 👩‍👩‍👧 é', '日本 👩‍👩‍👧 é'],
    ['a\nb', 'a␊b'],
  ])('shows %j as %j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it('uses ASCII where the terminal has nothing else', () => {
    expect(visible('\u001b[31m', { unicode: false })).toBe('\\x1b[31m');
  });

  it('keeps line breaks when asked to', () => {
    expect(visible('a\nb\r', { lines: true })).toBe('a\nb␍');
  });

  it('lets no control character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, unicode) => {
        expect(visible(text, { unicode })).not.toMatch(CONTROL);
        expect(oneLine(text, unicode)).not.toMatch(CONTROL);
      }),
    );
  });
});

describe('withoutCommands', () => {
  it.each([
    ['a ::error::b', 'a ::error::b'],
    ['::error::b', ': :error::b'],
    ['a\n \t::error::b\n::x', 'a\n \t: :error::b\n: :x'],
    ['a ##[error]##[group]', 'a ## [error]## [group]'],
    [': :', ': :'],
  ])('makes of %j what the runner does not obey', (text, expected) => {
    expect(withoutCommands(text)).toBe(expected);
  });

  it('looks at each character once', () => {
    const text = `${'\n'.repeat(1e6)}${' '.repeat(1e6)}`;
    expect(withoutCommands(text)).toBe(text);
  });
});

describe('visibleJson', () => {
  it('hides what the runner of GitHub Actions obeys, and changes no value', () => {
    const value = { 'a##[b': '\\##[error]x', c: '###[[' };
    const text = visibleJson(JSON.stringify(value));
    expect(text).not.toContain('##[');
    expect(JSON.parse(text)).toEqual(value);
  });
});

describe('displayWidth', () => {
  it.each([
    ['abc', 3],
    ['日本語', 6],
    ['ｶﾅ', 2],
    ['한글', 4],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['✔ ✖ ▲ ╭─', 8],
    ['e\u0301', 1],
    ['é…', 2],
  ])('of %s is %i', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('cut', () => {
  it('never passes the width, nor splits a character', () => {
    expect(cut('hello world', 8)).toBe('hello w…');
    expect(cut('日本語', 4)).toBe('日…');
    expect(cut('short', 5)).toBe('short');
    expect(cut('語'.repeat(1_000_000), 5)).toBe('語語…');
    expect(cut(`a${'\u0301'.repeat(1000)}`, 5)).toMatch(/^a\u0301+…$/);
  });
});

describe('wrap', () => {
  it('breaks at spaces, and inside words only when they are too long', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrap('日本語日本語', 4)).toEqual(['日本', '語日', '本語']);
  });

  it('keeps addresses whole', () => {
    const url = 'https://huggingface.co/docs/hub/model-cards';
    expect(wrap(`see ${url} now`, 20)).toEqual(['see', url, 'now']);
  });

  it('loses no word and passes no width', () => {
    const words = fc.array(fc.stringMatching(/^[a-z日]{1,30}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.integer({ min: 4, max: 40 }), (list, width) => {
        const lines = wrap(list.join(' '), width);
        expect(lines.join('').replaceAll(' ', '')).toBe(list.join(''));
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

/** The line with carets below it, as the page shows it. */
function marked(source: string, culprit: string, width = 80, unicode = true): string {
  const start = source.indexOf(culprit);
  const line = drawLine(source, start, start + culprit.length, width, unicode);
  return `${line.text}\n${' '.repeat(line.markStart)}${'^'.repeat(line.markWidth)}`;
}

describe('drawLine', () => {
  it('marks the culprit', () => {
    expect(marked('a: 1\nlicense: Apache 2\nb: 2', 'Apache 2')).toBe('license: Apache 2\n         ^^^^^^^^');
  });

  it('counts columns of tabs, wide characters, emoji and control characters as they are drawn', () => {
    expect(marked('\ta: x', 'x')).toBe('    a: x\n       ^');
    expect(marked('ab\tx', 'x')).toBe('ab  x\n    ^');
    expect(marked('日本: x', 'x')).toBe('日本: x\n      ^');
    expect(marked('👩‍👩‍👧: 日x', '日')).toBe('👩‍👩‍👧: 日x\n    ^^');
    expect(marked('\u001b[31m: x', 'x')).toBe('␛[31m: x\n       ^');
    expect(marked('\u001b[31m: x', 'x', 80, false)).toBe('\\x1b[31m: x\n          ^');
    expect(marked('\ufeff---', '---')).toBe('---\n^^^');
  });

  it('takes lines that end in CRLF or CR', () => {
    expect(marked('a: 1\r\nb: x\r\nc: 2', 'x')).toBe('b: x\n   ^');
    expect(marked('a: 1\rb: x\rc: 2', 'x')).toBe('b: x\n   ^');
  });

  it('marks a place without extent with one caret, at the end of a line too', () => {
    expect(drawLine('a:\nb', 2, 2, 80)).toEqual({ text: 'a:', markStart: 2, markWidth: 1 });
    expect(drawLine('', 0, 0, 80)).toEqual({ text: '', markStart: 0, markWidth: 1 });
    expect(drawLine('a: 1\n', 5, 5, 80)).toEqual({ text: '', markStart: 0, markWidth: 1 });
  });

  it('ends the mark with the line', () => {
    expect(drawLine('abc\ndef', 1, 6, 80)).toEqual({ text: 'abc', markStart: 1, markWidth: 2 });
  });

  it('cuts a long line around the culprit', () => {
    const source = `${'a'.repeat(100)} x ${'b'.repeat(100)}`;
    expect(marked(source, 'x', 21)).toBe('…aaaaaaaa x bbbbbbbb…\n          ^');
    expect(marked(`x${'b'.repeat(100)}`, 'x', 11)).toBe('xbbbbbbbbb…\n^');
    expect(marked(`${'b'.repeat(100)}x`, 'x', 11)).toMatch(/^…b+x\n +\^$/);
  });

  it('draws a line of megabytes at once', () => {
    const source = 'é'.repeat(5_000_000);
    const computed = cpuTime();
    const line = drawLine(source, 2_500_000, 2_500_010, 60);
    expect(displayWidth(line.text)).toBeLessThanOrEqual(60);
    expect(computed()).toBeLessThan(1000);
  });

  it('puts the mark inside the width for any text and place', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.nat(300),
        fc.nat(50),
        fc.integer({ min: 20, max: 100 }),
        (source, at, length, width) => {
          const start = Math.min(at, source.length);
          const end = Math.min(start + length, source.length);
          const line = drawLine(source, start, end, width);
          expect(line.text).not.toMatch(CONTROL);
          expect(displayWidth(line.text)).toBeLessThanOrEqual(width);
          expect(line.markWidth).toBeGreaterThan(0);
          expect(line.markStart).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});
