import { evalResultsValue } from '../../src/rules/eval-results-value.js';
import { type RuleCase, testRule } from './tester.js';

const card = '---\nlicense: mit\n---\n';
const path = '.eval_results/hle.yaml';
const expected = '# expect: eval-results-value';

/** A result in which one line is another. */
function result(name: string, line: string, more: Partial<RuleCase> = {}): RuleCase {
  return { name, text: card, contents: { [path]: contentOf(line) }, ...more };
}

function contentOf(line: string): string {
  const key = /^\s*(\w+)/.exec(line)?.[1];
  const lines = [
    '- dataset:',
    '    id: cais/hle',
    '    task_id: hle',
    '    revision: 5503434ddd753f426f4b38109466949a1217c2bb',
    '  value: 20.9',
    '  verifyToken: eyJhbGciOiJFZERTQSJ9.eyJoYXNoIjoi.c2ln',
    '  date: "2026-01-15"',
    '  source:',
    '    url: https://arxiv.org/abs/2404.14219',
    '    user: SaylorTwift',
    '    org: 01-ai',
    '  notes: no-tools',
  ];
  return `${lines.map((one) => (new RegExp(`^\\s*${key}:`).test(one) ? line : one)).join('\n')}\n`;
}

const fixed = (line: string) => ({ fixedContents: { [path]: contentOf(line) } });

testRule(evalResultsValue, {
  good: [
    { name: 'no results', text: card },
    result('a sound result', '    id: cais/hle'),
    result('a dataset without owner', '    id: gsm8k'),
    result('the beginning of a hash', '    revision: 5503434d'),
    result('a moment in UTC', '  date: "2026-01-15T10:30:00.123Z"'),
    result('a moment with an offset', '  date: "2026-01-15T10:30+02:00"'),
    result('a leap day', '  date: "2024-02-29"'),
    result('wrong types, which are reported elsewhere', '  date: 2026'),
    result('an address with a query', '    url: https://example.org/a?b=c#d'),
    result('an account with a dot and a line', '    user: a.b_c'),
    { name: 'entries that are no mappings', text: card, contents: { [path]: '- 1\n- null\n- [a]\n' } },
    { name: 'a mapping', text: card, contents: { [path]: 'dataset: {id: a b, task_id: c}\nvalue: 1\n' } },
    { name: 'invalid YAML', text: card, contents: { [path]: 'a: b: c\n' } },
  ],
  bad: [
    result('the address of a dataset', `    id: https://huggingface.co/datasets/cais/hle ${expected}`, {
      marks: ['https://huggingface.co/datasets/cais/hle'],
      ...fixed(`    id: cais/hle ${expected}`),
    }),
    result('the path of a dataset on the Hub', `    id: "datasets/cais/hle" ${expected}`, {
      marks: ['"datasets/cais/hle"'],
      ...fixed(`    id: "cais/hle" ${expected}`),
    }),
    result('a path', `    id: /data/hle ${expected}`, { marks: ['/data/hle'], says: ['a path on a disk'] }),
    result('a title', `    id: Humanity’s Last Exam ${expected}`, {
      marks: ['Humanity’s Last Exam'],
      says: ['is not the id of a dataset'],
    }),
    result('a task by its title', `    task_id: GPQA diamond ${expected}`, {
      marks: ['GPQA diamond'],
      says: ['has spaces in it'],
    }),
    result('a branch', `    revision: main ${expected}`, {
      marks: ['main'],
      says: ['not the hash of a commit'],
    }),
    result('a hash in upper case', `    revision: 5503434DDD753F426F4B38109466949A1217C2BB ${expected}`, {
      marks: ['5503434DDD753F426F4B38109466949A1217C2BB'],
      ...fixed(`    revision: 5503434ddd753f426f4b38109466949a1217c2bb ${expected}`),
    }),
    result('placeholders', `    revision: <hash> ${expected}`, {
      marks: ['<hash>'],
      says: ['placeholder "<hash>"'],
    }),
    result('a token that is none', `  verifyToken: yes-it-was-me ${expected}`, {
      marks: ['yes-it-was-me'],
      says: ['is not a signed token'],
    }),
    result('an access token, which is not repeated', `  verifyToken: hf_${'x'.repeat(8)} ${expected}`, {
      marks: ['hf_xxxxxxxx'],
      says: [
        '"[0].verifyToken" is not a signed token (three parts of letters, digits, "-" and "_", separated by dots).',
      ],
    }),
    result('a day that does not exist', `  date: "2026-02-30" ${expected}`, {
      marks: ['"2026-02-30"'],
      says: ['a moment that does not exist'],
    }),
    result('an hour that does not exist', `  date: "2026-02-03T25:00" ${expected}`, {
      marks: ['"2026-02-03T25:00"'],
    }),
    result('a date without zeros', `  date: 2026-1-5 ${expected}`, {
      marks: ['2026-1-5'],
      ...fixed(`  date: "2026-01-05" ${expected}`),
    }),
    result('a date with slashes', `  date: '2026/01/05' ${expected}`, {
      marks: ["'2026/01/05'"],
      ...fixed(`  date: '2026-01-05' ${expected}`),
    }),
    result('a space in front of the time', `  date: "2026-01-05 10:30:00" ${expected}`, {
      marks: ['"2026-01-05 10:30:00"'],
      ...fixed(`  date: "2026-01-05T10:30:00" ${expected}`),
    }),
    result('a date that may be read in two ways', `  date: 01/05/2026 ${expected}`, {
      marks: ['01/05/2026'],
    }),
    result('a month that does not exist', `  date: 2026/13/05 ${expected}`, { marks: ['2026/13/05'] }),
    result('words for a date', `  date: last week ${expected}`, { marks: ['last week'] }),
    result('an address without scheme', `    url: huggingface.co/spaces/a/b ${expected}`, {
      marks: ['huggingface.co/spaces/a/b'],
      ...fixed(`    url: https://huggingface.co/spaces/a/b ${expected}`),
    }),
    result('an address that is not encrypted', `    url: http://example.org/a ${expected}`, {
      marks: ['http://example.org/a'],
      severity: 'info',
    }),
    result('words for an address', `    url: our paper ${expected}`, {
      marks: ['our paper'],
      says: ['has spaces'],
    }),
    result('another scheme', `    url: "javascript:alert(1)" ${expected}`, {
      marks: ['"javascript:alert(1)"'],
    }),
    result('a password in the address', `    url: https://me:secret@example.org/a ${expected}`, {
      marks: ['https://me:secret@example.org/a'],
      says: ['"[0].source.url" holds a user name or password.'],
    }),
    result('a machine of one’s own', `    url: https://localhost/a ${expected}`, {
      marks: ['https://localhost/a'],
    }),
    result('an account with "@"', `    user: "@SaylorTwift" ${expected}`, {
      marks: ['"@SaylorTwift"'],
      ...fixed(`    user: "SaylorTwift" ${expected}`),
    }),
    result('the page of an account', `    org: https://hf.co/cais ${expected}`, {
      marks: ['https://hf.co/cais'],
      ...fixed(`    org: cais ${expected}`),
    }),
    result('the name of a person', `    user: Saylor Twift ${expected}`, { marks: ['Saylor Twift'] }),
  ],
});
