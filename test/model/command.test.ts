import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { runMain } from '../cli/scenario.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const schema: object = JSON.parse(
  readFileSync(new URL('../../schemas/report.schema.json', import.meta.url), 'utf8'),
);
const fits = new Ajv2020({ allowUnionTypes: true }).compile(schema);

const run = (args: readonly string[]) => runMain(['--smoke', '--device', 'cpu', ...args], root);

describe('--smoke', () => {
  it('runs a healthy model on the examples of its card', async () => {
    const { stdout, stderr, status } = await run(['fixtures/text-classification']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/Smoke inference {2}✔ passed\n {2}transformers on cpu, fp32, loaded in /);
    expect(stdout).toMatch(/✔ "The movie was great!" +POSITIVE \d\.\d{3} +\d/);
    expect(stdout).toMatch(/ smoke inference passed\n$/);
  });

  it("takes inputs of one's own in place of the examples", async () => {
    const { stdout, status } = await run([
      'fixtures/text-classification',
      '--input',
      'The movie was terrible.',
      '--format',
      'json',
    ]);
    const report: unknown = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(fits(report), JSON.stringify(fits.errors)).toBe(true);
    expect(report).toMatchObject({
      smoke: { status: 'passed', cases: [{ source: 'user', input: 'The movie was terrible.' }] },
    });
  });

  it('fails for a model whose answers are wrong, in a report that fits the schema', async () => {
    const { stdout, status } = await run(['fixtures/faults/nan-logits', '--format', 'json']);
    const report = JSON.parse(stdout);
    expect(status).toBe(1);
    expect(fits(report), JSON.stringify(fits.errors)).toBe(true);
    expect(report.smoke.status).toBe('failed');
    expect(report.summary.publishable).toBe(false);
  });

  it('forgives with --fail-level never, and says so all the same', async () => {
    const { stdout, status } = await run(['fixtures/faults/truncated-onnx', '--fail-level', 'never', '-q']);
    expect(status).toBe(0);
    expect(stdout).toContain('Smoke inference  ✖ failed');
    expect(stdout).toContain('✖ Not ready to publish');
  });

  it('gives up at the limit of time', async () => {
    const { stdout, status } = await run(['fixtures/faults/infinite-loop', '--timeout', '4s']);
    expect(status).toBe(1);
    expect(stdout).toContain('did not finish within 4 s');
  });
});
