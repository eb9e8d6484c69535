import { describe, expect, it } from 'vitest';
import type { WorkerAnswer } from '../../../src/serve/model-worker.js';
import type { AnswerHead } from '../../../src/serve/openai/openai-answer.js';
import type { OpenAiRequest } from '../../../src/serve/openai/openai-request.js';
import { openAiEvents } from '../../../src/serve/openai/openai-stream.js';
import type { StreamPart } from '../../../src/serve/token-stream.js';
import type { FinishReason, WrittenText } from '../../../src/tasks/following.js';
import { all, eventsOf } from '../events.js';

const HEAD: AnswerHead = { kind: 'completion', model: 'm', fingerprint: 'fp_1', id: 'cmpl-1', created: 1 };
const REQUEST: OpenAiRequest = {
  model: 'm',
  asked: [],
  stream: true,
  usage: false,
  echoed: [],
  stops: [],
  logprobs: false,
};

function token(text: number, piece: string, last: FinishReason | null = null): StreamPart {
  const token = { text, id: 1, piece, name: piece, logprob: null, special: false, top: [], last };
  return { kind: 'token', token };
}

function written(text: string, finish: FinishReason): WrittenText {
  return { text, finish, timedOut: false, promptTokens: 1, tokens: 2, seed: 7, made: [] };
}

async function* run(): AsyncGenerator<StreamPart, void, undefined> {
  yield token(0, 'one');
  yield token(0, ' two', 'length');
  yield token(1, 'red');
  yield token(1, ' blue', 'eos_token');
  const answer = { written: [written('one two', 'length'), written('red blue', 'eos_token')] };
  yield { kind: 'answer', answer: answer as unknown as WorkerAnswer };
}

describe('a stream of several texts', () => {
  it.each([
    ['as OpenAI has it', false],
    ['as release 4 of @huggingface/inference reads it', true],
  ])('has all of each, and why it ended, %s', async (_, native) => {
    const events = eventsOf((await all(openAiEvents(HEAD, REQUEST, [run()], native))).join(''));
    expect(events.at(-1)).toBe('[DONE]');
    const choices = events
      .slice(0, -1)
      .flatMap((event) => (event as { readonly choices: readonly Choice[] }).choices);
    for (const [index, text, finish] of [
      [0, 'one two', 'length'],
      [1, 'red blue', 'stop'],
    ]) {
      const own = choices.filter((choice) => choice.index === index);
      expect(own.map((choice) => choice.text).join('')).toBe(text);
      expect(own.flatMap((choice) => choice.finish_reason ?? [])).toEqual([finish]);
    }
    const ends = events.flatMap(
      (event) => (event as { readonly generated_text?: string }).generated_text ?? [],
    );
    expect(ends).toEqual(native ? ['one two', 'red blue'] : []);
  });
});

it('tokens begin where they do in the whole text, also when what may begin a stop is held back', async () => {
  const pieces = ['one', ' two', ' three', ' four'];
  async function* held(): AsyncGenerator<StreamPart, void, undefined> {
    for (const piece of pieces) yield token(0, piece, piece === ' four' ? 'length' : null);
    const answer = { written: [written(pieces.join(''), 'length')] };
    yield { kind: 'answer', answer: answer as unknown as WorkerAnswer };
  }
  const request = { ...REQUEST, logprobs: true, stops: [' two three five'] };
  const events = eventsOf((await all(openAiEvents(HEAD, request, [held()], false))).join(''));
  const choices = events
    .slice(0, -1)
    .flatMap((event) => (event as { readonly choices: readonly Choice[] }).choices);
  expect(choices.map((choice) => choice.text).join('')).toBe(pieces.join(''));
  expect(choices.flatMap((choice) => choice.logprobs?.text_offset ?? [])).toEqual([0, 3, 7, 13]);
});

interface Choice {
  readonly index: number;
  readonly text: string;
  readonly finish_reason: string | null;
  readonly logprobs?: { readonly text_offset: readonly number[] };
}
