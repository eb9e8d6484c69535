import { describe, expect, it } from 'vitest';
import { isUserRuleId, userRule, userRules } from '../../src/config/user-rule.js';
import { MOST_FINDINGS } from '../../src/engine/diagnose.js';
import { ConfigError } from '../../src/errors.js';
import { applyFixes } from '../../src/fix.js';
import { lintCard } from '../../src/lint.js';
import type { RuleContext, UserRule } from '../../src/rules/rule.js';

const CARD = '---\nlicense: mit\nteam: vision\n---\n# A model\n';

const GOOD = {
  id: 'acme/team-named',
  severity: 'warning',
  description: 'The metadata names a team.',
  check: () => undefined,
} as const;

function faultOf(work: () => unknown): ConfigError {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('expected a ConfigError');
}

/** Findings of a rule with the given check, and no others. */
function lint(check: (context: RuleContext) => unknown, text = CARD) {
  const rule = { ...GOOD, check: check as UserRule['check'] };
  return lintCard(text, { rules: [rule] }).filter((one) => one.rule === rule.id);
}

/** Reports something that need not be a finding. */
function reporting(finding: unknown) {
  return () => lint(({ report }) => (report as (one: unknown) => void)(finding));
}

describe('userRule', () => {
  it('fills in what a user may leave out, and hands out the same rule for the same value', () => {
    const rule = userRule(GOOD, './acme.mjs');
    expect(rule).toMatchObject({
      id: 'acme/team-named',
      why: 'The metadata names a team.',
      source: './acme.mjs',
      fixable: false,
      good: [],
      bad: [],
    });
    expect(userRule(GOOD)).toBe(rule);
    expect(userRule(rule)).toBe(rule);
    expect(isUserRuleId(rule.id)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['is nothing, not an object', undefined],
    ['is a function, not an object', () => undefined],
    ['is a list, not an object'.replace('a list', 'an empty list'), []],
    ['has no id', { ...GOOD, id: undefined }],
    [
      'cannot be looked at',
      {
        get id() {
          throw new Error('no');
        },
      },
    ],
    ['has the id "team-named", which must be a name, a slash', { ...GOOD, id: 'team-named' }],
    ['has the id "Acme/Team"', { ...GOOD, id: 'Acme/Team' }],
    ['has the id "acme/\\u001b[31m"', { ...GOOD, id: 'acme/\u001b[31m' }],
    ['with the id acme/team-named has the severity "fatal"', { ...GOOD, severity: 'fatal' }],
    ['has no description', { ...GOOD, description: ' ' }],
    ['has no function check', { ...GOOD, check: 'x' }],
    ['is asynchronous', { ...GOOD, check: async () => undefined }],
    ['has 1 as why, not a text', { ...GOOD, why: 1 }],
    ['has "yes" as fixable, not true or false', { ...GOOD, fixable: 'yes' }],
    ['as bad, not a list of examples with a text', { ...GOOD, bad: [{ card: '' }] }],
  ])('refuses one that %s', (words, given) => {
    const error = faultOf(() => userRule(given, './acme.mjs'));
    expect(error.code).toBe('rule-invalid');
    expect(error.message).toContain(words);
    expect(error.message).toContain('(./acme.mjs)');
    expect(error.exitCode).toBe(2);
  });

  it('refuses two of one id', () => {
    expect(faultOf(() => userRules([GOOD, { ...GOOD }])).code).toBe('rule-twice');
    expect(userRules([GOOD, GOOD])).toHaveLength(1);
  });
});

describe('a rule of the user', () => {
  it('reports like any other', () => {
    const [found] = lint(({ card, report }) => {
      report({
        message: `The team is ${String(card.metadata?.team)}.`,
        path: ['team'],
        part: 'value',
        help: 'Ask them.',
        fix: { title: 'Write it in capitals', edits: [{ start: 23, end: 29, text: 'Vision' }] },
      });
    });
    expect(found).toMatchObject({
      rule: 'acme/team-named',
      severity: 'warning',
      hub: null,
      message: 'The team is vision.',
      path: '/team',
      help: 'Ask them.',
      range: { start: { offset: 23 }, end: { offset: 29 } },
    });
    expect(found === undefined ? '' : applyFixes(CARD, [found])).toBe(CARD.replace('vision', 'Vision'));
  });

  it('is judged by the settings, silenced by comments, and known to them', () => {
    const rule: UserRule = { ...GOOD, check: ({ report }) => report({ message: 'No.', path: ['team'] }) };
    const rules = [rule];
    const severity = (config: object, text = CARD) =>
      lintCard(text, { rules, config }).filter(({ rule }) => rule === GOOD.id)[0]?.severity;
    expect(severity({ rules: { [GOOD.id]: 'error' } })).toBe('error');
    expect(severity({ rules: { [GOOD.id]: 'off' } })).toBeUndefined();
    const silenced = CARD.replace('vision', `vision # validate-card-disable-line ${GOOD.id} -- a test`);
    expect(lintCard(silenced, { rules }).map((one) => one.rule)).not.toContain('silence-comment');
    expect(severity({}, silenced)).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['that is nothing, not an object', undefined],
    ['that is "wrong", not an object', 'wrong'],
    ['that is not plain data', { message: 'x', help: () => 'y' }],
    ['that is not plain data', new Proxy({ message: 'x' }, {})],
    [
      'that is not plain data',
      {
        get message() {
          throw new Error('no');
        },
      },
    ],
    ['without a message', {}],
    ['without a message', { message: '' }],
    ['whose path is not a list of keys and indexes', { message: 'x', path: '/license' }],
    ['whose path is not a list of keys and indexes', { message: 'x', path: ['a', -1] }],
    ['whose part is not one of key, value, entry', { message: 'x', part: 'line' }],
    ['whose severity is not one of error, warning, info', { message: 'x', severity: 'off' }],
    ['whose hub is not error or warning', { message: 'x', hub: null }],
    ['whose help is not a text', { message: 'x', help: 1 }],
    ['whose span does not lie inside the text (0 to', { message: 'x', span: { start: 0, end: 1e6 } }],
    ['whose span does not lie inside the text', { message: 'x', span: { start: 3, end: 2 } }],
    ['whose span does not lie inside the text', { message: 'x', span: { start: 0.5, end: 2 } }],
    ['whose span does not lie inside the text', { message: 'x', span: [0, 2] }],
    ['whose file is not a path inside the repository', { message: 'x', file: '../secret' }],
    ['whose file is not a path inside the repository', { message: 'x', file: 7 }],
    ['with a span in a file whose text', { message: 'x', file: 'a.txt', span: { start: 0, end: 0 } }],
    ['with a fix of a file whose text', { message: 'x', file: 'a.txt', fix: { title: 'a', edits: [] } }],
    ['whose fix is not a title and a list of edits', { message: 'x', fix: { title: 'a', edits: [] } }],
    [
      'in order and apart',
      {
        message: 'x',
        fix: {
          title: 'a',
          edits: [
            { start: 4, end: 6, text: '' },
            { start: 5, end: 7, text: '' },
          ],
        },
      },
    ],
  ])('is refused for a finding %s', (words, finding) => {
    const error = faultOf(reporting(finding));
    expect(error.code).toBe('rule-finding');
    expect(error.message).toMatch(/^The rule acme\/team-named reported a finding /);
    expect(error.message).toContain(words);
  });

  it('takes a path that leads nowhere, and a file that nobody read', () => {
    expect(reporting({ message: 'x', path: ['a', 0, 'b'] })()).toHaveLength(1);
    expect(reporting({ message: 'x', file: 'model.onnx' })()[0]).toMatchObject({ file: 'model.onnx' });
  });

  it('cannot command a terminal', () => {
    const [found] = lint(({ report }) => report({ message: 'a\u001b[2J\nb', help: '\u202ec' }));
    expect(found?.message).toBe('a\\u001b[2J\\nb');
    expect(found?.help).toBe('\\u202ec');
  });

  it('that throws is named, with where it comes from, and is no bug of ours', () => {
    const rule = userRule(
      {
        ...GOOD,
        check: () => {
          throw new TypeError('team is not a function');
        },
      },
      './acme.mjs',
    );
    const error = faultOf(() => lintCard(CARD, { rules: [rule] }));
    expect(error.code).toBe('rule-crashed');
    expect(error.message).toBe(
      'The rule acme/team-named (./acme.mjs) failed on README.md: TypeError: team is not a function',
    );
    expect(error.exitCode).toBe(2);
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  it('that throws what is no error, or cannot be shown, is named too', () => {
    for (const thrown of [undefined, null, 'x', Object.create(null), { toString: () => 1n }]) {
      const error = faultOf(() =>
        lint(() => {
          throw thrown;
        }),
      );
      expect(error.code).toBe('rule-crashed');
    }
  });

  it('that gives a promise is refused, and what the promise comes to goes nowhere', async () => {
    const lost: unknown[] = [];
    const listen = (reason: unknown) => lost.push(reason);
    process.on('unhandledRejection', listen);
    const error = faultOf(() => lint(() => Promise.reject(new Error('later'))));
    expect(error.code).toBe('rule-async');
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', listen);
    expect(lost).toEqual([]);
  });

  it('cannot go on by catching what reporting throws', () => {
    const stubborn = (finding: unknown, times: number) =>
      lint(({ report }) => {
        for (let count = 0; count < times; count++) {
          try {
            (report as (one: unknown) => void)(finding);
          } catch {
            // Whatever it was.
          }
        }
      });
    expect(faultOf(() => stubborn({}, 1)).code).toBe('rule-finding');
    expect(stubborn({ message: 'Again.' }, MOST_FINDINGS + 50)).toHaveLength(MOST_FINDINGS + 1);
  });

  it('runs after those of the package, which it cannot disturb', () => {
    const before = lintCard(CARD);
    const meddling: UserRule = {
      ...GOOD,
      check: (context) => {
        Object.assign(context, { card: null, report: null });
        if (context.card === null) return;
      },
    };
    expect(lintCard(CARD, { rules: [meddling] })).toEqual(before);
  });
});
