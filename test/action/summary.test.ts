import { expect, it } from 'vitest';
import { annotationsOf } from '../../src/action/annotations.js';
import type { Checked, Judged } from '../../src/action/check.js';
import { failureOf } from '../../src/action/failure.js';
import { outputsOf } from '../../src/action/outputs.js';
import { summaryOf } from '../../src/action/summary.js';
import { RepoError } from '../../src/errors.js';
import { memoryRepo } from '../../src/repo/memory.js';
import { validateWithSources } from '../../src/validate.js';

async function judged(base: string, findings: number): Promise<Judged> {
  const datasets = Array.from({ length: findings }, (_, index) => `  - "not a dataset ${index}"\n`).join('');
  const card = `---\nlicense: mit\nlanguage: en\nlibrary_name: transformers\npipeline_tag: fill-mask\n${findings > 0 ? `datasets:\n${datasets}` : ''}---\n# A model\n`;
  const repo = memoryRepo({ 'README.md': card });
  const validation = await validateWithSources(repo, { offline: true });
  const settings = { config: {}, file: null, basePath: '', rules: [], notes: [] };
  return {
    kind: 'judged',
    base,
    repo,
    settings,
    options: {},
    level: 'error',
    validation,
    smokeProblem: undefined,
    files: [],
  };
}

const healthy = await judged('models/good', 0);
const broken = await judged('models/bad', 40);
const unreadable: Checked = {
  kind: 'unreadable',
  base: 'models/gone',
  error: new RepoError('x', 'It | cannot <b>be</b> read'),
};

it('begins with the verdict, and what fails comes first', () => {
  const text = summaryOf(
    { checked: [healthy, broken, unreadable], single: false, notes: ['A | note.'] },
    1e6,
  );
  expect(text).toMatch(/^## ❌ 2 of 3 model repositories are not ready to publish\n\nA &#124; note\.\n/);
  const rows = text.split('\n').filter((line) => /^\| [✅❌] \| <code>/.test(line));
  expect(rows.map((row) => /<code>(.*?)<\/code>/.exec(row)?.[1])).toEqual([
    'models/gone',
    'models/bad',
    'models/good',
  ]);
  expect(rows[0]).toContain('It &#124; cannot &#60;b&#62;be&#60;/b&#62; read');
  expect(text).toContain('<summary>❌ <code>models/bad</code></summary>');
});

it.each([1_000_000, 100_000, 30_000, 8_000, 3_000])('is cut cleanly at %i bytes', (most) => {
  const checked = Array.from({ length: 700 }, (_, index): Checked => {
    const one = index % 2 === 0 ? broken : healthy;
    return { ...one, base: `models/${'x'.repeat(40)}${index}` };
  });
  const fixes = `\`\`\`diff\n${'-a\n+b\n'.repeat(1000)}\`\`\`\n`;
  const text = summaryOf({ checked, single: false, notes: [], fixes }, most);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most);
  expect(text).toMatch(/\d+ more not shown; the log has them all\./);
  expect(text).toMatch(/\d+ repositories not shown in detail; the log has everything\.\n$/);
  expect(text.split('<details>').length).toBe(text.split('</details>').length);
  expect((text.match(/^```/gm) ?? []).length % 2).toBe(0);
  for (const line of text.split('\n').filter((one) => one.startsWith('| ')))
    expect(line.endsWith('|')).toBe(true);
});

it.each([200_000, 20_000, 6_000])('of one repository is cut cleanly at %i bytes', async (most) => {
  const many = await judged('', 3000);
  const fixes = `\`\`\`diff\n${'-a\n+b\n'.repeat(1000)}\`\`\`\n`;
  const text = summaryOf({ checked: [many], single: true, notes: ['Why.'], fixes }, most);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most);
  expect(text).toMatch(/more findings? not shown/);
  expect((text.match(/^```/gm) ?? []).length % 2).toBe(0);
});

it('a model that could not be run fails its repository in every view', () => {
  const untried: Judged = { ...healthy, smokeProblem: 'No device.' };
  expect(failureOf([untried], true)).toBe('No device.');
  expect(failureOf([untried, healthy], false)).toBe(
    '1 of 2 model repositories does not pass: 1 model that could not be run.',
  );
  expect(outputsOf([untried, healthy], { report: '', patch: '' })).toMatchObject({
    publishable: 'false',
    smoke: 'failed',
  });
  expect(annotationsOf([untried, healthy], true)).toContain('::error title=models/good::No device.\n');
  expect(summaryOf({ checked: [untried], single: true, notes: [] }, 1e6)).toMatch(
    /^❌ \*\*The model was not run\.\*\* No device\./,
  );
});

it('leaves room for the sentence that the step ends with', () => {
  for (const [fails, most] of [
    [true, 9],
    [false, 10],
  ] as const) {
    const text = annotationsOf([broken, unreadable], fails);
    expect(text.match(/^::error /gm)).toHaveLength(most);
    expect(text).toMatch(/^::error title=models\/gone::/);
  }
});
