import { describe, expect, it } from 'vitest';
import type { SmokeFile } from '../../src/smoke/files.js';
import { smokeTest } from '../../src/smoke/smoke.js';
import { expectAnswer, filled } from './answer.js';
import { expectationOf, fixtureNames, fixturePath, openFixture } from './fixture.js';

const withCases = fixtureNames().filter((name) => (expectationOf(name).cases ?? []).length > 0);

describe('each model answers requests as its expected.json says', () => {
  it('there is one for each task', () => expect(withCases.length).toBeGreaterThan(40));

  it.each(withCases)('%s', async (name) => {
    const cases = expectationOf(name).cases ?? [];
    const files: SmokeFile[] = [];
    const report = await smokeTest(await openFixture(name), {
      device: 'cpu',
      inputs: cases.map(({ body }) => filled(body, fixturePath(name))),
      onFile: (file) => files.push(file),
    });
    expect(report.reason).toBeUndefined();
    expect(report.status).toBe('passed');
    expect(report.cases).toHaveLength(cases.length);
    for (const [index, expected] of cases.entries()) {
      const output = report.cases[index]?.output;
      await expectAnswer({ output, files: files.filter((file) => file.index === index) }, expected);
    }
  });
});
