import { describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { parseYamlFile } from '../../src/card/yaml-file.js';
import { MOST_FINDINGS } from '../../src/engine/diagnose.js';
import { runRules } from '../../src/lint.js';
import { evalResultsShape } from '../../src/rules/eval-results-shape.js';
import { type RuleCase, testRule } from './tester.js';

const card = '---\nlicense: mit\n---\n';
const path = '.eval_results/hle.yaml';
const expected = '# expect: eval-results-shape';

/** A case about one file. */
function file(name: string, content: string, more: Partial<RuleCase> = {}): RuleCase {
  return { name, text: card, contents: { [path]: content }, ...more };
}

/** What a file becomes. */
const fixed = (content: string) => ({ fixedContents: { [path]: content } });

const dataset = '- dataset:\n    id: cais/hle\n    task_id: hle\n';

testRule(evalResultsShape, {
  good: [
    { name: 'no results', text: card },
    file('the smallest result', `${dataset}  value: 0.412\n`),
    file('an integer, negative, and in scientific notation', `${dataset}  value: -1.5e-3\n`),
    file(
      'every key of the specification, in flow style',
      '[{dataset: {id: a/b, task_id: c, revision: abc1234}, value: 1, verifyToken: a.b.c, date: "2026-01-15", source: {url: "https://x.org", name: n, user: u, org: o}, notes: n}]\n',
    ),
    file(
      'aliases and merge keys',
      `- dataset: &d {id: a/b, task_id: c}\n  value: 1\n- dataset: *d\n  value: 2\n`,
    ),
    file('invalid YAML', 'a: b: c\n'),
    { name: 'a mapping in another folder', text: card, contents: { 'results/a.yaml': 'a: 1\n' } },
  ],
  bad: [
    file('an empty file', '', {
      lines: [1],
      marks: [''],
      severity: 'warning',
      says: ['.eval_results/hle.yaml holds no results'],
    }),
    file('an empty list', '# none yet\n[]\n', { lines: [1], marks: [''], severity: 'warning' }),
    file('a text', `only words ${expected}\n`, { marks: ['only words'], says: ['not the string'] }),
    file('a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n', {
      lines: [1],
      marks: [''],
      says: ['Git LFS pointer'],
    }),
    file(
      'a single result instead of a list',
      `# HLE\n---\ndataset: ${expected}\n  id: cais/hle # the benchmark\n  task_id: hle\n\nvalue: 20.9\nnotes: |\n  a\n   b\n`,
      {
        marks: ['dataset'],
        ...fixed(
          `# HLE\n---\n- dataset: ${expected}\n    id: cais/hle # the benchmark\n    task_id: hle\n\n  value: 20.9\n  notes: |\n    a\n     b\n`,
        ),
      },
    ),
    file('a single result with CRLF', 'dataset:\r\n  id: a/b\r\n  task_id: c\r\nvalue: 1\r\n', {
      lines: [1],
      marks: ['dataset'],
      ...fixed('- dataset:\r\n    id: a/b\r\n    task_id: c\r\n  value: 1\r\n'),
    }),
    file('a single result that lacks something', `dataset: ${expected}\n  id: a/b\nvalue: 1\n`, {
      marks: ['dataset'],
    }),
    file('a list inside a mapping', `results: ${expected}\n- dataset: {id: a/b, task_id: c}\n  value: 1\n`, {
      marks: ['results'],
      says: ['without a key such as "results"'],
    }),
    file('something else', `health: ${expected}\n  score: 10\n`, { marks: ['health'] }),
    file('items that are no mappings', `- ${expected}\n- [1] ${expected}\n`, {
      marks: ['', '[1]'],
      says: ['is blank (null)', 'not a list'],
    }),
    file('a result that is none', `- health: ok ${expected}\n  port: 80\n`, { marks: ['health'] }),
    file(
      'the form of the API',
      `- filename: a ${expected}\n  data: {dataset: {id: a/b, task_id: c}, value: 1}\n`,
      {
        marks: ['filename'],
        says: ['API'],
      },
    ),
    file(
      'the form of model-index',
      `- task: {type: x} ${expected}\n  dataset: {type: a, name: b}\n  metrics: [{type: acc, value: 1}]\n`,
      { marks: ['task'], says: ['model-index'] },
    ),
    file(
      'keys that are missing',
      `- value: 1 ${expected}\n- dataset: ${expected}, eval-results-shape\n    id: a/b\n`,
      {
        marks: ['value', 'dataset', 'dataset'],
        says: [
          '"[0]" lacks the key "dataset"',
          '"[1]" lacks the key "value"',
          '"[1].dataset" lacks the key "task_id"',
        ],
      },
    ),
    file('a blank key, in the Hub’s words', `${dataset}  value: 1\n  source:\n    url: ${expected}\n`, {
      marks: ['url'],
      says: ['The Hub says: ✖ Invalid input: expected string, received null → at [0].source.url.'],
    }),
    file('an empty text', `${dataset}  value: 1\n  notes: "" ${expected}\n`, { marks: ['""'] }),
    file('a source without address', `${dataset}  value: 1\n  source: ${expected}\n    name: Paper\n`, {
      marks: ['source'],
      says: ['"[0].source" lacks the key "url"'],
    }),
    file(
      'texts where mappings belong',
      `- dataset: cais/hle ${expected}\n  value: 1\n  source: x.org ${expected}\n`,
      {
        marks: ['cais/hle', 'x.org'],
        says: ['Write "dataset:"', 'Write "source:"'],
      },
    ),
    file(
      'a number where a text belongs',
      `- dataset:\n    id: a/b\n    task_id: 2026 ${expected}\n  value: 1\n`,
      {
        marks: ['2026'],
        ...fixed(`- dataset:\n    id: a/b\n    task_id: "2026" ${expected}\n  value: 1\n`),
      },
    ),
    file('a boolean where a text belongs', `${dataset}  value: 1\n  notes: true ${expected}\n`, {
      marks: ['true'],
      ...fixed(`${dataset}  value: 1\n  notes: "true" ${expected}\n`),
    }),
    file('a date without quotes', `${dataset}  value: 1\n  date: 2026-01-15 ${expected}\n`, {
      marks: ['2026-01-15'],
      severity: 'warning',
      ...fixed(`${dataset}  value: 1\n  date: "2026-01-15" ${expected}\n`),
    }),
    file('a moment without quotes', `${dataset}  value: 1\n  date: 2026-01-15 10:30:00 ${expected}\n`, {
      marks: ['2026-01-15 10:30:00'],
      severity: 'warning',
      ...fixed(`${dataset}  value: 1\n  date: "2026-01-15T10:30:00" ${expected}\n`),
    }),
    file('a day that does not exist', `${dataset}  value: 1\n  date: 2024-13-01 ${expected}\n`, {
      marks: ['2024-13-01'],
      severity: 'warning',
      says: ['is 2024-13-01, and there is no such day'],
    }),
    file('a date of digits', `${dataset}  value: 1\n  date: 20260115 ${expected}\n`, {
      marks: ['20260115'],
      ...fixed(`${dataset}  value: 1\n  date: "2026-01-15" ${expected}\n`),
    }),
    file('placeholders of the specification', `${dataset}  value: {metric_value} ${expected}\n`, {
      marks: ['{metric_value}'],
      says: ['placeholder "{metric_value}"'],
    }),
    file('a score in quotes', `${dataset}  value: "20.90" ${expected}\n`, {
      marks: ['"20.90"'],
      severity: 'warning',
      ...fixed(`${dataset}  value: 20.90 ${expected}\n`),
    }),
    file(
      'scores that are no numbers',
      `${dataset}  value: 87.5% ${expected}\n${dataset}  value: .nan ${expected}\n`,
      {
        marks: ['87.5%', '.nan'],
        severity: 'warning',
        says: ['without unit', 'not NaN'],
      },
    ),
    file('no score', `${dataset}  value: ${expected}\n`, { marks: ['value'] }),
    file('a misspelt key', `- dataset:\n    id: a/b\n    "taskId": c ${expected}\n  value: 1\n`, {
      marks: ['"taskId"'],
      says: ['Did you mean "task_id"?'],
      ...fixed(`- dataset:\n    id: a/b\n    "task_id": c ${expected}\n  value: 1\n`),
    }),
    file('a misspelt key that may be left out', `${dataset}  value: 1\n  verify_token: a.b.c ${expected}\n`, {
      marks: ['verify_token'],
      severity: 'warning',
      ...fixed(`${dataset}  value: 1\n  verifyToken: a.b.c ${expected}\n`),
    }),
    file('another word for a key', `${dataset}  score: 1 ${expected}\n`, {
      marks: ['score'],
      ...fixed(`${dataset}  value: 1 ${expected}\n`),
    }),
    file('a misspelling beside the right key', `${dataset}  value: 1\n  Value: 2 ${expected}\n`, {
      marks: ['Value'],
      severity: 'warning',
      says: ['"value" is there too'],
    }),
    file('a misspelt key with a value of another type', `${dataset}  score: 87% ${expected}\n`, {
      marks: ['score'],
    }),
    file('keys one level too high', `- dataset_id: a/b ${expected}\n  task_id: c ${expected}\n  value: 1\n`, {
      marks: ['dataset_id', 'task_id'],
      says: ['indented below "dataset:"', 'indented below "dataset:"'],
    }),
    file('a key one level too deep', `- dataset:\n    id: a/b\n    task_id: c\n    value: 1 ${expected}\n`, {
      marks: ['value'],
      says: ['Indent it as far as "dataset"'],
    }),
    file(
      'keys of the draft, and others',
      `- dataset:\n    id: a/b\n    task_id: c\n    config: d ${expected}\n  value: 1\n  shots: 5 ${expected}\n`,
      {
        marks: ['config', 'shots'],
        severity: 'info',
        says: ['part of a draft', 'belongs into "notes"'],
      },
    ),
  ],
});

describe('eval-results-shape', () => {
  it('judges 100,000 results in a moment', () => {
    const text = '- {dataset: {id: a/b}, value: x}\n'.repeat(100_000);
    const started = performance.now();
    const found = runRules([evalResultsShape], parseCard(''), { evalResults: [parseYamlFile(path, text)] });
    expect(found).toHaveLength(MOST_FINDINGS + 1);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('takes keys of the language for what they are', () => {
    const text = '- {__proto__: {dataset: {id: a/b, task_id: c}}, constructor: 1, value: 1}\n';
    const found = runRules([evalResultsShape], parseCard(''), { evalResults: [parseYamlFile(path, text)] });
    expect(found.map(({ message }) => message)).toEqual([
      expect.stringContaining('[0].__proto__'),
      expect.stringContaining('lacks the key "dataset"'),
      expect.stringContaining('[0].constructor'),
    ]);
  });
});
