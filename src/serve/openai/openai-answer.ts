import { randomUUID } from 'node:crypto';
import type { FinishReason, MadeToken, WrittenText } from '../../tasks/following.js';
import type { OpenAiKind, OpenAiRequest } from './openai-request.js';
import { textFilter } from './text-filter.js';

/** What all parts of an answer say alike. */
export interface AnswerHead {
  readonly kind: OpenAiKind;
  /** The id of the model. */
  readonly model: string;
  readonly fingerprint: string;
  /** Of the answer. */
  readonly id: string;
  /** In seconds since 1970. */
  readonly created: number;
}

/** How many tokens were read and written. */
export interface TokenUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

/** The head of an answer that begins now. */
export function answerHead(kind: OpenAiKind, model: string, fingerprint: string): AnswerHead {
  const id = `${kind === 'chat' ? 'chatcmpl' : 'cmpl'}-${randomUUID()}`;
  return { kind, model, fingerprint, id, created: Math.floor(Date.now() / 1000) };
}

/** The keys of an answer before its choices; `stream` is a part of one. */
export function headKeys({ kind, model, fingerprint, id, created }: AnswerHead, stream: boolean): object {
  const object =
    kind === 'completion' ? 'text_completion' : stream ? 'chat.completion.chunk' : 'chat.completion';
  return { id, object, created, model, system_fingerprint: fingerprint };
}

/** A whole answer (OpenAI, `CreateChatCompletionResponse`, `CreateCompletionResponse`); `written` are the texts of each prompt. */
export function openAiAnswer(
  head: AnswerHead,
  request: OpenAiRequest,
  written: readonly (readonly WrittenText[])[],
): unknown {
  const texts = written.flatMap((some, prompt) =>
    some.map((text) => ({ text, before: request.echoed[prompt] ?? '' })),
  );
  const choices = texts.map(({ text, before }, index) => {
    const finish_reason = finishOf(text.finish);
    if (head.kind === 'completion') {
      // What is asked for with the text is as it was sent.
      const logprobs = request.logprobs ? completionLogprobs(text.made, 0) : null;
      return { index, text: before + seen(text, request, false), finish_reason, logprobs };
    }
    const message = { role: 'assistant', content: seen(text, request, true), refusal: null };
    return { index, message, finish_reason, logprobs: request.logprobs ? chatLogprobs(text.made) : null };
  });
  return { ...headKeys(head, false), choices, usage: usageOf(written) };
}

/** What a client sees of a text. */
function seen({ text }: WrittenText, { stops }: OpenAiRequest, trims: boolean): string {
  const filter = textFilter(stops, trims);
  return filter.push(text) + filter.end();
}

/** Why a text ended, in the two words of OpenAI. */
export function finishOf(finish: FinishReason): 'stop' | 'length' {
  return finish === 'length' ? 'length' : 'stop';
}

/** Tokens of all texts; those of a prompt count once, however many texts follow it. */
export function usageOf(written: readonly (readonly WrittenText[])[]): TokenUsage {
  const prompt_tokens = written.reduce((sum, [first]) => sum + (first?.promptTokens ?? 0), 0);
  const completion_tokens = written.flat().reduce((sum, { tokens }) => sum + tokens, 0);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}

/** Tokens of a chat, without those that are no text. */
export function chatLogprobs(made: readonly MadeToken[]): object {
  const token = ({ name, logprob }: Pick<MadeToken, 'name' | 'logprob'>) => ({
    token: name,
    logprob: logprob ?? LEAST,
    bytes: [...Buffer.from(name)],
  });
  const content = made
    .filter(({ special }) => !special)
    .map((one) => ({ ...token(one), top_logprobs: one.top.map(token) }));
  return { content, refusal: null };
}

/** Tokens of a completion; `offset` is where the first of them begins. */
export function completionLogprobs(made: readonly MadeToken[], offset: number): object {
  const told = made.filter(({ special }) => !special);
  let at = offset;
  return {
    tokens: told.map(({ name }) => name),
    token_logprobs: told.map(({ logprob }) => logprob ?? LEAST),
    top_logprobs: told.map(({ top }) => Object.fromEntries(top.map(({ name, logprob }) => [name, logprob]))),
    text_offset: told.map(({ piece }) => {
      const begins = at;
      at += piece.length;
      return begins;
    }),
  };
}

/** What OpenAI says of a token whose probability is not known. */
const LEAST = -9999;
