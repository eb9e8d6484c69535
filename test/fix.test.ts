import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Diagnostic, TextEdit } from '../src/diagnostic.js';
import { applyEdits, applyFixes } from '../src/fix.js';
import { lintCard } from '../src/lint.js';

const finding = (...edits: TextEdit[]): Diagnostic => ({
  rule: 'x',
  severity: 'error',
  hub: null,
  message: '',
  file: 'README.md',
  path: '',
  help: '',
  fix: { title: '', edits },
});

describe('applyEdits', () => {
  it('applies edits in any order', () => {
    const edits = [
      { start: 4, end: 5, text: 'E' },
      { start: 0, end: 1, text: '' },
      { start: 2, end: 2, text: '_' },
    ];
    expect(applyEdits('abcdef', edits)).toBe('b_cdEf');
  });

  it('refuses edits that overlap or lie outside', () => {
    const twice = [
      { start: 0, end: 2, text: '' },
      { start: 1, end: 3, text: '' },
    ];
    expect(() => applyEdits('abc', twice)).toThrow(RangeError);
    expect(() => applyEdits('abc', [{ start: 2, end: 9, text: '' }])).toThrow(RangeError);
  });
});

describe('applyFixes', () => {
  it('keeps comments, order, quotes and line endings', () => {
    const text =
      '\ufeff---\r\n# who may use it\r\nlicense: "MIT"   # ours\r\nlanguage:\r\n  - EN\r\n  - fr\r\n---\r\n# Title\r\n';
    expect(applyFixes(text, lintCard(text))).toBe(text.replace('MIT', 'mit').replace('EN', 'en'));
  });

  it('takes the first of two that overlap, and one that is given twice once', () => {
    const a = finding({ start: 0, end: 2, text: 'X' });
    const b = finding({ start: 1, end: 3, text: 'Y' });
    expect(applyFixes('abcd', [a, b])).toBe('Xcd');
    expect(applyFixes('abcd', [b, a])).toBe('aYd');
    expect(applyFixes('abcd', [a, a])).toBe('Xcd');
  });

  it('applies a fix wholly or not at all', () => {
    const first = finding({ start: 0, end: 1, text: 'X' });
    const both = finding({ start: 0, end: 1, text: 'Z' }, { start: 3, end: 4, text: 'Z' });
    expect(applyFixes('abcd', [first, both])).toBe('Xbcd');
  });

  it('leaves out findings of other files, and edits that do not fit the text', () => {
    const other = { ...finding({ start: 0, end: 1, text: 'X' }), file: 'config.json' };
    expect(applyFixes('abcd', [other], 'README.md')).toBe('abcd');
    expect(applyFixes('ab', [finding({ start: 1, end: 9, text: 'X' })])).toBe('ab');
  });

  it('leaves out a fix that together with another would write a key twice', () => {
    const text = '---\nlicence: mit\ntags:\n- license:mit\n- a\nlanguage: english\n---\n# T\n';
    const fixed = applyFixes(text, lintCard(text), 'README.md');
    expect(fixed).toBe('---\nlicense: mit\ntags:\n- license:mit\n- a\nlanguage: en\n---\n# T\n');
    const twice = [
      finding({ start: 4, end: 4, text: 'a: 1\n' }),
      finding({ start: 9, end: 9, text: 'a: 2\n' }),
    ];
    expect(applyFixes('---\nb: 1\n---\n', twice)).toBe('---\na: 1\nb: 1\n---\n');
  });

  it('settles: a second run changes nothing, and no key is lost', () => {
    const value = fc.constantFrom(
      'MIT',
      'Apache 2.0',
      '"EN"',
      'english',
      '[EN, "FR"]',
      'ner',
      '12',
      '2024-01-01',
      'a b',
      '',
      '~',
      '[fill-mask]',
      '\n- NER',
      'finance',
      '"x y"',
      'https://huggingface.co/a/b',
      '>-\n  MIT',
      '{a: 1}',
      "'GPL-3.0-only' # why",
    );
    const key = fc.constantFrom(
      'license',
      'language',
      'tags',
      'pipeline_tag',
      'datasets',
      'base_model',
      'base_model_relation',
      'library_name',
      'other',
    );
    const entries = fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, minLength: 1 });
    fc.assert(
      fc.property(entries, fc.constantFrom('\n', '\r\n'), (pairs, eol) => {
        const text =
          `---\n${pairs.map(([name, written]) => `${name}: ${written}`).join('\n')}\n---\nbody\n`.replaceAll(
            '\n',
            eol,
          );
        const once = applyFixes(text, lintCard(text));
        expect(applyFixes(once, lintCard(once))).toBe(once);
        for (const [name] of pairs) expect(once).toContain(`${name}:`);
        expect(once.endsWith(`body${eol}`)).toBe(true);
      }),
    );
  });
});
