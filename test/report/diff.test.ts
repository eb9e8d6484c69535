import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines, type Hunk, paintedDiff, unifiedDiff } from '../../src/report/diff.js';
import { style } from '../../src/report/style.js';

/** Applies hunks the way `patch` does, checking every line they say is there. */
function patched(before: string, hunks: readonly Hunk[]): string {
  const old = before.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  let at = 0;
  let result = '';
  for (const hunk of hunks) {
    while (at < hunk.oldStart - 1) result += old[at++];
    for (const line of hunk.lines) {
      if (line.kind !== 'added') expect(old[at++]).toBe(line.text);
      if (line.kind !== 'removed') result += line.text;
    }
  }
  return result + old.slice(at).join('');
}

describe('diffLines', () => {
  it('shows a change with its surroundings, as a unified diff', () => {
    const before = '---\nlicense: Apache 2\ntags:\n- a\n---\n# Card\n';
    const after = '---\nlicense: apache-2.0\ntags:\n- a\n---\n# Card\n';
    expect(unifiedDiff(diffLines(before, after), 'README.md')).toBe(
      [
        '--- a/README.md',
        '+++ b/README.md',
        '@@ -1,5 +1,5 @@',
        ' ---',
        '-license: Apache 2',
        '+license: apache-2.0',
        ' tags:',
        ' - a',
        ' ---',
        '',
      ].join('\n'),
    );
  });

  it('says when the last line has no line break', () => {
    expect(unifiedDiff(diffLines('a', 'b'), 'f')).toBe(
      '--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n',
    );
  });

  it('is empty for equal texts', () => {
    expect(unifiedDiff(diffLines('a\n', 'a\n'), 'f')).toBe('');
  });

  it('sees a changed line ending', () => {
    expect(diffLines('a\r\n', 'a\n')[0]?.lines.map((line) => line.kind)).toEqual(['removed', 'added']);
  });

  it('leads from one text to the other', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', 'd', ''), { maxLength: 30 })
      .chain((lines) => fc.boolean().map((end) => lines.join('\n') + (end && lines.length > 0 ? '\n' : '')));
    fc.assert(
      fc.property(text, text, fc.nat(4), (before, after, context) => {
        const hunks = diffLines(before, after, context);
        expect(patched(before, hunks)).toBe(after);
        for (const hunk of hunks) {
          expect(hunk.lines.filter((line) => line.kind !== 'added')).toHaveLength(hunk.oldCount);
          expect(hunk.lines.filter((line) => line.kind !== 'removed')).toHaveLength(hunk.newCount);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('replaces the whole stretch when nearly everything differs', () => {
    const before = Array.from({ length: 2000 }, (_, index) => `a${index}\n`).join('');
    const after = Array.from({ length: 2000 }, (_, index) => `b${index}\n`).join('');
    expect(patched(before, diffLines(before, after))).toBe(after);
  });
});

describe('a painted diff', () => {
  const diff = ['README.md', 'more.yaml']
    .map((file) => unifiedDiff(diffLines('a\n-- b\nc\n', 'a\n++ b\nc\n'), file))
    .join('');

  it('has its lines by kind, also where they begin as the head does', () => {
    const marked = {
      ...style(false),
      bold: (text: string) => `B:${text}`,
      cyan: (text: string) => `C:${text}`,
      red: (text: string) => `R:${text}`,
      green: (text: string) => `G:${text}`,
    };
    const one = (file: string) =>
      `B:--- a/${file}\nB:+++ b/${file}\nC:@@ -1,3 +1,3 @@\n a\nR:--- b\nG:+++ b\n c\n`;
    expect(paintedDiff(diff, marked)).toBe(one('README.md') + one('more.yaml'));
  });

  it('is the diff itself without colour', () => {
    expect(paintedDiff(diff, style(false))).toBe(diff);
  });
});
