import type { MadeToken, WrittenText } from '../../tasks/following.js';
import { event } from '../event-stream.js';
import { ServeError } from '../serve-error.js';
import type { StreamPart } from '../token-stream.js';
import {
  type AnswerHead,
  chatLogprobs,
  completionLogprobs,
  finishOf,
  headKeys,
  usageOf,
} from './openai-answer.js';
import { openAiError } from './openai-error.js';
import type { OpenAiRequest } from './openai-request.js';
import { type TextFilter, textFilter } from './text-filter.js';

/** A text that comes piece by piece. */
interface Choice {
  readonly index: number;
  readonly filter: TextFilter;
  /** Characters that were told. */
  told: number;
}

/**
 * The events of an answer that comes token by token (OpenAI, `CreateChatCompletionStreamResponse`, `CreateCompletionResponse`); `[DONE]` is the last.
 * `runs` are those of the prompts, one after the other. `native` puts beside each part of a completion what the Inference API streams, which
 * `textGenerationStream` of @huggingface/inference hands on as it comes. Throws what the model throws before its first token; afterwards an error is
 * an event.
 */
export async function* openAiEvents(
  head: AnswerHead,
  request: OpenAiRequest,
  runs: readonly AsyncIterable<StreamPart>[],
  native: boolean,
): AsyncGenerator<string, void, undefined> {
  const written: (readonly WrittenText[])[] = [];
  const chunk = (choices: readonly object[], more: object = {}) =>
    event({ ...headKeys(head, true), choices, ...(request.usage ? { usage: null } : {}), ...more });
  const chat = head.kind === 'chat';
  let began = false;
  let before = 0;
  try {
    for (const run of runs) {
      const choices = new Map<number, Choice>();
      /** The last tokens of texts, which go out with the reason why it was the last. */
      const last = new Map<number, MadeToken>();
      for await (const part of run) {
        if (part.kind === 'answer') {
          const texts = part.answer.written;
          written.push(texts);
          for (const [index, text] of texts.entries()) {
            const choice = choices.get(index) ?? choiceAt(index);
            yield chunk([ended(choice, last.get(index), text)], nativeEnd(last.get(index), text));
          }
          before += texts.length;
          continue;
        }
        const { token } = part;
        let choice = choices.get(token.text);
        if (choice === undefined) {
          choice = choiceAt(token.text);
          choices.set(token.text, choice);
          if (chat) yield chunk([{ ...bare(choice), delta: { role: 'assistant', content: '' } }]);
        }
        began = true;
        if (token.last) {
          last.set(token.text, token);
          continue;
        }
        const text = choice.filter.push(token.piece);
        if (text === '' && !request.logprobs && !native) continue;
        yield chunk([grown(choice, text, [token])], nativePart(token, text));
      }
    }
    if (request.usage) yield event({ ...headKeys(head, true), choices: [], usage: usageOf(written) });
    yield 'data: [DONE]\n\n';
  } catch (error) {
    if (!began) throw error;
    const known = error instanceof ServeError;
    const message = known ? error.message : 'The server failed; it tells its owner why.';
    yield event(openAiError(known ? error.status : 500, message, known ? error.more : {}));
  }

  function choiceAt(index: number): Choice {
    return { index: before + index, filter: textFilter(request.stops, chat), told: 0 };
  }

  function bare({ index }: Choice): object {
    return { index, finish_reason: null, logprobs: null };
  }

  /** A choice with the next piece of its text. */
  function grown(choice: Choice, text: string, tokens: readonly MadeToken[]): object {
    const offset = choice.told;
    choice.told += text.length;
    const logprobs = !request.logprobs
      ? null
      : chat
        ? chatLogprobs(tokens)
        : completionLogprobs(tokens, offset);
    return {
      ...bare(choice),
      logprobs,
      ...(chat ? { delta: text === '' ? {} : { content: text } } : { text }),
    };
  }

  function ended(choice: Choice, token: MadeToken | undefined, text: WrittenText): object {
    const rest = choice.filter.push(token?.piece ?? '') + choice.filter.end();
    return { ...grown(choice, rest, token === undefined ? [] : [token]), finish_reason: finishOf(text) };
  }

  function nativePart({ id, logprob, special }: MadeToken, text: string): object {
    return native ? { token: { id, text, logprob, special }, generated_text: null, details: null } : {};
  }

  function nativeEnd(token: MadeToken | undefined, { text, finish, tokens, seed }: WrittenText): object {
    if (!native || token === undefined) return {};
    return {
      ...nativePart(token, token.piece),
      generated_text: text,
      details: { finish_reason: finish, generated_tokens: tokens, seed },
    };
  }
}
