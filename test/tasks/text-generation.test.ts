import { describe, expect, it } from 'vitest';
import type { WrittenFacts } from '../../src/tasks/generation/written-text.js';
import type { ModelFacts } from '../../src/tasks/task.js';
import { textGeneration as task } from '../../src/tasks/text-generation.js';
import { modelFacts, runOn } from './session.js';
import { bareSession, llamaSession, type Script, TOKENS, wordTokenizer, writingSession } from './writer.js';

const A = 4;
const B = 5;
const C = 6;
const END = 0;
const CHAT: ModelFacts = modelFacts({
  json: { 'tokenizer_config.json': { chat_template: '{{ messages }}' } },
});
const ask = (content: string) => ({ messages: [{ role: 'user', content }] });

async function write(script: Script, parameters = {}, parts: Parameters<typeof writingSession>[1] = {}) {
  const { session, asked } = writingSession(script, parts);
  const answer = await runOn(task, session, { input: 'a b', parameters });
  return { ...answer, asked };
}

/** The checks of an answer, by id. */
function checks(facts: WrittenFacts, expected?: unknown): Readonly<Record<string, string>> {
  const found = task.checkAnswer({
    inference: { input: 'a b', parameters: {} },
    output: null,
    facts,
    tensors: [],
    ...(expected === undefined ? {} : { expected }),
  });
  return Object.fromEntries(found.map(({ id, status, message }) => [id, `${status}: ${message}`]));
}

describe('what is asked', () => {
  it('a widget example is a text or messages', () => {
    expect(task.readExample({ text: 'a', parameters: { max_new_tokens: 3 } }, CHAT)).toEqual({
      ok: true,
      value: { input: 'a', parameters: { max_new_tokens: 3 } },
    });
    expect(task.readExample({ messages: ask('a').messages, output: { text: 'b' } }, CHAT)).toMatchObject({
      ok: true,
      value: { input: ask('a'), output: { text: 'b' } },
    });
  });

  it('messages need a chat template, in one of its places', () => {
    const messages = ask('a').messages;
    const without = task.readExample({ messages }, modelFacts());
    expect(without).toMatchObject({
      ok: false,
      fault: { path: ['messages'], message: expect.stringContaining('no chat template') },
    });
    for (const model of [
      modelFacts({ files: new Set(['chat_template.jinja']) }),
      modelFacts({
        json: { 'tokenizer_config.json': { chat_template: [{ name: 'default', template: 'x' }] } },
      }),
    ]) {
      expect(task.readExample({ messages }, model).ok).toBe(true);
    }
  });

  it.each([
    [[], '`messages` is empty'],
    ['hello', '`messages` must be a list'],
    [[{ content: 'x' }], '`role` must be a text'],
    [[{ role: 'user', content: 7 }], '`content` must be a text'],
    [[{ role: 'user', content: [{ type: 'image_url' }] }], '`content` must be a text'],
    [[7], 'A message is a mapping'],
  ])('refuses the messages %j', (messages, message) => {
    expect(task.readExample({ messages }, CHAT)).toMatchObject({
      ok: false,
      fault: { message: expect.stringContaining(message) },
    });
  });

  it('reads requests of all clients', () => {
    const value = (body: unknown) => {
      const read = task.readRequest(body, CHAT);
      return read.ok ? read.value : read.fault.message;
    };
    expect(value('a')).toEqual({ input: 'a', parameters: {} });
    expect(value({ inputs: 'a', parameters: { top_k: 3 } })).toEqual({
      input: 'a',
      parameters: { top_k: 3 },
    });
    expect(value({ messages: ask('a').messages, max_tokens: 5, model: 'tgi', stream: false })).toEqual({
      input: ask('a'),
      parameters: { max_new_tokens: 5 },
    });
    expect(value({ messages: [{ role: 'user', content: [{ type: 'text', text: 'a' }] }] })).toMatchObject({
      input: ask('a'),
    });
    expect(value({})).toContain('There is no `inputs`');
    expect(value({ inputs: 7 })).toContain('must be a text');
    expect(value(' ')).toContain('empty');
    expect(value(7)).toContain('Expected a text');
    expect(value({ inputs: 'a', parameters: { top_p: 3 } })).toContain('top_p');
  });

  it('asks a chat model to chat, and any other to go on', () => {
    expect(task.defaultInferences(modelFacts()).every(({ input }) => typeof input === 'string')).toBe(true);
    expect(task.defaultInferences(CHAT)[0]?.input).toHaveProperty('messages');
    const [first] = task.defaultInferences(CHAT);
    expect(task.contrast(first === undefined ? [] : [first], CHAT)).toHaveLength(2);
    expect(task.contrast(task.defaultInferences(CHAT), CHAT)).toEqual([]);
  });
});

describe('a pipeline', () => {
  it('gives prompt and text as the API does, and stops at the end token', async () => {
    const { output, facts, asked } = await write([C, B, END, A]);
    expect(output).toEqual([{ generated_text: 'a b c b' }]);
    expect(asked.prompts).toEqual([[A, B]]);
    expect(facts.texts[0]).toMatchObject({
      ids: [C, B, END],
      finish: 'end',
      promptTokens: 2,
      tokens: 3,
      text: ' c b',
    });
    expect(checks(facts)['generation-ends']).toMatch(/^passed: The text ended by itself after 3 tokens/);
  });

  it('leaves the prompt out when asked to', async () => {
    expect((await write([C, END], { return_full_text: false })).output).toEqual([{ generated_text: ' c' }]);
  });

  it('keeps to the limits: of the request, of the model, of usual smoke', async () => {
    const endless = [A, B, C];
    const count = async (parameters: object, parts = {}) => {
      const { facts } = await write(
        [...endless, ...Array.from({ length: 300 }, (_, index) => A + (index % 3))],
        parameters,
        parts,
      );
      return [facts.texts[0]?.tokens, facts.texts[0]?.finish, facts.texts[0]?.limitedBy];
    };
    expect(await count({})).toEqual([32, 'length', 'default']);
    expect(await count({ max_new_tokens: 7 })).toEqual([7, 'length', 'request']);
    expect(await count({ max_length: 9 })).toEqual([7, 'length', 'request']);
    expect(await count({}, { config: { n_positions: 12 } })).toEqual([10, 'positions', 'positions']);
    expect(await count({ max_time: 0 })).toEqual([16, 'time', 'default']);
  });

  it('gives no more than the positions hold, and says so when there is none left', async () => {
    await expect(write([A], {}, { config: { n_positions: 2 } })).rejects.toThrow(
      'The text has 2 tokens, but the model takes 2 in all',
    );
  });

  it('stops at a text of `stop`', async () => {
    const { facts, output } = await write([A, B, C, A, A], { stop: ['b c'] });
    expect(facts.texts[0]).toMatchObject({ finish: 'stop', ids: [A, B, C] });
    expect(output).toEqual([{ generated_text: 'a b a b c' }]);
  });

  it('does not end before min_new_tokens', async () => {
    const { facts } = await write([END], { min_new_tokens: 3, max_new_tokens: 5 });
    expect(facts.texts[0]?.ids.slice(0, 3)).not.toContain(END);
    expect(facts.texts[0]).toMatchObject({ finish: 'end', tokens: 4 });
  });

  it('draws the same for the same seed', async () => {
    const drawn = async (seed: number) =>
      (await write([A, B, C, A, B], { temperature: 3, seed, max_new_tokens: 20 })).facts.texts[0]?.ids;
    expect(await drawn(1)).toEqual(await drawn(1));
    expect(await drawn(1)).not.toEqual(await drawn(2));
  });

  it('gives several texts, each drawn anew', async () => {
    const { output } = await write([A, B, C, A], {
      do_sample: true,
      temperature: 4,
      num_return_sequences: 3,
      max_new_tokens: 12,
    });
    const texts = (output as { generated_text: string }[]).map(({ generated_text }) => generated_text);
    expect(new Set(texts).size).toBe(3);
  });

  it('is greedy whatever generation_config.json says, and hands over the penalties', async () => {
    const { asked } = await write(
      [END],
      { repetition_penalty: 1.2 },
      { generationConfig: { eos_token_id: [0, 9], do_sample: true, temperature: 2 } },
    );
    expect(asked.options[0]).toEqual({ max_new_tokens: 32, eos_token_id: [0, 9], repetition_penalty: 1.2 });
  });

  it('renders the chat template, and answers as chat clients expect', async () => {
    const { session, asked } = writingSession([C, END]);
    const { output, facts } = await runOn(task, session, { input: ask('a b'), parameters: {} });
    expect(asked.prompts).toEqual([[2, A, B, 3]]);
    expect(output).toMatchObject({
      choices: [{ index: 0, message: { role: 'assistant', content: 'c' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 },
    });
    expect(facts.texts[0]).toMatchObject({ answers: true, prompt: 'a b', maxNewTokens: 256 });
  });
});

describe('a bare graph without a cache', () => {
  it('reads the whole text again for each token', async () => {
    const { session, runs } = bareSession([C, B, END]);
    const { output } = await runOn(task, session, { input: 'a', parameters: {} });
    expect(output).toEqual([{ generated_text: 'a c b' }]);
    expect(runs.map(({ input_ids }) => input_ids?.dims)).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
    ]);
    expect(Object.keys(runs[0] ?? {})).toEqual(['input_ids', 'attention_mask']);
  });

  it('says what the graph gives instead of logits', async () => {
    const { session } = bareSession([C], {
      run: async () => ({ last_hidden_state: { type: 'float32', dims: [1, 1, 2], data: [1, 2] } }),
    });
    await expect(runOn(task, session, { input: 'a', parameters: {} })).rejects.toThrow('no output `logits`');
  });

  it('is taken when the graph has no cache, and only then', () => {
    const inputs = (...names: string[]) => ({
      graph: { inputs: names.map((name) => ({ name, type: 'int64' as const, shape: null })), outputs: [] },
    });
    const fits = (model: ModelFacts) =>
      task.ways.map((way) => way.unfit?.(model) ?? null).map((why) => why === null);
    expect(fits(modelFacts(inputs('input_ids'))).slice(0, 2)).toEqual([false, true]);
    expect(fits(modelFacts(inputs('input_ids', 'past_key_values.0.key'))).slice(0, 2)).toEqual([true, false]);
    expect(fits(modelFacts({ config: { is_encoder_decoder: true } })).slice(0, 2)).toEqual([false, false]);
  });
});

describe('a GGUF model', () => {
  it('gives the same as the others', async () => {
    const { output, facts } = await runOn(task, llamaSession([C, B, END]), { input: 'a b', parameters: {} });
    expect(output).toEqual([{ generated_text: 'a b c b' }]);
    expect(facts.texts[0]).toMatchObject({ finish: 'end', vocabulary: TOKENS.length });
    expect(facts.texts[0]?.first[0]?.id).toBe(C);
  });

  it('answers a chat with the template of the file', async () => {
    const { output } = await runOn(task, llamaSession([C, END]), { input: ask('a'), parameters: {} });
    expect(output).toMatchObject({ choices: [{ message: { content: 'c' } }] });
  });
});

describe('the checks of a text', () => {
  it('say when there is none', async () => {
    const { facts } = await write([END]);
    expect(checks(facts)['generation-ends']).toMatch(/^failed: The model gave no text/);
    expect(task.vectors({ output: null, facts })).toEqual([]);
  });

  it('say when it is one token over and over', async () => {
    const { facts } = await write([A]);
    expect(checks(facts)['generation-ends']).toMatch(/^failed: The model gave the same token 32 times: "a"/);
  });

  it('warn of a long row of a token', async () => {
    const { facts } = await write([B, C, C, B, A]);
    expect(checks(facts)['generation-ends']).toMatch(
      /^warning: The model gave the token "a" 28 times in a row/,
    );
  });

  it('find an end token that nobody named', async () => {
    const chat = { generationConfig: { eos_token_id: 0 } };
    const { facts } = await write([A, 9, B, C, B], {}, chat);
    expect(checks(facts)['generation-ends']).toBe(
      'failed: The model wrote "<|im_end|>" (9), which ends a text, and went on: in generation_config.json eos_token_id is 0. Write [0, 9] there.',
    );
  });

  it('find that no end token is named at all', async () => {
    const { facts } = await write([A, END, B, C, B], {}, { generationConfig: {} });
    expect(checks(facts)['generation-ends']).toContain('no eos_token_id is set. Write 0 there.');
  });

  it('find an end token that does not exist', async () => {
    const { facts } = await write(
      [A, B, C, B, C],
      {},
      { generationConfig: {}, config: { eos_token_id: 99 } },
    );
    expect(checks(facts)['generation-ends']).toMatch(
      /^failed: The text can never end: eos_token_id in config.json is 99, but the tokens of the model end at 9/,
    );
  });

  it('do not blame a model that continues texts for the limit', async () => {
    const many = Array.from({ length: 40 }, (_, index) => A + (index % 3));
    expect(checks((await write(many)).facts)['generation-ends']).toMatch(
      /^passed: The text has 32 tokens, the limit/,
    );
  });

  it('warn of an answer that does not end within 256 tokens, but not when the request set the limit', async () => {
    const many = Array.from({ length: 300 }, (_, index) => A + (index % 3));
    const chat = async (parameters: Readonly<Record<string, unknown>>) => {
      const { session } = writingSession(many);
      return checks((await runOn(task, session, { input: ask('a'), parameters })).facts)['generation-ends'];
    };
    expect(await chat({})).toMatch(/^warning: The answer did not end by itself within 256 tokens/);
    expect(await chat({ max_new_tokens: 300 })).toMatch(/^passed/);
  });

  it('find tokens that the tokenizer does not have', async () => {
    const { facts } = await write([14, A, END], {}, { width: 20 });
    expect(checks(facts)['generated-tokens']).toMatch(
      /^failed: The model gave tokens that the tokenizer does not have: 14/,
    );
  });

  it('warn of special tokens that readers see', async () => {
    const tokenizer = { ...wordTokenizer(), decode: () => 'hello <|fim_middle|> you' };
    const { facts } = await write([A, B, END], {}, { tokenizer });
    const shown = {
      texts: facts.texts.map((text) => ({ ...text, text: 'hello <|fim_middle|> you', missedEnds: [] })),
    };
    expect(checks(shown)['special-tokens']).toMatch(
      /^warning: The text shows "<\|fim_middle\|>" to its readers/,
    );
  });

  it('compare with the card, with or without the prompt, to the shorter end', async () => {
    const { facts } = await write([C, B, END]);
    expect(checks(facts, { text: 'c b' })['expected-output']).toMatch(/^passed/);
    expect(checks(facts, { text: 'A b, c b and more' })['expected-output']).toMatch(/^passed/);
    expect(checks(facts, [{ generated_text: 'c' }])['expected-output']).toMatch(/^passed/);
    expect(checks(facts, { text: 'something else' })['expected-output']).toMatch(
      /^warning: The card’s example says "something else"/,
    );
    expect(checks(facts, { url: 'x' })['expected-output']).toMatch(/^warning: The `output`/);
  });
});

describe('the checks of a model', () => {
  const value = (name: string, shape: (string | number)[]) => ({ name, type: 'float32' as const, shape });
  const graph = (inputs: string[], outputs = ['logits']) => ({
    inputs: inputs.map((name) => value(name, ['batch', 4, 'past', 16])),
    outputs: outputs.map((name) => value(name, [])),
  });
  const failed = (model: ModelFacts) => task.checkModel(model).filter(({ status }) => status === 'failed');

  it('say what to write into a config.json that does not describe the cache', () => {
    const inputs = ['input_ids', 'past_key_values.0.key', 'past_key_values.0.value', 'past_key_values.1.key'];
    expect(failed(modelFacts({ graph: graph(inputs), config: { model_type: 'llama' } }))).toEqual([
      {
        id: 'kv-cache',
        status: 'failed',
        message: expect.stringContaining(
          '"num_hidden_layers": 2, "num_attention_heads": 4, "hidden_size": 64',
        ),
      },
    ]);
    expect(
      failed(modelFacts({ graph: graph(inputs), config: { model_type: 'gpt2' } }))[0]?.message,
    ).toContain('"n_layer": 2, "n_head": 4, "n_embd": 64');
    expect(
      failed(modelFacts({ graph: graph(inputs), config: { num_hidden_layers: 2, num_attention_heads: 4 } })),
    ).toEqual([]);
    expect(
      failed(
        modelFacts({
          graph: graph(inputs),
          config: { text_config: { num_hidden_layers: 2, num_attention_heads: 4 } },
        }),
      ),
    ).toEqual([]);
  });

  it('tell a graph without a head', () => {
    expect(failed(modelFacts({ graph: graph(['input_ids'], ['last_hidden_state']) }))[0]).toMatchObject({
      id: 'architecture',
      message: expect.stringContaining('The graph gives last_hidden_state, no logits'),
    });
  });

  it('tell a conversational card whose model has no chat template', () => {
    expect(failed(modelFacts({ tags: ['conversational'] }))).toMatchObject([{ id: 'chat-template' }]);
    expect(failed({ ...CHAT, tags: ['conversational'] })).toEqual([]);
    expect(failed(modelFacts({ tags: ['text-generation'] }))).toEqual([]);
  });

  it('tell an encoder-decoder that does not know how to begin', () => {
    const graphs = { encoder_model: graph(['input_ids']), decoder_model_merged: graph(['input_ids']) };
    expect(failed(modelFacts({ graphs, config: { is_encoder_decoder: true } }))).toMatchObject([
      { id: 'decoder-start' },
    ]);
    expect(failed(modelFacts({ graphs, config: { decoder_start_token_id: 0 } }))).toEqual([]);
  });
});

describe('two variants', () => {
  const facts = async (script: Script) => (await write(script)).facts;
  const compare = (full: WrittenFacts, other: WrittenFacts) =>
    task.compare({ output: null, facts: full }, { output: null, facts: other });

  it('may choose other words', async () => {
    const same = compare(await facts([C, B, END]), await facts([C, B, END]));
    expect(same).toMatchObject({
      agrees: true,
      drift: 0,
      seen: expect.stringContaining('the text is the same'),
    });
    const other = compare(await facts([C, B, END]), await facts([C, A, END]));
    expect(other).toMatchObject({ agrees: true, drift: 0 });
  });

  it('must not fall silent, or into a loop', async () => {
    expect(compare(await facts([C, B, END]), await facts([END]))).toMatchObject({ agrees: false });
    expect(compare(await facts([C, B, END]), await facts([C, A]))).toMatchObject({
      agrees: false,
      seen: expect.stringContaining('repeats "a"'),
    });
  });

  it('must not think little of the first token that the other is sure of', async () => {
    const comparison = compare(await facts([C, B, END]), await facts([A, B, END]));
    expect(comparison.agrees).toBe(false);
    expect(comparison.drift).toBeGreaterThan(3);
  });
});
