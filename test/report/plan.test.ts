import { expect, it } from 'vitest';
import { formatPlan, planJson } from '../../src/report/plan.js';
import type { SmokePlanReport } from '../../src/smoke/dry-run.js';

/** Looks like a token of the Hub, and is none. */
const TOKEN = `hf_${'kQzXvbTnWmLpRsYdGhJcFaEuOiZxNqBtVw'}`;

const circle: { self?: unknown } = {};
circle.self = circle;

const PLAN: SmokePlanReport = {
  status: 'runs',
  task: 'text-classification',
  runner: 'transformers',
  devices: ['cpu'],
  variants: [
    { dtype: 'fp32', files: [{ path: 'onnx/\u001b[31m.onnx', size: 5 }], bytes: 5, memoryLimitBytes: 2e9 },
  ],
  cases: [
    { source: 'widget', title: `\u001b]0;owned\u0007 ${TOKEN}`, input: `\n::error::x \u202e ${TOKEN}` },
    { source: 'user', input: { data: Number.NaN, big: 2n ** 70n, circle } },
  ],
  unrun: [
    { example: { text: { [TOKEN]: 1 } }, check: { id: 'input', status: 'failed', message: 'No \u001b[2J.' } },
  ],
  checks: [],
  timeoutMs: 1,
  planMs: 1,
};

it('shows neither credentials nor what a terminal would obey', () => {
  const text = formatPlan(PLAN);
  expect(text).not.toContain(TOKEN);
  expect(text).toContain('*'.repeat(20));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  expect(text).not.toMatch(/^::/m);
});

it('is JSON whatever the inputs hold', () => {
  const text = planJson(PLAN);
  expect(text).not.toContain(TOKEN);
  expect(text).not.toContain('\u202e');
  const plan = JSON.parse(text) as SmokePlanReport;
  expect(plan.cases[1]?.input).toEqual({
    data: 'NaN',
    big: '1180591620717411303424',
    circle: { self: '[circular]' },
  });
  expect(plan.variants).toEqual(PLAN.variants);
});
