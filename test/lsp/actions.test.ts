import { describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { parseYamlFile } from '../../src/card/yaml-file.js';
import { applyEdits } from '../../src/fix.js';
import { lintCard } from '../../src/lint.js';
import {
  difference,
  findingsIn,
  fixAll,
  fixesOf,
  type Judged,
  silencingEdit,
} from '../../src/lsp/actions.js';

function judged(text: string): Judged {
  const judge = (other: string) => lintCard(other).filter(({ file }) => file === 'README.md');
  return { text, file: 'README.md', card: true, diagnostics: judge(text), judge };
}

/** The text after silencing the first finding of a rule. */
function silenced(text: string, rule: string): string | undefined {
  const document = judged(text);
  const finding = document.diagnostics.find((one) => one.rule === rule);
  if (finding === undefined) throw new Error(`${rule} finds nothing.`);
  const edit = silencingEdit(document, finding);
  return edit === undefined ? undefined : applyEdits(text, [edit]);
}

describe('fixesOf', () => {
  it('gives each fix once, with the findings it is for', () => {
    const document = judged('---\nlicense: apache2\nlanguage: English\n---\n');
    const fixes = fixesOf(document, document.diagnostics);
    expect(fixes.map(({ fix }) => fix.title)).toEqual(['Write apache-2.0', 'Write en']);
  });

  it('only for the findings at the place', () => {
    const text = '---\nlicense: apache2\nlanguage: English\n---\n';
    const document = judged(text);
    const at = text.indexOf('English');
    const there = findingsIn(document, { start: at, end: at });
    expect(fixesOf(document, there).map(({ fix }) => fix.title)).toEqual(['Write en']);
  });
});

describe('fixAll', () => {
  it('leaves nothing that has one right answer', () => {
    const text = '---\r\nlicense: apache2 # ours\r\nlanguage: English\r\ntags: a\r\n---\r\nbody\r\n';
    const document = judged(text);
    const edit = fixAll(document);
    if (edit === undefined) throw new Error('There is nothing to fix.');
    const fixed = applyEdits(text, [edit]);
    expect(parseCard(fixed).metadata).toMatchObject({ license: 'apache-2.0', language: 'en' });
    expect(fixed).toContain('# ours\r\n');
    expect(fixAll(judged(fixed))).toBeUndefined();
  });

  it('is undefined when there is nothing to fix', () => {
    expect(fixAll(judged('---\nlicense: mit\n---\n'))).toBeUndefined();
  });
});

describe('difference', () => {
  it.each([
    ['abc', 'abc'],
    ['abc', 'axc'],
    ['aa', 'aaa'],
    ['aaa', 'a'],
    ['', 'a'],
    ['x😀y', 'x😁y'],
    ['x\ud83d\ude00', 'x\ud83d\ude01\ude00'],
    ['a\r\nb', 'a\nb'],
    ['a\r\nb', 'a\r\n\r\nb'],
  ])('turns %j into %j', (before, after) => {
    const edit = difference(before, after);
    expect(applyEdits(before, [edit])).toBe(after);
    for (const at of [edit.start, edit.end]) {
      expect(before.slice(at - 1, at + 1)).not.toMatch(/^(?:\r\n|[\uD800-\uDBFF][\uDC00-\uDFFF])$/);
    }
  });
});

describe('silencingEdit', () => {
  it.each([
    [
      'above the line',
      '---\nlicense: apache\n---\n',
      'license-unknown',
      '---\n# validate-card-disable-next-line license-unknown -- TODO: say why\nlicense: apache\n---\n',
    ],
    [
      'indented, with CRLF',
      '---\r\nlanguage:\r\n  - klingonese\r\n---\r\n',
      'language-unknown',
      '---\r\nlanguage:\r\n  # validate-card-disable-next-line language-unknown -- TODO: say why\r\n  - klingonese\r\n---\r\n',
    ],
    [
      'for the whole file, what has no line of its own',
      '---\nlanguage: en\n---\n',
      'license-missing',
      '---\n# validate-card-disable-file license-missing -- TODO: say why\nlanguage: en\n---\n',
    ],
    [
      'behind the line, where one above would be metadata',
      '# No metadata\n',
      'front-matter-missing',
      '# No metadata <!-- validate-card-disable-line front-matter-missing -- TODO: say why -->\n',
    ],
  ])('%s', (_, text, rule, expected) => {
    expect(silenced(text, rule)).toBe(expected);
  });

  it('in another YAML file', () => {
    const text = '- dataset: {}\n';
    const judge = (other: string) =>
      lintCard('', { evalResults: [parseYamlFile('.eval_results/a.yaml', other)] }).filter(
        ({ file }) => file === '.eval_results/a.yaml',
      );
    const document: Judged = {
      text,
      file: '.eval_results/a.yaml',
      card: false,
      diagnostics: judge(text),
      judge,
    };
    const [finding] = document.diagnostics;
    if (finding === undefined) throw new Error('Nothing is found.');
    const edit = silencingEdit(document, finding);
    expect(edit?.text).toMatch(/^# validate-card-disable-(?:next-line|file) \S+ -- TODO: say why\n$/);
  });
});
