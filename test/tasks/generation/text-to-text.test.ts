import { describe, expect, it } from 'vitest';
import { findTask } from '../../../src/tasks/index.js';
import { summarization } from '../../../src/tasks/summarization.js';
import { text2textGeneration } from '../../../src/tasks/text2text-generation.js';
import { translation } from '../../../src/tasks/translation.js';
import { modelFacts, runOn } from '../session.js';
import { wordTokenizer, writingSession } from '../writer.js';

const A = 4;
const B = 5;
const C = 6;
const D = 7;
const END = 0;

/** A session of an encoder-decoder, and what it was asked. */
const seq2seq = (script: readonly number[], parts: Parameters<typeof writingSession>[1] = {}) =>
  writingSession(script, { decoder: true, config: { is_encoder_decoder: true }, ...parts });

describe('summarization', () => {
  it('gives a summary for each text, under the name of the API', async () => {
    const { session, asked } = seq2seq([C, END]);
    const { output, facts } = await runOn(summarization, session, { input: ['a b', 'b a'], parameters: {} });
    expect(output).toEqual([{ summary_text: 'c' }, { summary_text: 'c' }]);
    expect(asked.prompts).toEqual([
      [A, B],
      [B, A],
    ]);
    expect(facts.texts[0]).toMatchObject({
      ids: [C, END],
      finish: 'end',
      answers: true,
      prompt: 'a b',
      maxNewTokens: 256,
    });
  });

  it('begins with the prefix of config.json, and takes over what the pipeline of Python does', async () => {
    const config = {
      task_specific_params: { summarization: { prefix: 'd ', no_repeat_ngram_size: 3, num_beams: 4 } },
    };
    const { session, asked } = seq2seq([C, END], { config });
    await runOn(summarization, session, { input: 'a', parameters: {} });
    expect(asked.prompts).toEqual([[D, A]]);
    expect(asked.options[0]).toMatchObject({ no_repeat_ngram_size: 3 });
    await runOn(summarization, session, { input: 'a', parameters: { no_repeat_ngram_size: 2 } });
    expect(asked.options[1]).toMatchObject({ no_repeat_ngram_size: 2 });
  });

  it('keeps to the length that generation_config.json sets, and does not blame it', async () => {
    const long = Array.from({ length: 99 }, (_, index) => A + (index % 3));
    const { session } = seq2seq(long, { generationConfig: { eos_token_id: 0, max_length: 16 } });
    const { facts, output } = await runOn(summarization, session, { input: 'd', parameters: {} });
    expect(facts.texts[0]).toMatchObject({ tokens: 15, limitedBy: 'model' });
    const checks = summarization.checkAnswer({
      inference: { input: 'd', parameters: {} },
      output,
      facts,
      tensors: [],
    });
    expect(checks.find(({ id }) => id === 'generation-ends')?.status).toBe('passed');
  });

  it('warns of a summary that is the text', async () => {
    const { session } = seq2seq([A, B, END]);
    const { facts, output } = await runOn(summarization, session, { input: 'a b', parameters: {} });
    const checks = summarization.checkAnswer({
      inference: { input: 'a b', parameters: {} },
      output,
      facts,
      tensors: [],
    });
    expect(checks.find(({ id }) => id === 'echo')).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('word for word'),
    });
  });

  it('says when an answer is empty', async () => {
    const { session } = seq2seq([END]);
    const { facts, output } = await runOn(summarization, session, { input: 'a b', parameters: {} });
    const checks = summarization.checkAnswer({
      inference: { input: 'a b', parameters: {} },
      output,
      facts,
      tensors: [],
    });
    expect(checks[0]).toMatchObject({
      id: 'generation-ends',
      status: 'failed',
      message: expect.stringContaining('decoder_start_token_id'),
    });
  });

  it('needs to know how the decoder starts', () => {
    const status = (model: Parameters<typeof modelFacts>[0]) =>
      summarization.checkModel(modelFacts(model)).find(({ id }) => id === 'decoder-start')?.status;
    expect(status({ config: {} })).toBe('failed');
    expect(status({ config: { decoder_start_token_id: 0 } })).toBe('passed');
    expect(status({ config: { decoder: { bos_token_id: 0 } } })).toBe('passed');
    expect(status({ json: { 'generation_config.json': { bos_token_id: 3 } } })).toBe('passed');
  });

  it('does not run a model that reads pictures', () => {
    const encoder = {
      inputs: [{ name: 'pixel_values', type: 'float32', shape: null }],
      outputs: [],
    } as const;
    expect(
      summarization.checkModel(
        modelFacts({ graphs: { encoder_model: encoder }, config: { bos_token_id: 0 } }),
      ),
    ).toContainEqual({
      id: 'architecture',
      status: 'failed',
      message: expect.stringContaining('The encoder reads pictures (pixel_values), not texts.'),
    });
  });

  it('does not run models for other tasks', () => {
    const failed = summarization
      .checkModel(
        modelFacts({ config: { architectures: ['BertForTokenClassification'], decoder_start_token_id: 0 } }),
      )
      .filter(({ status }) => status === 'failed');
    expect(failed).toMatchObject([
      { id: 'architecture', message: expect.stringContaining('token-classification') },
    ]);
  });
});

describe('translation', () => {
  it('gives translations', async () => {
    const { session } = seq2seq([C, END]);
    const { output } = await runOn(translation, session, { input: 'a b', parameters: {} });
    expect(output).toEqual([{ translation_text: 'c' }]);
  });

  it('takes the prefix of the languages that were asked for, else of the first ones', async () => {
    const config = {
      task_specific_params: {
        translation_x_to_y: { prefix: 'd ' },
        translation_x_to_z: { prefix: 'c ' },
        summarization: { prefix: 'b ' },
      },
    };
    const { session, asked } = seq2seq([C, END], { config });
    await runOn(translation, session, { input: 'a', parameters: {} });
    await runOn(translation, session, { input: 'a', parameters: { src_lang: 'x', tgt_lang: 'z' } });
    expect(asked.prompts).toEqual([
      [D, A],
      [C, A],
    ]);
  });

  it('tells a model of many languages which ones are meant', async () => {
    const calls: string[][] = [];
    const tokenizer = {
      ...wordTokenizer(),
      translation: {
        languages: ['deu_Latn', 'eng_Latn', 'fra_Latn'],
        encode: (text: string, from: string, to: string) => {
          calls.push([text, from, to]);
          return { feeds: wordTokenizer().encode(text), firstId: 8 };
        },
      },
    };
    const { session, asked } = seq2seq([C, END], { tokenizer });
    await runOn(translation, session, { input: 'a', parameters: {} });
    await runOn(translation, session, {
      input: 'a',
      parameters: { src_lang: 'fra_Latn', tgt_lang: 'deu_Latn' },
    });
    expect(calls).toEqual([
      ['a', 'eng_Latn', 'fra_Latn'],
      ['a', 'fra_Latn', 'deu_Latn'],
    ]);
    expect(asked.options[0]).toMatchObject({ forced_bos_token_id: 8 });
    await expect(
      runOn(translation, session, { input: 'a', parameters: { tgt_lang: 'xyz' } }),
    ).rejects.toThrow(
      'The model does not know the tgt_lang "xyz"; it knows "deu_Latn", "eng_Latn", "fra_Latn".',
    );
  });
});

describe('text2text-generation', () => {
  it('is a task of its own, though the Hub retired it', async () => {
    expect(findTask('text2text-generation')).toBe(text2textGeneration);
    const { session } = seq2seq([C, END]);
    const { output } = await runOn(text2textGeneration, session, { input: 'a', parameters: {} });
    expect(output).toEqual([{ generated_text: 'c' }]);
  });

  it('is what text-generation runs a model with an encoder as', async () => {
    const task = findTask('text-generation');
    const way = task?.ways.find(({ layouts }) => layouts?.some((layout) => 'encoder_model' in layout));
    const { session, asked } = seq2seq([C, END]);
    if (way?.runner !== 'transformers') throw new Error('There is no such way.');
    const messages = { messages: [{ role: 'user', content: 'a b' }] };
    expect((await way.run(session, { input: messages, parameters: {} })).output).toMatchObject({
      choices: [{ message: { content: 'c' } }],
    });
    expect(asked.prompts).toEqual([[A, B]]);
    expect((await way.run(session, { input: 'a b', parameters: {} })).output).toEqual([
      { generated_text: 'c' },
    ]);
  });
});
