import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Attempt, type AttemptInput, attempt } from '../../src/smoke/attempt.js';
import { cardAndTask } from '../../src/smoke/card-and-task.js';
import { compareAttempts } from '../../src/smoke/compare.js';
import { judge } from '../../src/smoke/judge.js';
import { planSmoke, type RunPlan } from '../../src/smoke/plan/plan.js';
import type { Message } from '../../src/smoke/protocol.js';
import type { Sandbox, SandboxEnd } from '../../src/smoke/sandbox.js';
import { expectationOf, fixtureNames, fixturePath, openFixture } from './fixture.js';

/** A child that says some messages and is done. */
function childThatSays(messages: readonly Message[]): Sandbox {
  return {
    pid: undefined,
    folder: '/nowhere',
    async run(_, { onMessage }): Promise<SandboxEnd> {
      for (const message of messages) if (onMessage(message, () => undefined)) break;
      return { end: 'finished' };
    },
    stop: async () => undefined,
    peakRssBytes: () => null,
    written: () => '',
  };
}

/** What a child says that gives the same answer to everything. */
function saying(plan: RunPlan, output: unknown, facts: object): readonly Message[] {
  const tensors = [{ name: 'logits', type: 'float32', dims: [1, 2], nan: 0, infinite: 0, size: 2 }];
  const turn = (role: 'case' | 'repeat' | 'probe', index: number): Message[] => [
    { type: 'running', role, index },
    { type: 'answer', role, index, latencyMs: 1, output, facts, tensors },
  ];
  return [
    { type: 'loaded', loadMs: 1 },
    ...plan.cases.flatMap((_, index) => turn('case', index)),
    ...turn('repeat', 0),
    ...plan.probes.flatMap((_, index) => turn('probe', index)),
    { type: 'done', peakRssBytes: 1 },
  ];
}

async function planOf(name: string): Promise<AttemptInput | null> {
  const repo = await openFixture(name);
  const files = await repo.list();
  const { metadata, task } = await cardAndTask(repo, files, {});
  const plan = await planSmoke({ repo, files, metadata, task, inputs: [] });
  if (plan.kind !== 'run') return null;
  return {
    plan,
    variant: plan.variants[0],
    repo,
    fences: [fixturePath(name)],
    device: 'cpu',
    requested: 'cpu',
    optimized: false,
    main: true,
    media: {},
    deadline: Number.POSITIVE_INFINITY,
  };
}

/** One of each way to answer. */
const names = fixtureNames().filter(
  (name) => !name.startsWith('faults/') && expectationOf(name).status === 'passed',
);

/** Parts of answers, as many tasks have them, in the wrong places. */
const LONG = 'ab '.repeat(100_000);
const THINGS = Array.from({ length: 4_000 }, (_, index) => ({
  label: `l${index}`,
  score: index,
  start: index,
  end: -index,
  word: 'w',
  entity: 'B-X',
  box: { xmin: index, ymin: 0, xmax: 1, ymax: 1 },
  mask: { $file: '../../x' },
  token_str: LONG.slice(0, 9),
}));
const NUMBERS = Array.from({ length: 100_000 }, (_, index) => index % 7);
const ROWS = Array.from({ length: 5_000 }, (_, index) => [index, 1]);
const FACTS = {
  logits: NUMBERS,
  vector: NUMBERS,
  vectors: ROWS,
  embeddings: ROWS,
  scores: NUMBERS,
  labels: NUMBERS,
  ids: NUMBERS,
  rows: ROWS,
  text: LONG,
  boxes: ROWS,
  items: THINGS,
  samples: NUMBERS,
  width: 10,
  height: -10,
};

describe('whatever a child answers, a report comes of it, and soon', () => {
  it.each(names)('%s', async (name) => {
    const input = await planOf(name);
    if (input === null) throw new Error(`${name} does not run.`);
    const { plan } = input;
    const heard = async (output: unknown, facts: object): Promise<Attempt> =>
      attempt(input, childThatSays(saying(plan, output, facts)), {});
    const end = async (output: unknown, facts: object, other: unknown) => {
      const first = await heard(output, facts);
      const second = await heard(other, {});
      const report = judge(plan, first, undefined);
      expect(report.cases.length).toBeGreaterThan(0);
      JSON.stringify([report, compareAttempts(plan, first, second)]);
      return report;
    };
    const start = performance.now();
    for (const output of [THINGS, [THINGS], NUMBERS, [NUMBERS], ROWS, LONG, [{ generated_text: LONG }]]) {
      await end(output, FACTS, THINGS);
    }
    expect(performance.now() - start).toBeLessThan(15_000);
    const { status } = await end({ nothing: 1 }, {}, null);
    expect(status).toBe('failed');
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue(),
        fc.object({ maxDepth: 2 }),
        fc.jsonValue(),
        async (one, facts, other) => {
          await end(one, facts, other);
        },
      ),
      { numRuns: 20 },
    );
  });
});
