import { InferenceClient } from '@huggingface/inference';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServedModels } from '../../src/serve/server-options.js';
import { all, eventsOf } from './events.js';
import { bytes, type Got, post, read, serve } from './served.js';
import { holdStarts } from './workers.js';

const CHAT = 'text-generation-chat';
const STORIES = 'text-generation';
const GGUF = 'text-generation-gguf';
const WHO = [{ role: 'user' as const, content: 'Who are you?' }];
const TINY = 'I am Tiny, a small model.';
const TALE = 'The quick brown';
/** Draws about anything. */
const WILD = { temperature: 2, top_p: 1, max_tokens: 12 };

let server: ServedModels;
let openai: OpenAI;
const huggingFace = new InferenceClient();
beforeAll(async () => {
  server = await serve([
    CHAT,
    STORIES,
    GGUF,
    'text-generation-no-kv',
    'text-classification',
    'image-text-to-text',
    'broken',
  ]);
  openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'any', maxRetries: 0 });
});
afterAll(() => server.close());

const chat = (more: object = {}, model = CHAT): Promise<Got> =>
  post(`${server.url}/v1/chat/completions`, { model, messages: WHO, ...more });
const complete = (more: object = {}, model = STORIES): Promise<Got> =>
  post(`${server.url}/v1/completions`, { model, prompt: TALE, max_tokens: 8, ...more });

interface Choice {
  readonly text: string;
  readonly message: { readonly content: string };
  readonly finish_reason: string;
}

async function choice(got: Promise<Got>): Promise<Choice> {
  const { status, json } = await got;
  expect([status, json]).toEqual([200, expect.any(Object)]);
  const [first] = (json as { choices: readonly Choice[] }).choices;
  if (first === undefined) throw new Error('There is no choice.');
  return first;
}

const chatted = async (more?: object) => (await choice(chat(more))).message.content;
const completed = async (more?: object) => (await choice(complete(more))).text;

describe('a chat with the client of OpenAI', () => {
  it.each([CHAT, GGUF])('of %s is answered', async (model) => {
    const answer = await openai.chat.completions.create({ model, messages: WHO });
    expect(answer).toEqual({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      created: expect.any(Number),
      model,
      system_fingerprint: expect.stringMatching(/^fp_/),
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: TINY, refusal: null },
          finish_reason: 'stop',
          logprobs: null,
        },
      ],
      usage: expect.any(Object),
    });
    const { prompt_tokens = 0, completion_tokens = 0, total_tokens } = answer.usage ?? {};
    expect(prompt_tokens).toBeGreaterThan(5);
    expect(completion_tokens).toBeGreaterThan(5);
    expect(total_tokens).toBe(prompt_tokens + completion_tokens);
    expect(Math.abs(answer.created - Date.now() / 1000)).toBeLessThan(60);
  });

  it.each([CHAT, GGUF])('of %s comes piece by piece', async (model) => {
    const chunks = await all(
      await openai.chat.completions.create({
        model,
        messages: WHO,
        stream: true,
        stream_options: { include_usage: true },
      }),
    );
    const whole = await openai.chat.completions.create({ model, messages: WHO });
    const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
    expect(deltas[0]).toEqual({ role: 'assistant', content: '' });
    expect(deltas.length).toBeGreaterThan(5);
    expect(deltas.map(({ content }) => content ?? '').join('')).toBe(TINY);
    const ends = chunks.flatMap(({ choices }) => choices.map(({ finish_reason }) => finish_reason));
    expect(ends.filter((end) => end !== null)).toEqual(['stop']);
    expect(chunks.map(({ usage }) => usage ?? null).filter((usage) => usage !== null)).toEqual([whole.usage]);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  it('may have a system message, and texts in parts', async () => {
    const answer = await openai.chat.completions.create({
      model: CHAT,
      messages: [
        { role: 'system', content: 'Answer in German.' },
        { role: 'user', content: [{ type: 'text', text: 'Who are you?' }] },
      ],
    });
    expect(answer.choices[0]?.message.content).toBe('Ich bin ein kleines Modell.');
  });

  it('takes a developer for the system', async () => {
    const answer = await openai.chat.completions.create({
      model: CHAT,
      messages: [{ role: 'developer', content: 'Answer in German.' }, ...WHO],
    });
    expect(answer.choices[0]?.message.content).toBe('Ich bin ein kleines Modell.');
  });

  it('may show pictures', async () => {
    const stamp = Buffer.from(await bytes('image-text-to-text/samples/stamp.png')).toString('base64');
    const request = {
      model: 'image-text-to-text',
      messages: [
        {
          role: 'user' as const,
          content: [
            { type: 'image_url' as const, image_url: { url: `data:image/png;base64,${stamp}` } },
            { type: 'text' as const, text: 'what color is the stamp ?' },
          ],
        },
      ],
    };
    const whole = await openai.chat.completions.create(request);
    expect(whole.choices[0]?.message.content).toBe('it is blue');
    const chunks = await all(await openai.chat.completions.create({ ...request, stream: true }));
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('it is blue');
    const [message] = request.messages;
    const fetched = {
      ...message,
      content: [{ type: 'image_url', image_url: { url: 'http://127.0.0.1/a.png' } }],
    };
    const { status, json } = await chat({ messages: [fetched] }, 'image-text-to-text');
    expect([status, json]).toMatchObject([400, { error: { type: 'invalid_request_error' } }]);
  });

  it('tells log probabilities, and the tokens that could have come', async () => {
    const request = { model: CHAT, messages: WHO, logprobs: true, top_logprobs: 2, max_tokens: 3 };
    const whole = await openai.chat.completions.create(request);
    const content = whole.choices[0]?.logprobs?.content ?? [];
    expect(content.map(({ token }) => token)).toEqual(['I', ' am', ' Tiny']);
    for (const { token, logprob, bytes, top_logprobs } of content) {
      expect(Buffer.from(bytes ?? []).toString()).toBe(token);
      expect(logprob).toBeLessThanOrEqual(0);
      expect(top_logprobs).toHaveLength(2);
      expect(top_logprobs[0]).toMatchObject({ token, logprob });
    }
    const chunks = await all(await openai.chat.completions.create({ ...request, stream: true }));
    const told = chunks.flatMap(({ choices }) => choices.flatMap(({ logprobs }) => logprobs?.content ?? []));
    expect(told).toEqual(content);
  });

  it('throws what the server says is wrong', async () => {
    const wrong = openai.chat.completions.create({ model: CHAT, messages: WHO, max_tokens: -1 });
    await expect(wrong).rejects.toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      param: 'max_tokens',
      message: expect.stringContaining('max_tokens must be'),
    });
    const streamed = openai.chat.completions.create({ model: 'nothing', messages: WHO, stream: true });
    await expect(streamed).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
  });
});

describe('a completion with the client of OpenAI', () => {
  it('is the text that follows, with usage', async () => {
    const answer = await openai.completions.create({ model: STORIES, prompt: TALE, max_tokens: 4 });
    expect(answer).toMatchObject({
      id: expect.stringMatching(/^cmpl-/),
      object: 'text_completion',
      model: STORIES,
      choices: [{ index: 0, text: ' fox j', finish_reason: 'length', logprobs: null }],
      usage: { completion_tokens: 4 },
    });
  });

  it('may have several prompts, and several answers to each', async () => {
    const request = {
      model: STORIES,
      prompt: [TALE, 'Once upon'],
      n: 2,
      max_tokens: 3,
      seed: 1,
      temperature: 0.01,
    };
    const whole = await openai.completions.create(request);
    expect(whole.choices.map(({ index, text }) => [index, text])).toEqual([
      [0, ' fox '],
      [1, ' fox '],
      [2, ' a ti'],
      [3, ' a ti'],
    ]);
    const chunks = await all(await openai.completions.create({ ...request, stream: true }));
    const texts = ['', '', '', ''];
    for (const { choices } of chunks) for (const { index, text } of choices) texts[index] += text;
    expect(texts).toEqual(whole.choices.map(({ text }) => text));
    const once = await openai.completions.create({ ...request, prompt: TALE, n: 1 });
    expect(whole.usage?.prompt_tokens).toBeGreaterThan(once.usage?.prompt_tokens ?? 0);
    expect(whole.usage?.completion_tokens).toBe(12);
  });

  it('tells log probabilities', async () => {
    const request = { model: STORIES, prompt: TALE, max_tokens: 2, logprobs: 2 };
    const { choices } = await openai.completions.create(request);
    expect(choices[0]?.logprobs).toEqual({
      tokens: [' fo', 'x'],
      token_logprobs: [expect.any(Number), expect.any(Number)],
      top_logprobs: [
        expect.objectContaining({ ' fo': expect.any(Number) }),
        expect.objectContaining({ x: expect.any(Number) }),
      ],
      text_offset: [0, 3],
    });
  });

  it('repeats the prompt where that is wanted', async () => {
    expect(await completed({ echo: true, max_tokens: 2 })).toBe(`${TALE} fox`);
    const stream = { model: STORIES, prompt: TALE, echo: true, max_tokens: 2, stream: true as const };
    const chunks = await all(await openai.completions.create(stream));
    expect(chunks.map(({ choices }) => choices[0]?.text).join('')).toBe(`${TALE} fox`);
  });
});

describe('a parameter is honoured:', () => {
  it('max_tokens, max_completion_tokens', async () => {
    expect(await chatted({ max_tokens: 2 })).toBe('I am');
    expect(await choice(chat({ max_completion_tokens: 3 }))).toMatchObject({
      message: { content: 'I am Tiny' },
      finish_reason: 'length',
    });
  });

  it('max_time, after which a text is cut, but for its first tokens', async () => {
    const cut = await complete({ max_tokens: 50, min_new_tokens: 50, max_time: 0 });
    expect(cut.json).toMatchObject({
      choices: [{ finish_reason: 'length' }],
      usage: { completion_tokens: 16 },
    });
    // It is not kept for those who have more time.
    const whole = await complete({ max_tokens: 50, min_new_tokens: 50 });
    expect(whole.json).toMatchObject({ usage: { completion_tokens: 50 } });
    const several = { max_tokens: 50, min_new_tokens: 50, n: 3, temperature: 1, seed: 1, max_time: 0 };
    expect((await complete(several)).json).toMatchObject({ usage: { completion_tokens: 48 } });
  });

  it('stop, which is none of the text', async () => {
    expect(await choice(chat({ stop: ' a small' }))).toMatchObject({
      message: { content: 'I am Tiny,' },
      finish_reason: 'stop',
    });
    expect(await completed({ stop: ['jum', 'zzz'], max_tokens: 20 })).toBe(' fox ');
    const events = eventsOf(await streamed({ stop: ' a small' }));
    expect(textOf(events)).toBe('I am Tiny,');
  });

  it('temperature, top_p, seed', async () => {
    const greedy = await completed({ max_tokens: 12 });
    const wild = { ...WILD, prompt: 'A', min_new_tokens: 12 };
    const first = await completed({ ...wild, seed: 1 });
    expect(await completed({ ...wild, seed: 1, use: 'another body' })).toBe(first);
    expect(await completed({ ...wild, seed: 2 })).not.toBe(first);
    expect(await completed({ ...wild, seed: 1, temperature: 0 })).not.toBe(first);
    expect(await completed({ ...wild, seed: 1, top_p: 0.0001 })).not.toBe(first);
    expect(await completed({ ...WILD, temperature: 0 })).toBe(greedy);
  });

  it('n, which draws where nobody says how', async () => {
    const { json } = await complete({ n: 3, prompt: 'A', min_new_tokens: 8, seed: 3 });
    const texts = (json as { choices: readonly Choice[] }).choices.map(({ text }) => text);
    expect(texts).toHaveLength(3);
    expect(new Set(texts).size).toBeGreaterThan(1);
  });

  it('frequency_penalty, presence_penalty', async () => {
    const wild = { ...WILD, prompt: 'A', min_new_tokens: 30, max_tokens: 30, seed: 4 };
    const plain = await completed(wild);
    expect(await completed({ ...wild, frequency_penalty: 2 })).not.toBe(plain);
    expect(await completed({ ...wild, presence_penalty: 2 })).not.toBe(plain);
  });

  it.each([
    ['tools', { tools: [{ type: 'function', function: { name: 'f' } }] }],
    ['tool_choice', { tool_choice: 'required' }],
    ['functions', { functions: [{ name: 'f' }] }],
    ['response_format', { response_format: { type: 'json_object' } }],
    ['logit_bias', { logit_bias: { 5: 1 } }],
    ['n', { n: 2, temperature: 0 }],
    ['top_logprobs', { top_logprobs: 2 }],
    ['top_logprobs', { logprobs: true, top_logprobs: 21 }],
    ['temperature', { temperature: 'hot' }],
    ['messages', { messages: [] }],
    ['messages.0.role', { messages: [{ content: 'Hello' }] }],
    ['stream_options', { stream: true, stream_options: 5 }],
  ])('or refused by name: %s', async (param, more) => {
    const { status, json } = await chat(more);
    expect([status, json]).toEqual([
      400,
      {
        error: {
          message: expect.stringContaining(param.split('.')[0] ?? ''),
          type: 'invalid_request_error',
          param,
          code: null,
        },
      },
    ]);
  });

  it.each([
    ['suffix', { suffix: ' end' }],
    ['best_of', { best_of: 3 }],
    ['grammar', { grammar: { type: 'regex', value: 'a' } }],
    ['adapter_id', { adapter_id: 'org/lora' }],
    ['echo', { echo: true, logprobs: 1 }],
    ['prompt', { prompt: [1, 2, 3] }],
    ['prompt', { prompt: null }],
  ])('or refused by name in a completion: %s', async (param, more) => {
    const { status, json } = await complete(more);
    const message = expect.stringMatching(new RegExp(`^"${param}" (?:is|must)`));
    expect([status, json]).toMatchObject([400, { error: { param, message } }]);
  });

  it('and what changes nothing is taken', async () => {
    const more = {
      tools: [],
      response_format: { type: 'text' },
      tool_choice: 'auto',
      user: 'me',
      logit_bias: null,
    };
    expect(await chatted({ ...more, temperature: null, stop: null, stream: false })).toBe(TINY);
  });
});

describe('the stream on the wire', () => {
  it('of a chat is events that end with [DONE]', async () => {
    const events = eventsOf(await streamed({ max_tokens: 2 }));
    expect(events.at(-1)).toBe('[DONE]');
    expect(events).toHaveLength(4);
    const head = {
      id: expect.any(String),
      object: 'chat.completion.chunk',
      created: expect.any(Number),
      model: CHAT,
      system_fingerprint: expect.any(String),
    };
    const part = (delta: object, finish_reason: string | null = null) => ({
      ...head,
      choices: [{ index: 0, delta, finish_reason, logprobs: null }],
    });
    expect(events.slice(0, -1)).toEqual([
      part({ role: 'assistant', content: '' }),
      part({ content: 'I' }),
      part({ content: ' am' }, 'length'),
    ]);
  });

  it.each([
    ['a parameter that is wrong', CHAT, { top_p: 2 }, 400, 'top_p'],
    ['a model that has no chat template', 'text-generation-no-kv', {}, 400, 'no chat template'],
    ['a model that cannot chat', 'text-classification', {}, 400, 'cannot chat'],
    ['a card that says inference: false', 'broken', {}, 403, 'inference: false'],
    ['a model that is not there', 'nothing', {}, 404, 'no model nothing'],
  ])('is plain JSON for %s', async (_, model, more, status, says) => {
    const got = await chat({ stream: true, ...more }, model);
    expect(got.headers.get('content-type')).toMatch(/^application\/json/);
    expect([got.status, got.json]).toEqual([
      status,
      {
        error: expect.objectContaining({ message: expect.stringContaining(says), type: expect.any(String) }),
      },
    ]);
  });
});

describe('the address', () => {
  it('of a model wins over what the body names', async () => {
    for (const model of ['tgi', `${server.url}/models/${CHAT}`, undefined]) {
      const { status, json } = await post(`${server.url}/models/${CHAT}/v1/chat/completions`, {
        model,
        messages: WHO,
        max_tokens: 2,
      });
      expect([status, json]).toMatchObject([
        200,
        { model: CHAT, choices: [{ message: { content: 'I am' } }] },
      ]);
    }
  });

  it('of all needs a model in the body', async () => {
    const { status, json } = await post(`${server.url}/v1/completions`, { prompt: TALE });
    expect([status, json]).toMatchObject([400, { error: { param: 'model' } }]);
  });

  it('refuses inference: false everywhere', async () => {
    for (const path of ['v1/chat/completions', 'v1/completions']) {
      const body = { messages: WHO, prompt: TALE };
      const one = await post(`${server.url}/models/broken/${path}`, body);
      const all = await post(`${server.url}/${path}`, { ...body, model: 'broken' });
      for (const { status, json } of [one, all]) {
        expect([status, json]).toEqual([
          403,
          {
            error: expect.objectContaining({
              message: expect.stringContaining('inference: false'),
              type: 'permission_error',
            }),
          },
        ]);
      }
    }
  });

  it('lists the models, and tells of one', async () => {
    const ids = (await all(openai.models.list())).map(({ id }) => id);
    expect(ids).toContain(CHAT);
    expect(await openai.models.retrieve(CHAT)).toEqual({
      id: CHAT,
      object: 'model',
      created: expect.any(Number),
      owned_by: 'local',
    });
    const nothing = { status: 404, code: 'model_not_found' };
    await expect(openai.models.retrieve('org/nothing')).rejects.toMatchObject(nothing);
    // No model is missing where the server has no such address.
    const elsewhere = openai.moderations.create({ input: 'a text' });
    await expect(elsewhere).rejects.toMatchObject({ status: 404, code: null });
  });
});

it('equal requests are answered from what is known, drawn ones are not', async () => {
  const types = [];
  for (const more of [{ max_tokens: 7 }, { max_tokens: 7 }, { ...WILD }, { ...WILD }]) {
    types.push((await chat(more)).headers.get('x-compute-type'));
  }
  expect(types).toEqual(['cpu', 'cache', 'cpu', 'cpu']);
  const asked = await post(
    `${server.url}/v1/chat/completions`,
    { model: CHAT, messages: WHO, max_tokens: 7 },
    { 'x-use-cache': 'false' },
  );
  expect(asked.headers.get('x-compute-type')).toBe('cpu');
});

it('a model that loads is waited for, unless the request says not to', async () => {
  const cold = await serve([GGUF]);
  try {
    const url = `${cold.url}/models/${GGUF}/v1/chat/completions`;
    const body = { messages: WHO, max_tokens: 2 };
    const now = await post(url, body, { 'x-wait-for-model': 'false', 'x-load-model': '0' });
    expect([now.status, now.json]).toMatchObject([
      503,
      {
        error: {
          message: expect.stringContaining('is not loaded'),
          type: 'server_error',
          code: 'model_not_loaded',
        },
      },
    ]);
    const starts = holdStarts();
    const soon = await post(url, body, { 'x-wait-for-model': 'false' });
    starts.goOn();
    expect([soon.status, soon.json]).toMatchObject([503, { error: { estimated_time: expect.any(Number) } }]);
    const later = await post(url, body, {});
    expect([later.status, later.json]).toMatchObject([200, { choices: [{ message: { content: 'I am' } }] }]);
  } finally {
    await cold.close();
  }
});

it('who asks without the token is told so as OpenAI does', async () => {
  const closed = await serve([CHAT], { serveToken: 'secret-of-the-server' });
  try {
    const got = await read(await fetch(`${closed.url}/v1/chat/completions`, { method: 'POST', body: '{}' }));
    expect([got.status, got.json]).toEqual([
      401,
      {
        error: {
          message: expect.any(String),
          type: 'authentication_error',
          param: null,
          code: 'invalid_api_key',
        },
      },
    ]);
    const stranger = new OpenAI({ baseURL: `${closed.url}/v1`, apiKey: 'wrong', maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toMatchObject({ status: expect.toBeOneOf([401, 403]) });
    const friend = new OpenAI({ baseURL: `${closed.url}/v1`, apiKey: 'secret-of-the-server', maxRetries: 0 });
    const answer = await friend.chat.completions.create({ model: CHAT, messages: WHO });
    expect(answer.choices[0]?.message.content).toBe(TINY);
  } finally {
    await closed.close();
  }
});

describe('release 4 of @huggingface/inference', () => {
  const there = (id: string) => ({ endpointUrl: `${server.url}/models/${id}` });

  it('chats', async () => {
    const answer = await huggingFace.chatCompletion({ ...there(CHAT), messages: WHO });
    expect(answer.choices[0]?.message.content).toBe(TINY);
  });

  it('chats piece by piece', async () => {
    const chunks = await all(huggingFace.chatCompletionStream({ ...there(CHAT), messages: WHO }));
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(TINY);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
  });

  it('goes on with a text, with its parameters', async () => {
    const asked = { ...there(STORIES), inputs: TALE };
    expect(await huggingFace.textGeneration({ ...asked, parameters: { max_new_tokens: 2 } })).toEqual({
      generated_text: ' fox',
    });
    const whole = await huggingFace.textGeneration({
      ...asked,
      parameters: { max_new_tokens: 2, return_full_text: true },
    });
    expect(whole).toEqual({ generated_text: `${TALE} fox` });
  });

  it('goes on with a text, token by token', async () => {
    const parts = await all(
      huggingFace.textGenerationStream({
        ...there(STORIES),
        inputs: TALE,
        parameters: { max_new_tokens: 4, return_full_text: true },
      }),
    );
    expect(parts.map(({ token }) => token.text)).toEqual([' fo', 'x', '', ' j']);
    expect(parts.at(-1)).toMatchObject({
      generated_text: `${TALE} fox j`,
      details: { finish_reason: 'length', generated_tokens: 4, seed: null },
    });
  });

  it('is told why it is not answered', async () => {
    const chats = all(huggingFace.chatCompletionStream({ ...there('text-classification'), messages: WHO }));
    await expect(chats).rejects.toThrow('cannot chat');
    const bad = { ...there(STORIES), inputs: TALE, parameters: { top_p: 7 } };
    await expect(huggingFace.textGeneration(bad)).rejects.toThrow('top_p must be a number from 0 to 1');
    await expect(all(huggingFace.textGenerationStream(bad))).rejects.toThrow('top_p must be a number');
    const bound = { ...there(STORIES), inputs: TALE, parameters: { grammar: { type: 'regex', value: 'a' } } };
    await expect(huggingFace.textGeneration(bound as never)).rejects.toThrow('grammar');
  });
});

async function streamed(more: object): Promise<string> {
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: CHAT, messages: WHO, stream: true, ...more }),
  });
  const told = ['content-type', 'x-compute-type', 'access-control-allow-origin'];
  expect(told.map((name) => response.headers.get(name))).toEqual(['text/event-stream', 'cpu', '*']);
  return response.text();
}

function textOf(events: readonly unknown[]): string {
  return events
    .map((event) => {
      const choices = (event as { choices?: readonly { delta: { content?: string } }[] }).choices;
      return choices?.[0]?.delta.content ?? '';
    })
    .join('');
}
