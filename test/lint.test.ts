import fc from 'fast-check';
import { dump } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { parseCard } from '../src/card/parse.js';
import { MOST_FINDINGS } from '../src/engine/diagnose.js';
import { lintCard, runRules } from '../src/lint.js';
import type { Rule } from '../src/rules/rule.js';

const BAD =
  '---\nlanguage: english\nlicense: MIT\npipeline_tag: conversational\nlibrary_name: transformers\n---\n# T\n';

const fake = (id: string, check: Rule['check']): Rule => ({
  id,
  severity: 'warning',
  description: '',
  why: '',
  source: '',
  fixable: false,
  good: [],
  bad: [],
  check,
});

describe('lintCard', () => {
  it('takes a text or a card, and gives the same', () => {
    expect(lintCard(BAD)).toEqual(lintCard(parseCard(BAD)));
  });

  it.each([5, null, undefined, {}, Buffer.from(BAD)])('says what it takes, given %j', (given) => {
    expect(() => lintCard(given as unknown as string)).toThrow(
      new TypeError('lintCard takes the text of a card, or what parseCard made of it.'),
    );
  });

  it('gives findings in the order of the text, with everything filled in', () => {
    const found = lintCard(BAD);
    expect(found.map(({ rule }) => rule)).toEqual([
      'language-unknown',
      'license-unknown',
      'pipeline-tag-unknown',
    ]);
    expect(found[1]).toEqual({
      rule: 'license-unknown',
      severity: 'error',
      hub: 'error',
      message: '"MIT" is not a license identifier of the Hub.',
      file: 'README.md',
      path: '/license',
      range: {
        start: { line: 3, column: 10, offset: 31 },
        end: { line: 3, column: 13, offset: 34 },
      },
      fix: { title: 'Write mit', edits: [{ start: 31, end: 34, text: 'mit' }] },
      help: 'Write "mit". The Hub says: "license" must be one of [apache-2.0, mit, openrail, …, unknown, other, array]. More: validate-card explain license-unknown',
    });
  });

  it('says nothing of a good card', () => {
    expect(
      lintCard(
        '---\nlicense: mit\nlanguage: en\nlibrary_name: transformers\npipeline_tag: text-classification\n---\n# T\n',
      ),
    ).toEqual([]);
  });

  it('reports one thing once: a wrong type silences the rules about the value', () => {
    const found = lintCard(
      '---\nlicense:\nlanguage: {a: b}\ndatasets: 1\nbase_model: [null]\npipeline_tag: [a, b]\nlibrary_name: 1\n---\n# T\n',
    );
    expect(new Set(found.map(({ rule }) => rule))).toEqual(new Set(['metadata-type']));
    expect(found).toHaveLength(6);
  });

  it('stops after the first thousand findings of a rule, and takes the rest for the worst', () => {
    const languages = ['qq', ...Array.from({ length: 300_000 }, () => 'zz')];
    const found = lintCard(`---\nlicense: MIT\nlanguage:\n- ${languages.join('\n- ')}\n---\n`);
    const ofLanguage = found.filter(({ rule }) => rule === 'language-unknown');
    expect(ofLanguage).toHaveLength(MOST_FINDINGS + 1);
    expect(ofLanguage[0]).toMatchObject({ severity: 'warning', path: '/language/0' });
    const last = ofLanguage.at(-1);
    expect(last).toMatchObject({
      severity: 'error',
      message: 'From here on there is more of the same; the first 1000 findings are shown.',
      path: '/language/1000',
      range: { start: { line: 1004, column: 3 } },
    });
    expect(last).not.toHaveProperty('fix');
    expect(found.some(({ rule }) => rule === 'license-unknown')).toBe(true);
  });

  it('counts the findings of each rule by itself, and not those that are off', () => {
    const noisy = fake('noisy', ({ report }) => {
      for (let index = 0; index < 2 * MOST_FINDINGS; index++) report({ message: String(index) });
    });
    const quiet = fake('quiet', ({ report }) => report({ message: 'seen' }));
    const found = (rules: Record<string, 'off' | 'info'>) =>
      runRules([noisy, quiet], parseCard(''), { config: { rules } });
    expect(found({})).toHaveLength(MOST_FINDINGS + 2);
    expect(found({ noisy: 'info' }).filter(({ severity }) => severity === 'info')).toHaveLength(
      MOST_FINDINGS + 1,
    );
    expect(found({ noisy: 'off' }).map(({ message }) => message)).toEqual(['seen']);
  });

  it.each([
    ['missing', { source: 'missing' }, 'card-missing'],
    ['binary', { source: 'binary', detail: 'UTF-16 text' }, 'card-not-text'],
    ['too large', { source: 'too-large', bytes: 1e9 }, 'card-too-large'],
  ] as const)('makes one finding of a card that is %s', (_, cardFile, rule) => {
    const found = lintCard('', { cardFile, cardPath: 'docs/README.md' });
    expect(found.map((one) => [one.rule, one.file, one.range])).toEqual([
      [rule, 'docs/README.md', undefined],
    ]);
  });

  it('takes severities from the config, but never changes what the Hub does', () => {
    const found = lintCard(BAD, {
      config: { rules: { 'license-unknown': 'info', 'language-unknown': 'off', 'no-such-rule': 'error' } },
    });
    expect(found.map(({ rule, severity, hub }) => [rule, severity, hub])).toEqual([
      ['license-unknown', 'info', 'error'],
      ['pipeline-tag-unknown', 'warning', 'warning'],
    ]);
  });

  it('is the same on every run', () => {
    expect(lintCard(BAD)).toEqual(lintCard(BAD));
  });

  it('does not throw on odd cards', () => {
    const odd = [
      '',
      '\ufeff---\r\nlicense: MIT\r\n---\r\n',
      '---\n__proto__: {license: x}\nconstructor: 1\ntoString: 2\n---\n',
      '---\na: &a [1]\nlicense: *a\n---\n',
      '---\nlanguage: [*x]\n---\n',
      '---\nmodel-index: &m\n- name: *m\n---\n',
      '---\nlicense: 2024-01-01\nwidget: 2024-01-01\ninference: 2024-01-01\n---\n',
      '---\nlicense: !!binary aGVsbG8=\n---\n',
      '---\n? [a, b]\n: c\nlicense: {}\n---\n',
      '---\n<<: {license: MIT}\n---\n',
    ];
    for (const text of odd) {
      for (const { range } of lintCard(text)) {
        if (range === undefined) continue;
        expect(range.start.offset).toBeLessThanOrEqual(range.end.offset);
        expect(range.end.offset).toBeLessThanOrEqual(text.length);
      }
    }
  });
});

describe('lintCard, whatever the card says', () => {
  const field = fc.oneof(
    fc.constantFrom(
      ...'license language tags datasets metrics base_model base_model_relation pipeline_tag library_name widget inference'.split(
        ' ',
      ),
      ...'co2_eq_emissions model-index extra_gated_fields thumbnail new_version language_bcp47 license_name'.split(
        ' ',
      ),
    ),
    fc.string(),
  );
  const scalar = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'MIT',
      'english',
      'zh-CN',
      'ner',
      './x',
      'a b',
      '',
      'select',
      'https://huggingface.co/a/b',
    ),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.date({ noInvalidDate: true }),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, scalar, tie('list'), tie('mapping')),
    list: fc.array(tie('value'), { maxLength: 4 }),
    mapping: fc.dictionary(
      fc.oneof(
        fc.constantFrom('name', 'results', 'task', 'type', 'metrics', 'value', 'options', 'emissions'),
        fc.string(),
      ),
      tie('value'),
      { maxKeys: 4 },
    ),
  }));
  const metadata = fc.dictionary(field, value, { maxKeys: 6 });

  const check = (text: string) => {
    for (const { range, message, help, fix } of lintCard(text)) {
      expect(`${message}${help}`).not.toMatch(/\p{Cc}/u);
      const spans = [
        ...(range === undefined ? [] : [[range.start.offset, range.end.offset]]),
        ...(fix?.edits ?? []).map(({ start, end }) => [start, end]),
      ];
      for (const [start = -1, end = -1] of spans) {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(end).toBeLessThanOrEqual(text.length);
      }
    }
  };

  it('never throws, and stays inside the text', () => {
    fc.assert(
      fc.property(metadata, fc.boolean(), (data, flow) =>
        check(`---\n${dump(data, flow ? { flowLevel: 1 } : {})}---\n`),
      ),
    );
  });

  it('takes broken cards too', () => {
    const broken = fc
      .tuple(metadata, fc.nat(), fc.nat({ max: 9 }), fc.string())
      .map(([data, at, length, noise]) => {
        const text = `---\n${dump(data)}---\n# Title\n`;
        const cut = at % text.length;
        return text.slice(0, cut) + noise + text.slice(cut + length);
      });
    fc.assert(fc.property(broken, check));
  });
});

describe('runRules', () => {
  const card = parseCard('---\nb:\n- c: 1\n---\n');

  it('names the rule that throws: that is a bug, not a finding', () => {
    const cause = new Error('boom');
    const run = () =>
      runRules(
        [
          fake('broken', () => {
            throw cause;
          }),
        ],
        card,
      );
    expect(run).toThrow('Rule "broken" failed');
    expect(run).toThrow(expect.objectContaining({ cause }));
  });

  it('points a path that does not exist at its nearest parent, or at the opening fence', () => {
    const at = (path: (string | number)[]) => {
      const [found] = runRules([fake('x', ({ report }) => report({ message: 'm', path }))], card);
      return [found?.path, found?.range?.start.line, found?.range?.end.column];
    };
    expect(at(['b', 0, 'd', 'e'])).toEqual(['/b/0/d/e', 3, 7]);
    expect(at(['b', 9])).toEqual(['/b/9', 2, 2]);
    expect(at(['missing', 'x'])).toEqual(['/missing/x', 1, 4]);
    expect(at([])).toEqual(['', 1, 4]);
  });

  it('leaves the range out for other files, and sorts by file', () => {
    const found = runRules(
      [
        fake('z', ({ report }) => {
          report({ message: 'card', path: ['b'] });
          report({ message: 'other', file: '.gitattributes' });
        }),
        fake('a', ({ report }) => report({ message: 'card too', path: ['b'] })),
      ],
      card,
    );
    expect(found.map(({ message }) => message)).toEqual(['other', 'card too', 'card']);
    expect(found[0]).not.toHaveProperty('range');
  });
});
