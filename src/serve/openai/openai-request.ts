import { isMapping, own } from '../../mapping.js';
import { samples } from '../../tasks/generation/generation-parameters.js';
import { UNSUPPORTED, unsupportedIn } from '../unsupported-parameters.js';
import { type Body, readObject, wrong } from './openai-body.js';

/** What is asked: the answer to a conversation, or what follows a text. */
export type OpenAiKind = 'chat' | 'completion';

/** A request to OpenAI's API, as far as it is understood here. */
export interface OpenAiRequest {
  /** The model that the body names; it means nothing where the address names one. */
  readonly model: unknown;
  /** Bodies for the task, one for each prompt. */
  readonly asked: readonly Readonly<Record<string, unknown>>[];
  readonly stream: boolean;
  /** Whether a stream ends with how many tokens it took. */
  readonly usage: boolean;
  /** The prompts, where each text is to begin with its own; else none. */
  readonly echoed: readonly string[];
  /** Texts that end the answer, and are none of it. */
  readonly stops: readonly string[];
  /** Whether the answer tells of each token. */
  readonly logprobs: boolean;
}

/** Most prompts of one request. */
const MOST_PROMPTS = 32;
/** Most probable tokens that OpenAI tells beside each. */
const MOST_TOP = { chat: 20, completion: 5 } as const;

/** Parameters that say how long an answer may be. */
const LENGTHS = ['max_tokens', 'max_completion_tokens', 'max_new_tokens', 'max_length'] as const;
/** Most tokens of an answer in a chat when nobody says: OpenAI has no limit, but a model may find no end. */
const CHAT_TOKENS = 1024;

/** Keys that say what is asked, not how it is generated. */
const NOT_PARAMETERS = new Set([
  'messages',
  'prompt',
  'inputs',
  'text',
  'parameters',
  'options',
  'stream',
  'details',
]);

/** Reads the body of a request. Throws `ServeError` 400, which names the parameter that is wrong or not supported. */
export function readOpenAi(kind: OpenAiKind, bytes: Uint8Array): OpenAiRequest {
  const body = readObject(bytes);
  for (const [name, why] of unsupported(kind, body)) throw wrong(name, why);
  const top = topOf(kind, body);
  const parameters = {
    ...(kind === 'chat' && LENGTHS.every((name) => (body[name] ?? undefined) === undefined)
      ? { max_new_tokens: CHAT_TOKENS }
      : {}),
    ...Object.fromEntries(Object.entries(body).filter(([key]) => !NOT_PARAMETERS.has(key))),
    ...(top === null ? {} : { details: true, top_n_tokens: top }),
    // Several answers must be drawn to be different; OpenAI always draws.
    ...(Number(body.n ?? 1) > 1 && (body.temperature ?? undefined) === undefined ? { do_sample: true } : {}),
  };
  if (Number(body.n ?? 1) > 1 && !samples(parameters)) {
    throw wrong(
      'n',
      'must be 1 where nothing is drawn: with a temperature of 0 all answers would be the same.',
    );
  }
  const options = body.stream_options ?? {};
  return {
    model: body.model,
    asked:
      kind === 'chat'
        ? [{ messages: messagesOf(body), parameters }]
        : promptsOf(body).map((inputs) => ({ inputs, parameters })),
    // Release 4 of @huggingface/inference passes on what a text generation would take.
    echoed:
      kind === 'completion' && (body.echo === true || body.return_full_text === true) ? promptsOf(body) : [],
    stream: body.stream === true,
    usage: own(options, 'include_usage') === true,
    stops: textsOf(body.stop),
    logprobs: top !== null,
  };
}

/** Parameters that would change the answer, and cannot be honoured. */
function* unsupported(kind: OpenAiKind, body: Body): Generator<readonly [string, string]> {
  const given = (name: string) => (body[name] ?? undefined) !== undefined;
  for (const name of kind === 'chat'
    ? ['tools', 'functions', 'logit_bias', 'audio']
    : ['suffix', 'logit_bias']) {
    const value = body[name];
    const empty =
      typeof value === 'object' || typeof value === 'string' ? Object.keys(value ?? {}).length === 0 : false;
    if (given(name) && !empty) yield [name, 'is not supported here.'];
  }
  // @huggingface/inference passes on what a text generation would take.
  const name = unsupportedIn(body);
  if (name !== null) yield [name, UNSUPPORTED[name] ?? ''];
  if (given('tool_choice') && body.tool_choice !== 'none' && body.tool_choice !== 'auto') {
    yield ['tool_choice', 'is not supported here: models are given no tools.'];
  }
  const format = body.response_format;
  if (given('response_format') && own(format, 'type') !== 'text') {
    yield ['response_format', 'is not supported here, but for {"type": "text"}.'];
  }
  if (given('best_of') && body.best_of !== 1 && body.best_of !== (body.n ?? 1))
    yield ['best_of', 'is not supported here.'];
  if (given('stream') && typeof body.stream !== 'boolean') yield ['stream', 'must be true or false.'];
  if (given('stream_options') && !isMapping(body.stream_options))
    yield ['stream_options', 'must be an object.'];
  if (body.echo === true && given('logprobs'))
    yield ['echo', 'is not supported with logprobs: those of a prompt are not told.'];
}

/** How many probable tokens are told beside each; null where nothing is told of tokens. */
function topOf(kind: OpenAiKind, body: Body): number | null {
  const asked = body.logprobs ?? null;
  const name = kind === 'chat' ? 'top_logprobs' : 'logprobs';
  const top = (kind === 'chat' ? body.top_logprobs : asked) ?? null;
  if (kind === 'chat') {
    if (asked !== null && typeof asked !== 'boolean') throw wrong('logprobs', 'must be true or false.');
    if (asked !== true && top !== null && top !== 0) throw wrong('top_logprobs', 'needs logprobs: true.');
    if (asked !== true) return null;
  }
  if (top === null) return kind === 'chat' ? 0 : null;
  // @huggingface/inference passes on what a chat would take.
  if (kind === 'completion' && typeof top === 'boolean') return top ? 0 : null;
  if (typeof top !== 'number' || !Number.isInteger(top) || top < 0 || top > MOST_TOP[kind]) {
    throw wrong(name, `must be a whole number from 0 to ${MOST_TOP[kind]}.`);
  }
  return top;
}

function messagesOf({ messages }: Body): unknown {
  if (messages === undefined || messages === null) throw wrong('messages', 'is missing.');
  if (!Array.isArray(messages)) return messages;
  // The newer name of a system message, which templates do not know.
  return messages.map((message: unknown) =>
    isMapping(message) && message.role === 'developer' ? { ...message, role: 'system' } : message,
  );
}

function promptsOf({ prompt }: Body): readonly string[] {
  const prompts: readonly unknown[] = Array.isArray(prompt) ? prompt : [prompt];
  if (prompt === undefined || prompt === null) throw wrong('prompt', 'is missing.');
  if (prompts.length === 0 || prompts.length > MOST_PROMPTS) {
    throw wrong('prompt', `must be a text, or 1 to ${MOST_PROMPTS} texts.`);
  }
  return prompts.map((one) => {
    if (typeof one !== 'string')
      throw wrong('prompt', 'must be a text, or a list of texts; tokens are not taken.');
    return one;
  });
}

/** What is wrong with it is told by the task. */
function textsOf(stop: unknown): readonly string[] {
  const texts: readonly unknown[] = Array.isArray(stop) ? stop : [stop];
  return texts.filter((text): text is string => typeof text === 'string');
}
