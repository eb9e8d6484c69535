import type { MadeToken, WrittenText } from '../../tasks/following.js';
import { event } from '../event-stream.js';
import { nativeEnd, nativeToken } from '../native-stream.js';
import { forClient } from '../serve-error.js';
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
  /** Characters of its tokens so far; some of them may be held back. */
  length: number;
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
    for (const [place, run] of runs.entries()) {
      const echoed = request.echoed[place] ?? '';
      const choices = new Map<number, Choice>();
      /** The last token of each text, which goes out with the whole of it. */
      const lasts: MadeToken[] = [];
      for await (const part of run) {
        if (part.kind === 'answer') {
          const texts = part.answer.written;
          written.push(texts);
          for (const last of lasts) {
            const text = texts[last.text];
            const end = grown(choices.get(last.text) ?? choiceAt(last.text), last);
            if (end !== null) yield chunk([end], nativeEnd(last, echoed + (text?.text ?? ''), text));
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
          else if (echoed !== '' && !native) yield chunk([{ ...bare(choice), text: echoed }]);
        }
        began = true;
        if (native && token.last !== null) {
          lasts.push(token);
          continue;
        }
        const next = grown(choice, token);
        if (next !== null) yield chunk([next], native ? nativeToken(token) : {});
      }
    }
    if (request.usage) yield event({ ...headKeys(head, true), choices: [], usage: usageOf(written) });
    yield 'data: [DONE]\n\n';
  } catch (error) {
    if (!began) throw error;
    const { status, message, more } = forClient(error);
    yield event(openAiError(status, message, more));
  }

  function choiceAt(index: number): Choice {
    return { index: before + index, filter: textFilter(request.stops, chat), length: 0 };
  }

  function bare({ index }: Choice): object {
    return { index, finish_reason: null, logprobs: null };
  }

  /** A choice with the next piece of its text; null while there is nothing to tell. */
  function grown(choice: Choice, token: MadeToken): object | null {
    const ends = token.last !== null;
    const text = choice.filter.push(token.piece) + (ends ? choice.filter.end() : '');
    const offset = choice.length;
    choice.length += token.piece.length;
    if (text === '' && !ends && !request.logprobs && !native) return null;
    const logprobs = !request.logprobs
      ? null
      : chat
        ? chatLogprobs([token])
        : completionLogprobs([token], offset);
    return {
      ...bare(choice),
      ...(chat ? { delta: text === '' ? {} : { content: text } } : { text }),
      finish_reason: token.last === null ? null : finishOf(token.last),
      logprobs,
    };
  }
}
