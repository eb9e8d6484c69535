import { beforeAll, describe, expect, it } from 'vitest';
import { type CatalogModel, openCatalog } from '../../../src/serve/catalog.js';
import type { WorkerAnswer } from '../../../src/serve/model-worker.js';
import { readEmbeddings } from '../../../src/serve/openai/embeddings-request.js';
import type { OpenAiParts } from '../../../src/serve/openai/openai-ask.js';
import { readOpenAi } from '../../../src/serve/openai/openai-request.js';
import { serveEmbeddings } from '../../../src/serve/openai/serve-embeddings.js';
import { serveOpenAi } from '../../../src/serve/openai/serve-openai.js';
import type { Wanted } from '../../../src/serve/shared-runs.js';
import { FIXTURES } from '../served.js';

let models: ReadonlyMap<string, CatalogModel>;
beforeAll(async () => {
  models = await openCatalog([`${FIXTURES}text-generation`, `${FIXTURES}feature-extraction`], {
    cwd: FIXTURES,
  });
});

function model(id: string): CatalogModel {
  const found = models.get(id);
  if (found === undefined) throw new Error(`There is no ${id}.`);
  return found;
}

/** Answers that take so long each, and what was wanted. */
function slow(secondsEach: readonly number[]) {
  const wanted: Wanted[] = [];
  const answerTo = (one: Wanted): WorkerAnswer => {
    const latencyMs = (secondsEach[wanted.length] ?? 0) * 1000;
    wanted.push(one);
    const text = {
      text: 'x',
      finish: 'length',
      timedOut: false,
      promptTokens: 1,
      tokens: 1,
      seed: null,
      made: [],
    } as const;
    return {
      output: [[1, 0]],
      files: [],
      written: [text],
      latencyMs,
      heardSeconds: 0,
      tokensRead: 1,
    };
  };
  const parts: OpenAiParts = {
    pinned: new Set(),
    computeType: () => 'cpu',
    runs: {
      run: async (one) => ({ answer: answerTo(one), cached: false, shared: false }),
      async *stream(one) {
        yield { kind: 'answer', answer: answerTo(one) };
      },
    },
  };
  return {
    parts,
    times: () => wanted.map(({ inference }) => inference.parameters.max_time),
    limits: () => wanted.map(({ limitMs }) => limitMs),
    keys: () => wanted.map(({ key }) => key),
  };
}

const asker = {
  useCache: true,
  wait: true,
  load: true,
  inferenceMs: 60_000,
  left: new AbortController().signal,
  note: () => undefined,
};

async function complete(body: object, { parts }: ReturnType<typeof slow>) {
  const request = readOpenAi(
    'completion',
    Buffer.from(JSON.stringify({ model: 'text-generation', ...body })),
  );
  const outcome = await serveOpenAi(
    { ...asker, kind: 'completion', model: model('text-generation'), request, huggingFace: false },
    parts,
  );
  if (outcome.kind === 'stream') for await (const _ of outcome.events);
  return outcome;
}

describe('the prompts of a request', () => {
  it.each([false, true])('share its time by what is left (stream: %s)', async (stream) => {
    const model = slow([3, 20, 12]);
    await complete({ prompt: ['a', 'b', 'c'], stream }, model);
    expect(model.times()).toEqual([15, 21, 22]);
    expect(model.limits()).toEqual([60_000, 57_000, 37_000]);
  });

  it('share the time that the request states', async () => {
    const model = slow([1]);
    await complete({ prompt: ['a', 'b'], max_time: 4 }, model);
    expect(model.times()).toEqual([2, 3]);
  });

  it('have no time left where it is used up, but for their first tokens', async () => {
    const model = slow([50]);
    await complete({ prompt: ['a', 'b'] }, model);
    expect(model.times()).toEqual([22.5, 0]);
    expect(model.limits()).toEqual([60_000, 10_000]);
  });

  it('fail with 504 when all of the time of an inference is gone', async () => {
    const model = slow([30, 30]);
    const failed = complete({ prompt: ['a', 'b', 'c'] }, model);
    await expect(failed).rejects.toMatchObject({ status: 504, message: expect.stringContaining('fewer') });
    expect(model.times()).toHaveLength(2);
  });

  it('are known again, however much time they had', async () => {
    const model = slow([3, 20]);
    await complete({ prompt: ['a', 'a'] }, model);
    const [one, two] = model.keys();
    expect(one).not.toBeNull();
    expect(two).toEqual(one);
  });
});

it('texts of which vectors are wanted have one limit, too', async () => {
  const vectors = slow([40, 20]);
  const input = Array.from({ length: 600 }, (_, index) => `text ${index}`);
  const request = readEmbeddings(Buffer.from(JSON.stringify({ model: 'feature-extraction', input })));
  const failed = serveEmbeddings({ ...asker, model: model('feature-extraction') }, request, vectors.parts);
  await expect(failed).rejects.toMatchObject({ status: 504 });
  expect(vectors.limits()).toEqual([60_000, 20_000]);
});
