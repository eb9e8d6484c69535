import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openFolder } from '../../../src/repo/local.js';
import { canJoin } from '../../../src/serve/joined-graphs.js';
import { loadingJob } from '../../../src/smoke/attempt.js';
import { planSmoke } from '../../../src/smoke/plan/plan.js';
import { openModel } from '../../../src/smoke/runners/open.js';
import type { OpenedModel } from '../../../src/smoke/runners/opened.js';
import { loadOnnxRuntime } from '../../../src/smoke/runners/runtime.js';
import { findTask } from '../../../src/tasks/index.js';
import type { Inference } from '../../../src/tasks/task.js';
import { fixturePath } from '../fixture.js';

/** How far a number of an answer may lie from the one of a single run, as a share of it where it is above one. */
const TOLERANCE = 1e-4;

const WORDS = ['good', 'a film', 'the movie was great', 'Anna lives in Berlin', 'he said nothing at all'];
/** Texts of one to 40 words. */
const TEXTS = Array.from({ length: 24 }, (_, index) =>
  Array.from({ length: 1 + ((index * 7) % 40) }, (_, word) => WORDS[(index + word) % WORDS.length]).join(' '),
);

/** A model as a server loads it. */
async function served(fixture: string, task: string, dtype = 'fp32'): Promise<OpenedModel> {
  const root = fixturePath(fixture);
  const repo = await openFolder(root, { kind: 'folder', path: root });
  const plan = await planSmoke({ repo, files: await repo.list(), task, metadata: null, inputs: [] });
  if (plan.kind !== 'run') throw new Error(plan.reason);
  const variant = plan.variants.find((one) => one.dtype === dtype) ?? plan.variants[0];
  const loading = {
    plan,
    variant,
    fences: [root],
    device: 'cpu',
    optimized: true,
    main: false,
    media: {},
  } as const;
  const open = await openModel(
    { ...loadingJob(loading, 2 ** 32), served: { threads: 1, joined: await canJoin(repo, variant) } },
    plan.way,
  );
  return open();
}

interface Runnable {
  run(feeds: Readonly<Record<string, { readonly dims: readonly number[] }>>, ...rest: unknown[]): unknown;
}

/** How many items each run of a graph had while something was done. */
async function itemsOf(work: () => Promise<unknown>): Promise<readonly number[]> {
  const { prototype } = loadOnnxRuntime().InferenceSession as unknown as { readonly prototype: Runnable };
  const { run } = prototype;
  const items: number[] = [];
  prototype.run = function (feeds, ...rest) {
    items.push(Object.values(feeds)[0]?.dims[0] ?? 0);
    return Reflect.apply(run, this, [feeds, ...rest]);
  };
  try {
    await work();
  } finally {
    prototype.run = run;
  }
  return items;
}

/** Where an answer is another one than that of a single run, but for the last digits of numbers; null where it is the same. */
function difference(got: unknown, single: unknown, path: string): string | null {
  if (typeof single === 'number' && typeof got === 'number') {
    return Math.abs(got - single) <= TOLERANCE * Math.max(1, Math.abs(single))
      ? null
      : `${path}: ${got}, not ${single}`;
  }
  if (typeof single === 'object' && single !== null && typeof got === 'object' && got !== null) {
    if (Object.keys(got).join() !== Object.keys(single).join()) return `${path}: other keys`;
    for (const [key, value] of Object.entries(single)) {
      const found = difference((got as Record<string, unknown>)[key], value, `${path}/${key}`);
      if (found !== null) return found;
    }
    return null;
  }
  return got === single ? null : `${path}: ${String(got)}, not ${String(single)}`;
}

interface Compared {
  /** Runs of the graph for single inferences. */
  readonly single: readonly number[];
  /** Runs of the graph for all of them at once. */
  readonly joined: readonly number[];
}

/** Runs inferences one after the other, then all at once, several times: the first times the graph is held against single runs. */
async function compare(
  fixture: string,
  task: string,
  bodies: readonly unknown[],
  dtype?: string,
): Promise<Compared> {
  const model = await served(fixture, task, dtype);
  const inferences = bodies.map((body): Inference => {
    const read = findTask(task)?.readRequest(body, { config: null, graph: null, graphs: {}, json: {} });
    if (read?.ok !== true) throw new Error(`This is no request for ${task}.`);
    return read.value;
  });
  const outputs: unknown[] = [];
  const single = await itemsOf(async () => {
    for (const inference of inferences) outputs.push((await model.run(inference)).output);
  });
  let joined: readonly number[] = [];
  for (let round = 0; round < 4; round++) {
    joined = await itemsOf(async () => {
      const answers = await Promise.all(inferences.map((inference) => model.run(inference)));
      for (const [index, { output }] of answers.entries())
        expect(difference(output, outputs[index], `${index}`)).toBeNull();
    });
  }
  return { single, joined };
}

it.each<readonly [string, readonly unknown[]]>([
  ['text-classification', TEXTS.map((inputs) => ({ inputs }))],
  ['token-classification', TEXTS.map((inputs) => ({ inputs, parameters: { ignore_labels: [] } }))],
  ['fill-mask', TEXTS.map((text) => ({ inputs: `[MASK] ${text}` }))],
  ['feature-extraction', TEXTS.map((inputs) => ({ inputs }))],
  [
    'sentence-similarity',
    TEXTS.map((text, index) => ({
      inputs: { source_sentence: text, sentences: TEXTS.slice(index % 5, (index % 5) + 3) },
    })),
  ],
  [
    'zero-shot-classification',
    TEXTS.map((inputs) => ({
      inputs,
      parameters: { candidate_labels: ['sports', 'a label of several words'] },
    })),
  ],
  [
    'question-answering',
    TEXTS.map((context) => ({ inputs: { question: 'Where does Anna live?', context } })),
  ],
])('%s at one time gives what it gives alone, in fewer runs', async (task, bodies) => {
  const { single, joined } = await compare(task, task, bodies);
  const items = (runs: readonly number[]) => runs.reduce((sum, one) => sum + one, 0);
  expect(joined.length).toBeLessThan(items(single) / 4);
  expect(items(joined)).toBeLessThanOrEqual(items(single));
});

it('pictures at one time give what they give alone, in one run', async () => {
  const { single, joined } = await compare(
    'image-classification',
    'image-classification',
    ['red', 'blue', 'red', 'blue'].map((name) =>
      readFileSync(`${fixturePath('image-classification')}/samples/${name}.png`).toString('base64'),
    ),
  );
  expect([single, joined]).toEqual([[1, 1, 1, 1], [4]]);
});

it('a model of which the weights alone are quantized runs together', async () => {
  const { single, joined } = await compare(
    'text-classification-quantized',
    'text-classification',
    TEXTS.map((inputs) => ({ inputs })),
  );
  expect(joined.length).toBeLessThan(single.length / 2);
});

it('a model that is quantized by what it sees runs one at a time', async () => {
  const { single, joined } = await compare(
    'text-classification-variants',
    'text-classification',
    TEXTS.map((inputs) => ({ inputs })),
    'q8',
  );
  expect(joined).toEqual(single);
});
