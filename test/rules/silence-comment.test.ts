import { describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { lintCard, lintWithSilenced } from '../../src/lint.js';
import { silenceComment } from '../../src/rules/silence-comment.js';
import { testRule } from './tester.js';

testRule(silenceComment, {
  good: [
    { name: 'no comment', text: '---\nlicense: mit\n---\n' },
    {
      name: 'a reason is given',
      text: '---\nlicense: x # validate-card-disable-line license-unknown -- ours\n---\n',
    },
    { name: 'the text of a value', text: '---\nmodel_name: "# validate-card-nonsense"\n---\n' },
    { name: 'a block scalar', text: '---\ndescription: |\n  # validate-card-nonsense\n---\n' },
    {
      name: 'the text of a key',
      text: '---\n"# validate-card-nonsense": 1\n? |\n  # validate-card-nonsense\n: 2\n---\n',
    },
    {
      name: 'a block of code that shows such a comment',
      text: '---\nlicense: mit\n---\n<!-- a -->\n```html\n<!-- validate-card-nonsense -->\n```\n',
    },
    { name: 'the text of the body', text: '---\nlicense: mit\n---\nWrite # validate-card-nonsense\n' },
  ],
  bad: [
    {
      name: 'no such comment',
      text: '---\nlicense: x # validate-card-ignore license-unknown -- ours\n---\n',
      lines: [2],
      marks: ['validate-card-ignore license-unknown -- ours'],
      says: ['There are validate-card-disable-line, validate-card-disable-next-line'],
    },
    {
      name: 'a misspelt comment',
      text: '---\n# validate-card-disable-nextline license-unknown -- ours\nlicense: x\n---\n',
      lines: [2],
      marks: ['validate-card-disable-nextline license-unknown -- ours'],
      says: ['Did you mean validate-card-disable-next-line?'],
    },
    {
      name: 'no rule',
      text: '---\nlicense: x # validate-card-disable-line -- because\n---\n',
      lines: [2],
      marks: ['validate-card-disable-line -- because'],
      says: ['names no rule'],
    },
    {
      name: 'a misspelt rule beside a right one',
      text: '---\nlicense: x # validate-card-disable-line license-missing, licence-unknown -- because\n---\n',
      lines: [2],
      marks: ['licence-unknown'],
      says: ['Did you mean license-unknown?'],
    },
    {
      name: 'a reason without its dashes',
      text: '---\nlicense: x # validate-card-disable-line license-unknown ours\n---\n',
      lines: [2],
      marks: ['ours'],
      says: ['A reason stands behind " -- ".'],
    },
    {
      name: 'no reason, in an HTML comment of the body',
      text: '---\nlicense: x\n---\nText\n<!-- validate-card-disable-file license-unknown -->\n',
      lines: [5],
      marks: ['validate-card-disable-file license-unknown'],
      says: ['"validate-card-disable-file license-unknown -- REASON"'],
    },
  ],
});

describe('comments', () => {
  const rules = (text: string) => lintCard(text).map(({ rule }) => rule);
  const card = (yaml: string, body = '') =>
    `---\nlanguage: en\npipeline_tag: fill-mask\nlibrary_name: x\n${yaml}---\n# Text\nMore.\n${body}`;

  it('silence a finding on the next line with content', () => {
    const comment = '# validate-card-disable-next-line license-unknown -- ours\n';
    expect(rules(card(`${comment}license: acme\n`))).not.toContain('license-unknown');
    expect(rules(card(`${comment}\n# another comment\nlicense: acme\n`))).not.toContain('license-unknown');
    expect(rules(card(`${comment}model_name: x\nlicense: acme\n`))).toEqual(
      expect.arrayContaining(['license-unknown', 'silence-comment']),
    );
  });

  it('silence a finding on their own line, several rules at once', () => {
    const text = card(
      'license: acme # validate-card-disable-line license-unknown, license-missing -- ours\n',
    );
    expect(rules(text)).not.toContain('license-unknown');
    // The second rule has nothing to say there.
    expect(rules(text)).toContain('silence-comment');
  });

  it('silence a rule in the whole file', () => {
    const text = card(
      'tags: [x]\n',
      '<!-- validate-card-disable-file license-missing -- not decided yet -->\n',
    );
    expect(rules(text)).not.toContain('license-missing');
    expect(rules(text)).not.toContain('silence-comment');
  });

  it('need a reason, and must silence something', () => {
    expect(rules(card('license: acme # validate-card-disable-line license-unknown\n'))).toEqual(
      expect.arrayContaining(['license-unknown', 'silence-comment']),
    );
    const unused = lintCard(card('license: mit # validate-card-disable-line license-unknown -- ours\n'));
    expect(unused.map(({ rule, message }) => [rule, message])).toContainEqual([
      'silence-comment',
      'This comment silences no finding: "license-unknown" reports nothing there.',
    ]);
  });

  it('are not called unused when their rule is off', () => {
    const text = card('license: mit # validate-card-disable-line license-unknown -- ours\n');
    const found = lintCard(text, { config: { rules: { 'license-unknown': 'off' } } });
    expect(found.map(({ rule }) => rule)).not.toContain('silence-comment');
  });

  it('hand out what they silence, with the reason', () => {
    const text = card(
      'license: acme # validate-card-disable-line license-unknown -- ours, see the contract\n',
    );
    const { silenced } = lintWithSilenced(parseCard(text));
    expect(silenced).toMatchObject([
      { rule: 'license-unknown', silencedBy: 'comment', reason: 'ours, see the contract' },
    ]);
  });

  it('take linear time, however many there are', () => {
    const comments = '# validate-card-disable-next-line license-unknown -- ours\n'.repeat(100_000);
    const started = performance.now();
    lintCard(`---\n${comments}${'\n'.repeat(1_000_000)}license: acme\n---\n${comments}`);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('take linear time, however many rules they name', () => {
    for (const id of ['a ', 'license-unknown ']) {
      const comment = `# validate-card-disable-file ${id.repeat(1900 / id.length)}-- ours\n`;
      const started = performance.now();
      const { diagnostics, silenced } = lintWithSilenced(
        parseCard(`---\n${comment.repeat(1000)}license: acme\n---\n`),
      );
      expect(performance.now() - started).toBeLessThan(10_000);
      expect(silenced.length).toBe(id === 'a ' ? 0 : 1);
      expect(diagnostics.filter(({ rule }) => rule === 'silence-comment').length).toBeLessThan(2100);
    }
  });

  it('give the reason of the first of two that say the same, and both count as used', () => {
    const line = 'license: acme # validate-card-disable-line license-unknown -- first\n';
    const text = card(`# validate-card-disable-next-line license-unknown -- before\n${line}`);
    expect(lintWithSilenced(parseCard(text)).silenced.map(({ reason }) => reason)).toEqual(['before']);
    expect(rules(text)).not.toContain('silence-comment');
  });

  it('that silence nothing are told up to a number', () => {
    const comment = '# validate-card-disable-file license-unknown license-missing -- ours\n';
    const found = lintCard(`---\n${comment.repeat(900)}license: mit\n---\n`);
    const said = found.filter(({ rule }) => rule === 'silence-comment');
    expect(said).toHaveLength(1001);
    expect(said.filter(({ message }) => message.startsWith('From here on'))).toHaveLength(1);
  });
});
