import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServedModels } from '../../src/serve/server-options.js';
import { type Got, post, serve } from './served.js';

/** A bare transformer, whose vectors are those of its tokens. */
const BARE = 'feature-extraction';
/** A repository of sentence-transformers. */
const SENTENCES = 'sentence-similarity';
const FOOTBALL = 'The team won the football match';
const TEXTS = [FOOTBALL, 'The coach and the player', 'A tasty soup recipe'] as const;

let server: ServedModels;
let openai: OpenAI;
beforeAll(async () => {
  server = await serve([BARE, SENTENCES, 'text-classification', 'broken']);
  openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'any', maxRetries: 0 });
});
afterAll(() => server.close());

const embed = (body: object, headers: Readonly<Record<string, string>> = {}): Promise<Got> =>
  post(`${server.url}/v1/embeddings`, { model: SENTENCES, input: FOOTBALL, ...body }, headers);

interface Embeddings {
  readonly data: readonly { readonly embedding: readonly number[] }[];
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number };
}

async function embedded(body: object): Promise<Embeddings> {
  const { status, json } = await embed(body);
  expect([status, json]).toEqual([200, expect.any(Object)]);
  return json as Embeddings;
}

const dot = (a: readonly number[] = [], b: readonly number[] = []) =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? Number.NaN), 0);

describe.each([BARE, SENTENCES])('the client of OpenAI gets from %s', (model) => {
  it('a vector of length one for each text, in their order', async () => {
    const answer = await openai.embeddings.create({ model, input: [...TEXTS] });
    expect(answer).toEqual({
      object: 'list',
      model,
      data: TEXTS.map((_, index) => ({ object: 'embedding', index, embedding: expect.any(Array) })),
      usage: { prompt_tokens: expect.any(Number), total_tokens: answer.usage.prompt_tokens },
    });
    const [football, coach, soup] = answer.data.map(({ embedding }) => embedding);
    for (const vector of [football, coach, soup]) expect(dot(vector, vector)).toBeCloseTo(1, 4);
    const similar = await post(`${server.url}/models/${model}/pipeline/sentence-similarity`, {
      inputs: { source_sentence: FOOTBALL, sentences: TEXTS.slice(1) },
    });
    expect(similar.json).toEqual([
      expect.closeTo(dot(football, coach), 4),
      expect.closeTo(dot(football, soup), 4),
    ]);
  });

  it('the same in base64, which it asks for by itself, as in numbers', async () => {
    const coded = await openai.embeddings.create({ model, input: FOOTBALL });
    const plain = await openai.embeddings.create({ model, input: FOOTBALL, encoding_format: 'float' });
    const { embedding = [] } = plain.data[0] ?? {};
    expect(embedding.length).toBeGreaterThan(8);
    expect(coded.data[0]?.embedding).toEqual(embedding.map((number) => Math.fround(number)));
  });
});

it('a text may stand alone, or in a list', async () => {
  const [alone, listed] = [await embedded({}), await embedded({ input: [FOOTBALL] })];
  expect(alone.data).toEqual(listed.data);
});

it('encoding_format says how the numbers are written', async () => {
  const { data } = await embedded({ encoding_format: 'base64' });
  const text: unknown = data[0]?.embedding;
  const bytes = Buffer.from(String(text), 'base64');
  const plain = await embedded({ encoding_format: 'float' });
  expect(plain).toEqual(await embedded({ encoding_format: null }));
  expect(bytes.length).toBe(4 * (plain.data[0]?.embedding.length ?? 0));
  expect(bytes.readFloatLE(0)).toBeCloseTo(plain.data[0]?.embedding[0] ?? Number.NaN, 6);
});

it('usage counts the tokens that the model read', async () => {
  const tokens = async (input: unknown) => (await embedded({ input })).usage.prompt_tokens;
  const [football, soup] = [await tokens(FOOTBALL), await tokens('soup')];
  // The words, and those that begin and end a text.
  expect([football, soup]).toEqual([8, 3]);
  expect(await tokens([FOOTBALL, 'soup'])).toBe(football + soup);
});

it('more texts than one inference takes are several', async () => {
  const input = Array.from({ length: 300 }, (_, index) => (index === 299 ? FOOTBALL : `soup ${index}`));
  const { data, usage } = await embedded({ input });
  expect(data.length).toBe(300);
  expect(dot(data[299]?.embedding, (await embedded({})).data[0]?.embedding)).toBeCloseTo(1, 4);
  expect(usage.total_tokens).toBeGreaterThan(900);
});

it('dimensions may be those of the model', async () => {
  const { length = 0 } = (await embedded({})).data[0]?.embedding ?? [];
  expect((await embedded({ dimensions: length })).data[0]?.embedding).toHaveLength(length);
  const { status, json } = await embed({ dimensions: length - 1 });
  expect([status, json]).toEqual([
    400,
    {
      error: {
        message: `"dimensions" must be ${length}: vectors of ${SENTENCES} are not cut.`,
        type: 'invalid_request_error',
        param: 'dimensions',
        code: null,
      },
    },
  ]);
});

it('the address of a model wins over what the body names', async () => {
  const there = new OpenAI({ baseURL: `${server.url}/models/${SENTENCES}/v1`, apiKey: 'any', maxRetries: 0 });
  const answer = await there.embeddings.create({ model: 'other', input: FOOTBALL });
  expect([answer.model, answer.data.length]).toEqual([SENTENCES, 1]);
});

it('what was answered is known, unless that is not wanted', async () => {
  const body = { input: 'a text that nobody asked for' };
  const types = [];
  for (const headers of [{}, {}, { 'x-use-cache': 'false' }]) {
    types.push((await embed(body, headers)).headers.get('x-compute-type'));
  }
  expect(types).toEqual(['cpu', 'cache', 'cpu']);
});

describe('what cannot be is refused, by name:', () => {
  it.each([
    [{ input: null }, 400, 'input', '"input" is missing.'],
    [{ input: [] }, 400, 'input', 'must be a text, or 1 to 2048 texts'],
    [{ input: Array(2049).fill('a') }, 400, 'input', 'must be a text, or 1 to 2048 texts'],
    [{ input: '' }, 400, 'input', 'has an empty text'],
    [{ input: [1, 2, 3] }, 400, 'input', 'tokens are not taken'],
    [{ input: [[1, 2, 3]] }, 400, 'input', 'tokens are not taken'],
    [{ input: 'a'.repeat(1_000_001) }, 400, null, '1000000 are read at most'],
    [{ encoding_format: 'int8' }, 400, 'encoding_format', 'must be float or base64'],
    [{ dimensions: 0 }, 400, 'dimensions', 'must be a whole number'],
    [{ dimensions: '32' }, 400, 'dimensions', 'must be a whole number'],
    [{ prompt_name: 'nothing' }, 400, 'prompt_name', 'There is no prompt'],
    [{ model: null }, 400, 'model', 'GET /v1/models lists them'],
    [{ model: 'text-classification' }, 400, null, 'is a model for text-classification'],
    [{ model: 'broken' }, 403, null, 'inference: false'],
    [{ model: 'nothing' }, 404, null, 'There is no model nothing here.'],
  ])('%o', async (body, status, param, says) => {
    const got = await embed(body);
    expect([got.status, got.json]).toMatchObject([
      status,
      { error: { message: expect.stringContaining(says), param } },
    ]);
  });

  it('to its client, and at the address of a model too', async () => {
    const there = new OpenAI({ baseURL: `${server.url}/models/broken/v1`, apiKey: 'any', maxRetries: 0 });
    await expect(there.embeddings.create({ model: 'x', input: 'a' })).rejects.toMatchObject({
      status: 403,
      type: 'permission_error',
    });
    await expect(openai.embeddings.create({ model: SENTENCES, input: [] })).rejects.toBeInstanceOf(
      OpenAI.BadRequestError,
    );
  });
});
