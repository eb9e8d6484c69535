import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/diagnostic.js';
import { lintCard } from '../../src/lint.js';
import { forEditor, MOST_SHOWN } from '../../src/lsp/diagnostics.js';
import { settingsFaults } from '../../src/lsp/settings-faults.js';
import { documentOf } from './marked.js';

/** What an editor would underline. */
function marks(text: string, rule: string): readonly string[] {
  const document = documentOf(text);
  return forEditor(lintCard(text).filter((one) => one.rule === rule)).map(({ range }) =>
    document.getText(range),
  );
}

describe('findings in an editor', () => {
  it.each([
    ['LF', '---\nlicense: apache\nlanguage: en\n---\n'],
    ['CRLF', '---\r\nlicense: apache\r\nlanguage: en\r\n---\r\n'],
    ['CR', '---\rlicense: apache\rlanguage: en\r---\n'],
    ['a byte-order mark', '\uFEFF---\nlicense: apache\n---\n'],
    ['surrogates on the same line', '---\n{"😀𝒳": 1, license: apache}\n---\n'],
    ['combining characters above', '---\ntitle: "e\u0301 \u2028 x"\nlicense: apache\n---\n'],
  ])('lie where the fault is: %s', (_, text) => {
    expect(marks(text, 'license-unknown')).toEqual(['apache']);
  });

  it('say what the Hub does, and leave out the command', () => {
    const [found] = forEditor(
      lintCard('---\nlicense: apache\n---\n').filter(({ rule }) => rule === 'license-unknown'),
    );
    expect(found).toMatchObject({
      severity: 1,
      code: 'license-unknown',
      source: 'validate-card',
      data: { rule: 'license-unknown', hub: 'error' },
    });
    expect(found?.message).toMatch(/^"apache" is not .*\. The Hub rejects a push with it\.\n/);
    expect(found?.message).not.toContain('validate-card explain');
  });

  it('without a place stand at the start', () => {
    const finding: Diagnostic = {
      rule: 'a',
      severity: 'info',
      hub: null,
      message: 'm',
      file: 'README.md',
      path: '',
      help: '',
    };
    expect(forEditor([finding])[0]).toMatchObject({
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
      severity: 3,
      message: 'm',
    });
    expect(forEditor(Array.from({ length: MOST_SHOWN + 1 }, () => finding))).toHaveLength(MOST_SHOWN);
  });
});

describe('faults of settings', () => {
  it('lie on their lines, with what was meant', () => {
    const text = 'rules:\n  licence-missing: off\nfailLevel: eror\n';
    const document = documentOf(text);
    expect(settingsFaults(text).map(({ range, message }) => [document.getText(range), message])).toEqual([
      ['licence-missing: off', expect.stringContaining('Did you mean license-missing?')],
      ['failLevel: eror', expect.stringContaining('Did you mean error?')],
    ]);
  });

  it('name a fault of YAML too', () => {
    expect(settingsFaults('a: [\n')).toHaveLength(1);
    expect(settingsFaults('rules: {}\n')).toEqual([]);
    expect(settingsFaults('')).toEqual([]);
  });
});
