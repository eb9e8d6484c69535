import { describe, expect, it } from 'vitest';
import { sectionsOf, titleOf } from '../../src/card/sections.js';

const sections = (text: string, start = 0) =>
  sectionsOf(text, { start, end: text.length }).map((section) => [
    section.level,
    titleOf(text, section),
    text.slice(section.content.start, section.content.end).trim(),
  ]);

describe('sectionsOf', () => {
  it('names a section without its marks, but with the underscores inside words', () => {
    expect(sections('# _A_ __b__ {{ model_id }}').map(([, title]) => title)).toEqual(['A b {{ model_id }}']);
  });

  it('cuts a text at its headings', () => {
    expect(
      sections('before\n# A `b` **c** ##\ntext\n\n### D\r\n\r\n##\r\nx #y\n#no heading\n####### seven'),
    ).toEqual([
      [1, 'A b c', 'text'],
      [3, 'D', ''],
      [2, '', 'x #y\n#no heading\n####### seven'],
    ]);
  });

  it('leaves out what stands in code and comments', () => {
    const code = '```python\n# a\n~~~\n# b\n```';
    expect(
      sections(
        `# A\n${code}\n# B\n<!--\n# c\n-->\n# D\n~~~\n# d\n\`\`\`\n# e\n~~~\n> \`\`\`\n# f\n> \`\`\`\n# E`,
      ),
    ).toEqual([
      [1, 'A', code],
      [1, 'B', '<!--\n# c\n-->'],
      [1, 'D', '~~~\n# d\n```\n# e\n~~~\n> ```\n# f\n> ```'],
      [1, 'E', ''],
    ]);
  });

  it('takes code and comments that are never closed to the end', () => {
    expect(sections('# A\n```\n# b')).toEqual([[1, 'A', '```\n# b']]);
    expect(sections('# A\n<!-- \n# b')).toEqual([[1, 'A', '<!-- \n# b']]);
    expect(sections('# A\nuse ``` so\n# b')).toEqual([
      [1, 'A', 'use ``` so'],
      [1, 'b', ''],
    ]);
  });

  it('keeps to its part of the text', () => {
    expect(sections('# A\n# B\n', 4)).toEqual([[1, 'B', '']]);
    expect(sectionsOf('# A\n# B', { start: 0, end: 4 })).toHaveLength(1);
    expect(sections('')).toEqual([]);
  });

  it.each(['# \n', '```\n', '<!--', '<!-- --> ', '#', '``` x\n# a\n', '~~~\n```\n', ' '])(
    'takes linear time: %j',
    (unit) => {
      const text = unit.repeat(2_000_000 / unit.length);
      const start = performance.now();
      sectionsOf(text, { start: 0, end: text.length });
      expect(performance.now() - start).toBeLessThan(10_000);
    },
  );
});
