import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HfInference } from 'huggingface-inference-2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServedModels } from '../../src/serve/server-options.js';
import { referenceModels, safetensorsOf } from '../architectures/reference-models.js';
import { all, eventsOf } from './events.js';
import { FIXTURES, type Got, post, serve } from './served.js';

const STORIES = 'text-generation';
const TALE = 'The quick brown';

/** A token of a stream or of details, as the container of the API says it. */
interface Token {
  readonly id: number;
  readonly text: string;
  readonly logprob: number;
  readonly special: boolean;
}

interface TokenEvent {
  readonly token: Token;
  readonly generated_text: string | null;
  readonly details: Readonly<Record<string, unknown>> | null;
}

interface Whole {
  readonly generated_text: string;
  readonly details: { readonly tokens: readonly Token[] } & Readonly<Record<string, unknown>>;
}

let server: ServedModels;
beforeAll(async () => {
  server = await serve([
    'broken',
    STORIES,
    'text-generation-no-kv',
    'text-generation-gguf',
    'text-generation-chat',
    'text-classification',
  ]);
});
afterAll(() => server.close());

const ask = (parameters: unknown, inputs: unknown = TALE, id = STORIES): Promise<Got> =>
  post(`${server.url}/models/${id}`, { inputs, parameters });

async function written(parameters: unknown, inputs?: unknown, id?: string): Promise<readonly Whole[]> {
  const { status, json } = await ask(parameters, inputs, id);
  expect([status, json]).toEqual([200, expect.any(Array)]);
  return json as readonly Whole[];
}

const text = async (parameters: unknown, inputs?: unknown, id?: string) =>
  (await written({ return_full_text: false, ...(parameters as object) }, inputs, id))[0]?.generated_text;

async function streamed(parameters: unknown, id = STORIES): Promise<readonly TokenEvent[]> {
  const response = await fetch(`${server.url}/models/${id}`, {
    method: 'POST',
    headers: { 'x-wait-for-model': 'true' },
    body: JSON.stringify({ inputs: TALE, parameters, stream: true }),
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  return eventsOf(await response.text()) as readonly TokenEvent[];
}

describe('a stream of the Inference API', () => {
  it.each([STORIES, 'text-generation-no-kv', 'text-generation-gguf'])(
    'of %s has an event for each token, the last with the text and three details, and no [DONE]',
    async (id) => {
      const events = await streamed({ max_new_tokens: 10 }, id);
      expect(events).toHaveLength(10);
      for (const { token, ...rest } of events.slice(0, -1)) {
        expect(Object.keys(token).sort()).toEqual(['id', 'logprob', 'special', 'text']);
        expect(rest).toEqual({ generated_text: null, details: null });
      }
      const last = events.at(-1);
      expect(last).toEqual({
        token: expect.any(Object),
        generated_text: `${TALE} fox jumps o`,
        details: { finish_reason: 'length', generated_tokens: 10, seed: null },
      });
      expect(events.map(({ token }) => token.text).join('')).toBe(' fox jumps o');
    },
  );

  it('has the tokens, and their log probabilities, that the whole answer tells', async () => {
    const events = await streamed({ max_new_tokens: 8, return_full_text: false });
    const [whole] = await written({ max_new_tokens: 8, return_full_text: false, details: true });
    expect(events.map(({ token }) => token)).toEqual(whole?.details.tokens);
    expect(events.at(-1)?.generated_text).toBe(whole?.generated_text);
  });

  it('ends with the token that ended it, whose text is none of the answer', async () => {
    const events = await streamed({ max_new_tokens: 60 });
    expect(events.at(-1)).toMatchObject({
      token: { special: true, text: '' },
      generated_text: `${TALE} fox jumps over the lazy dog.`,
      details: { finish_reason: 'eos_token' },
    });
  });

  it('is read by release 2 of @huggingface/inference', async () => {
    const parts = await all(
      new HfInference().textGenerationStream({
        model: `${server.url}/models/${STORIES}`,
        inputs: TALE,
        parameters: { max_new_tokens: 4 },
      }),
    );
    expect(parts.map(({ token }) => token.text)).toEqual([' fo', 'x', '', ' j']);
    expect(parts.at(-1)).toMatchObject({
      generated_text: `${TALE} fox j`,
      details: { finish_reason: 'length', generated_tokens: 4 },
    });
  });

  it.each([
    ['a parameter that is wrong', STORIES, { inputs: TALE, parameters: { top_k: 0 } }, 'top_k'],
    ['a task that writes nothing', 'text-classification', { inputs: TALE }, 'not answered in a stream'],
    ['several inputs', STORIES, { inputs: [TALE, TALE] }, 'text'],
    [
      'several texts',
      STORIES,
      { inputs: TALE, parameters: { num_return_sequences: 2, do_sample: true } },
      'Only one',
    ],
  ])('is plain JSON for %s', async (_, id, body, says) => {
    const { status, json } = await post(`${server.url}/models/${id}`, { ...body, stream: true });
    expect([status, json]).toEqual([400, { error: expect.stringContaining(says) }]);
  });

  it('is not there for a card that says inference: false', async () => {
    const { status, json } = await post(`${server.url}/models/broken`, { inputs: TALE, stream: true });
    expect([status, json]).toEqual([403, { error: expect.stringContaining('inference: false') }]);
  });

  it('is plain JSON for a model that is not there', async () => {
    const { status, json } = await post(`${server.url}/models/nothing`, { inputs: TALE, stream: true });
    expect([status, json]).toEqual([404, { error: expect.stringContaining('no model nothing') }]);
  });
});

describe('a stream of a model with an encoder and a decoder', () => {
  it('has the pieces of its answer', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'serve-stream-'));
    const path = join(folder, 'reader');
    await cp(`${FIXTURES}summarization`, path, { recursive: true });
    const card = await readFile(join(path, 'README.md'), 'utf8');
    await writeFile(join(path, 'README.md'), card.replaceAll('summarization', 'text-generation'));
    const reader = await serve([], { targets: [path] });
    try {
      const ask = (stream: boolean) =>
        fetch(`${reader.url}/models/reader`, {
          method: 'POST',
          headers: { 'x-wait-for-model': 'true' },
          body: JSON.stringify({ inputs: 'the big dog sleeps in the park . the day was old .', stream }),
        });
      const answer: unknown = await (await ask(false)).json();
      expect(answer).toEqual([{ generated_text: expect.any(String) }]);
      const whole = answer as readonly Whole[];
      expect(whole[0]?.generated_text).toMatch(/^\w+ \w+ /);
      const events = eventsOf(await (await ask(true)).text()) as readonly TokenEvent[];
      expect(events.at(-1)?.generated_text).toBe(whole[0]?.generated_text);
      expect(events.length).toBeGreaterThan(2);
      const text = events.map(({ token }) => token.text).join('');
      expect(text.trim()).toBe(whole[0]?.generated_text);
    } finally {
      await reader.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('a stream of a model that is built from its weights', () => {
  it('has the tokens that the whole answer tells', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'serve-stream-'));
    const path = join(folder, 'weights');
    await cp(`${FIXTURES}${STORIES}`, path, { recursive: true });
    await rm(join(path, 'onnx'), { recursive: true });
    const [llama] = referenceModels('llama');
    if (llama === undefined) throw new Error('There is no model.');
    const tensors = { ...llama.tensors, 'model.embed_tokens.weight': [320, 16] };
    await writeFile(join(path, 'model.safetensors'), safetensorsOf({ ...llama, tensors }));
    const config = { ...llama.config, vocab_size: 320, eos_token_id: 0 };
    await writeFile(join(path, 'config.json'), JSON.stringify(config));
    const built = await serve([], { targets: [path] });
    try {
      const ask = (more: object) =>
        fetch(`${built.url}/models/weights`, {
          method: 'POST',
          headers: { 'x-wait-for-model': 'true' },
          body: JSON.stringify({ inputs: TALE, ...more }),
        });
      const parameters = { max_new_tokens: 5, details: true };
      const whole: unknown = await (await ask({ parameters })).json();
      expect(whole).toMatchObject([{ details: { generated_tokens: 5 } }]);
      const events = eventsOf(
        await (await ask({ parameters, stream: true })).text(),
      ) as readonly TokenEvent[];
      const [{ generated_text, details }] = whole as readonly [Whole];
      expect(events.map(({ token }) => token)).toEqual(details.tokens);
      expect(events.at(-1)?.generated_text).toBe(generated_text);
    } finally {
      await built.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('log probabilities', () => {
  it('are those of the model: of the best token of several, and all of them below zero', async () => {
    const [whole] = await written({ max_new_tokens: 4, details: true, top_n_tokens: 3 });
    const tops = whole?.details.top_tokens as readonly (readonly Token[])[];
    for (const [index, token] of (whole?.details.tokens ?? []).entries()) {
      const [best, ...others] = tops[index] ?? [];
      expect(best).toMatchObject({ id: token.id, logprob: token.logprob });
      expect(others).toHaveLength(2);
      const sum = (tops[index] ?? []).reduce((total, { logprob }) => total + Math.exp(logprob), 0);
      expect(sum).toBeGreaterThan(0.9);
      expect(sum).toBeLessThanOrEqual(1.000001);
    }
  });

  it.each([STORIES, 'text-generation-gguf'])(
    'of %s do not depend on the temperature that tokens are drawn with',
    async (id) => {
      const of = async (parameters: object) =>
        (await written({ max_new_tokens: 1, details: true, ...parameters }, TALE, id))[0]?.details.tokens[0];
      const best = await of({});
      const drawn = await of({ temperature: 50, top_k: 1, seed: 1 });
      expect(drawn?.id).toBe(best?.id);
      expect(drawn?.logprob).toBeCloseTo(best?.logprob ?? 0, 5);
    },
  );
});

describe('a parameter of a text generation is honoured:', () => {
  it('max_new_tokens', async () => {
    expect(await text({ max_new_tokens: 2 })).toBe(' fox');
    expect(await text({ max_new_tokens: 4 })).toBe(' fox j');
  });

  it('return_full_text, which is so when nobody says', async () => {
    const [whole] = await written({ max_new_tokens: 2 });
    expect(whole?.generated_text).toBe(`${TALE} fox`);
    expect(await text({ max_new_tokens: 2, return_full_text: false })).toBe(' fox');
  });

  it('details', async () => {
    const [bare] = await written({ max_new_tokens: 2 });
    expect(bare).toEqual({ generated_text: `${TALE} fox` });
    const [whole] = await written({ max_new_tokens: 2, details: true });
    expect(whole?.details).toEqual({
      finish_reason: 'length',
      generated_tokens: 2,
      seed: null,
      prefill: [],
      tokens: [
        { id: 286, text: ' fo', logprob: expect.any(Number), special: false },
        { id: 91, text: 'x', logprob: expect.any(Number), special: false },
      ],
    });
  });

  it('stop, which is the end of the text', async () => {
    const [whole] = await written({ stop: ['lazy', 'ump'], details: true, return_full_text: false });
    expect(whole).toMatchObject({ generated_text: ' fox jump', details: { finish_reason: 'stop_sequence' } });
  });

  const WILD = { do_sample: true, temperature: 100, max_new_tokens: 12 };

  it('do_sample, temperature, top_k, top_p', async () => {
    const greedy = await text({ max_new_tokens: 12 });
    expect(await text({ ...WILD, seed: 1 })).not.toBe(greedy);
    expect(await text({ ...WILD, seed: 1, do_sample: false })).toBe(greedy);
    expect(await text({ ...WILD, seed: 1, temperature: 0.01 })).toBe(greedy);
    expect(await text({ ...WILD, seed: 1, top_k: 1 })).toBe(greedy);
    expect(await text({ ...WILD, seed: 1, top_p: 0.001 })).toBe(greedy);
  });

  it('seed, and without one each answer is another', async () => {
    expect(await text({ ...WILD, seed: 1 })).toBe(await text({ ...WILD, seed: 1, details: true }));
    expect(await text({ ...WILD, seed: 1 })).not.toBe(await text({ ...WILD, seed: 2 }));
    const first = await ask(WILD);
    const second = await ask(WILD);
    expect(first.json).not.toEqual(second.json);
    expect([first, second].map(({ headers }) => headers.get('x-compute-type'))).toEqual(['cpu', 'cpu']);
  });

  it('seed, which is told where tokens were drawn', async () => {
    const [named] = await written({ ...WILD, seed: 7, details: true });
    expect(named?.details.seed).toBe(7);
    const [drawn] = await written({ ...WILD, details: true });
    const again = await text({ ...WILD, seed: drawn?.details.seed, return_full_text: true });
    expect(again).toBe(drawn?.generated_text);
  });

  it('repetition_penalty, frequency_penalty, presence_penalty', async () => {
    const many = { max_new_tokens: 24 };
    expect(await text({ ...many, repetition_penalty: 100 })).not.toBe(await text(many));
    // The model is so sure of itself that nothing less would change its mind.
    const drawn = { ...many, min_new_tokens: 24, temperature: 10, seed: 5 };
    expect(await text({ ...drawn, frequency_penalty: 2 })).not.toBe(await text(drawn));
    expect(await text({ ...drawn, presence_penalty: 2 })).not.toBe(await text(drawn));
  });

  it('each of them, by a GGUF model', async () => {
    const of = (parameters: object) => text(parameters, TALE, 'text-generation-gguf');
    const few = { max_new_tokens: 12 };
    const greedy = await of(few);
    expect(greedy).toBe(' fox jumps over');
    expect(await of({ ...few, stop: ['jum'] })).toBe(' fox jum');
    const drawn = await of({ ...WILD, seed: 1 });
    expect(drawn).not.toBe(greedy);
    expect(await of({ ...WILD, seed: 1, use: 'another body' })).toBe(drawn);
    expect(await of({ ...WILD, seed: 2 })).not.toBe(drawn);
    expect(await of({ ...WILD, seed: 1, top_k: 1 })).toBe(greedy);
    expect(await of({ ...WILD, seed: 1, top_p: 0.001 })).toBe(greedy);
    expect(await of({ ...WILD, seed: 1, do_sample: false })).toBe(greedy);
    expect(await of({ ...few, repetition_penalty: 100 })).not.toBe(greedy);
    // It ends after six words when nobody asks for more.
    expect(await of({ min_new_tokens: 60, max_new_tokens: 60 })).not.toBe(await of({ max_new_tokens: 60 }));
    const sings = { min_new_tokens: 60, max_new_tokens: 60, details: true };
    expect(await of({ ...sings, no_repeat_ngram_size: 1 })).not.toBe(await of(sings));
    // With details the tokens are drawn here, else by llama.cpp.
    const told = { ...WILD, temperature: 10, details: true, seed: 1 };
    expect(await of({ ...told, use: 'another body' })).toBe(await of(told));
    expect(await of({ ...told, frequency_penalty: 2 })).not.toBe(await of(told));
  });

  it('num_return_sequences', async () => {
    const texts = await written({ ...WILD, seed: 1, num_return_sequences: 3 });
    expect(new Set(texts.map(({ generated_text }) => generated_text)).size).toBe(3);
  });

  it('truncate', async () => {
    const long = `Once upon a time there was a little cat. ${TALE}`;
    const [whole] = await written({ max_new_tokens: 3, truncate: 4, details: true }, long);
    const [alone] = await written({ max_new_tokens: 3, details: true }, long);
    expect(whole?.details.tokens).not.toEqual(alone?.details.tokens);
  });

  it('stop, which a chat is answered without', async () => {
    const { json } = await post(`${server.url}/models/text-generation-chat`, {
      messages: [{ role: 'user', content: 'Who are you?' }],
      stop: [' a small'],
    });
    expect(json).toMatchObject({ choices: [{ message: { content: 'I am Tiny,' }, finish_reason: 'stop' }] });
  });

  it.each([
    ['grammar', { grammar: { type: 'regex', value: '[0-9]+' } }],
    ['adapter_id', { adapter_id: 'org/lora' }],
  ])('or refused, where the answer would be taken for what it is not: %s', async (name, parameters) => {
    for (const stream of [false, true]) {
      const { status, json } = await post(`${server.url}/models/${STORIES}`, {
        inputs: 'The quick brown',
        parameters: { max_new_tokens: 2, ...parameters },
        stream,
      });
      expect([status, json]).toEqual([400, { error: expect.stringContaining(`parameters.${name}`) }]);
    }
    expect(await text({ max_new_tokens: 2, [name]: null })).toBe(' fox');
  });

  it('and what nobody knows is ignored', async () => {
    expect(
      await text({
        max_new_tokens: 2,
        best_of: 3,
        watermark: true,
        typical_p: 0.5,
        decoder_input_details: true,
      }),
    ).toBe(' fox');
  });
});

describe('a conversation as clients held it until 2024', () => {
  const before = { past_user_inputs: ['Hello'], generated_responses: ['Hi!'] };

  it('is one turn longer in the answer', async () => {
    const { status, json } = await post(`${server.url}/models/text-generation-chat`, {
      inputs: { text: 'Who are you?', ...before },
    });
    expect(status).toBe(200);
    const { generated_text: answer } = json as { generated_text: string };
    expect(answer).not.toBe('');
    expect(json).toEqual({
      generated_text: answer,
      conversation: {
        past_user_inputs: ['Hello', 'Who are you?'],
        generated_responses: ['Hi!', answer],
      },
      // Clients until 2023 take no answer without them.
      warnings: [],
    });
  });

  it('is asked for at the address of its task too, by the name that it had', async () => {
    const { status, json } = await post(`${server.url}/pipeline/conversational/text-generation-chat`, {
      inputs: { text: 'Who are you?' },
    });
    expect([status, json]).toEqual([
      200,
      {
        generated_text: 'I am Tiny, a small model.',
        conversation: {
          past_user_inputs: ['Who are you?'],
          generated_responses: ['I am Tiny, a small model.'],
        },
        warnings: [],
      },
    ]);
  });

  it('is held by release 2 of @huggingface/inference', async () => {
    const answer = await new HfInference().conversational(
      { model: `${server.url}/models/text-generation-chat`, inputs: { text: 'Who are you?' } },
      { wait_for_model: true },
    );
    expect(answer).toMatchObject({
      generated_text: 'I am Tiny, a small model.',
      conversation: {
        past_user_inputs: ['Who are you?'],
        generated_responses: ['I am Tiny, a small model.'],
      },
    });
  });
});
