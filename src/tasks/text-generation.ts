import { isMapping, own } from '../mapping.js';
import type { ChatMessage, Tokenizer } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import { checkSequenceLength } from './checks/sequence-length.js';
import type { MadeToken } from './following.js';
import {
  checkCacheStated,
  checkHead,
  type Prompt,
  takesCache,
  toldOf,
  type Written,
  writeWithGraph,
  writeWithLlama,
  writeWithPipeline,
} from './generation/causal.js';
import {
  checkChatTemplate,
  hasChatTemplate,
  lastContent,
  readMessages,
  whereTemplateGoes,
} from './generation/chat.js';
import {
  checkDecoderStart,
  checkReads,
  ENCODER_DECODER,
  prefixOf,
  textFeeds,
  writeAnswer,
} from './generation/encoder-decoder.js';
import { type GenerationParameters, readGenerationParameters } from './generation/generation-parameters.js';
import { finishReason } from './generation/generation-plan.js';
import {
  checkWritten,
  compareWritten,
  factsOf,
  type WrittenFacts,
  writtenVectors,
} from './generation/written-text.js';
import { TEXT_FILES } from './needed-files.js';
import { inferenceOf, readExample, readText } from './reading/example.js';
import { defaultTexts, haveDifferentInputs, keyOf } from './reading/text-input.js';
import {
  type Answer,
  fault,
  type Inference,
  kindOf,
  type ModelFacts,
  type Parameters,
  type Read,
  read,
  type Task,
  type Way,
  within,
} from './task.js';
import { namedToken } from './text/text-encoding.js';

/** A text to go on from, or a conversation to answer. */
export type TextGenerationInput = string | { readonly messages: readonly ChatMessage[] };

/** The part of a tokenizer that makes a text of a conversation. */
export interface ChatRenderer {
  /** Whether there is a chat template. */
  readonly chats: boolean;
  /** Renders the chat template; throws what it throws. */
  chat(messages: readonly ChatMessage[]): string;
  readonly eosToken: string | null;
}

/** How a model is asked for an input, and how its answer becomes one of the task. */
export interface Writing<Input> {
  /** The text that the model reads. */
  readonly prompt: (input: Input, renderer: ChatRenderer) => Prompt;
  /** What a model with an encoder reads: such models know no roles. */
  readonly source: (input: Input) => string;
  readonly output: (input: Input, written: readonly Written[], parameters: GenerationParameters) => unknown;
}

/** The ways to run a model that writes: a graph with a cache, one without, an encoder with a decoder, a GGUF file. */
export function waysToWrite<Input>({
  prompt,
  source,
  output,
}: Writing<Input>): readonly Way<Input, WrittenFacts>[] {
  const answer = (
    input: Input,
    written: readonly Written[],
    parameters: GenerationParameters,
  ): Answer<WrittenFacts> => ({
    output: output(input, written, parameters),
    facts: factsOf(written),
    written: toldOf(written),
  });
  return [
    {
      runner: 'transformers',
      pipeline: 'text-generation',
      // The second is what exports of before 2024 are called.
      layouts: [{ model: 'model' }, { model: 'decoder_model_merged' }],
      needs: TEXT_FILES,
      unfit: ({ graph, config }) => {
        if (own(config, 'is_encoder_decoder') === true) return 'The model has an encoder and a decoder.';
        return graph === null || takesCache(graph) ? null : 'The graph takes no cache of keys and values.';
      },
      async run(session, { input, parameters }, following) {
        const asked = prompt(input, rendererOf(session.tokenizer));
        return answer(input, await writeWithPipeline(session, asked, parameters, following), parameters);
      },
    },
    {
      runner: 'onnx',
      tokenizer: '.',
      layouts: [{ model: 'model' }, { model: 'decoder_model' }],
      json: ['generation_config.json'],
      needs: TEXT_FILES,
      unfit: ({ graph, config }) => {
        if (own(config, 'is_encoder_decoder') === true) return 'The model has an encoder and a decoder.';
        return graph === null || !takesCache(graph) ? null : 'The graph takes a cache of keys and values.';
      },
      async run(session, { input, parameters }, following) {
        const asked = prompt(input, rendererOf(session.tokenizer));
        return answer(input, await writeWithGraph(session, asked, parameters, following), parameters);
      },
    },
    {
      runner: 'transformers',
      pipeline: 'text2text-generation',
      layouts: [ENCODER_DECODER],
      needs: TEXT_FILES,
      async run(session, { input, parameters }, following) {
        const text = source(input);
        const feeds = textFeeds(session, `${prefixOf(session.config, 'text2text-generation')}${text}`);
        return answer(
          input,
          await writeAnswer(session, { ...feeds, asked: text }, parameters, following),
          parameters,
        );
      },
    },
    {
      runner: 'llama',
      needs: [],
      async run(session, { input, parameters }, following) {
        const asked = prompt(input, session.tokenizer);
        return answer(input, await writeWithLlama(session, asked, parameters, following), parameters);
      },
    },
  ];
}

function rendererOf(tokenizer: Tokenizer): ChatRenderer {
  return {
    chats: tokenizer.chats === true,
    chat: (messages) => tokenizer.chat(messages.map((message) => ({ ...message }))),
    eosToken: namedToken(tokenizer.config, 'eos_token'),
  };
}

/** A text that goes on from another, with details where the request asks for them (text-generation-inference, `GenerateResponse`). */
function generatedText(
  input: string,
  written: Written,
  { return_full_text = true, details = false, top_n_tokens = 0 }: GenerationParameters,
): unknown {
  const { text, facts, seed, made } = written;
  return {
    // What an encoder has read is not gone on from, but answered.
    generated_text: return_full_text && !facts.answers ? `${input}${text}` : text,
    ...(details
      ? {
          details: {
            finish_reason: finishReason(facts.finish),
            generated_tokens: facts.tokens,
            seed,
            prefill: [],
            tokens: made.map(detailOf),
            ...(top_n_tokens === 0
              ? {}
              : {
                  top_tokens: made.map(({ top }) =>
                    top.map(({ id, name, logprob }) =>
                      detailOf({ id, piece: name, logprob, special: false }),
                    ),
                  ),
                }),
          },
        }
      : {}),
  };
}

function detailOf({
  id,
  piece,
  logprob,
  special,
}: Pick<MadeToken, 'id' | 'piece' | 'logprob' | 'special'>): unknown {
  return { id, text: piece, logprob, special };
}

/** A text without what ended it: chat clients are not shown that. */
function beforeStop(text: string, stops: readonly string[]): string {
  const at = stops
    .filter((stop) => stop !== '')
    .flatMap((stop) => [text.indexOf(stop)].filter((index) => index !== -1));
  return text.slice(0, Math.min(text.length, ...at));
}

/** What a chat client is answered (OpenAI’s chat completions), but for what only a server knows. */
export function chatCompletion(written: readonly Written[], { stop = [] }: GenerationParameters): unknown {
  const sum = (count: (facts: Written['facts']) => number) =>
    written.reduce((total, { facts }) => total + count(facts), 0);
  const promptTokens = written[0]?.facts.promptTokens ?? 0;
  const completionTokens = sum(({ tokens }) => tokens);
  return {
    object: 'chat.completion',
    choices: written.map(({ text, facts }, index) => ({
      index,
      message: { role: 'assistant', content: beforeStop(text, stop).trim() },
      finish_reason: facts.finish === 'end' || facts.finish === 'stop' ? 'stop' : 'length',
      logprobs: null,
    })),
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  };
}

/** A text that goes on from another, or the answer to a conversation. */
export const textGeneration: Task<TextGenerationInput, WrittenFacts> = {
  tag: 'text-generation',
  writes: true,
  ways: waysToWrite<TextGenerationInput>({
    prompt: (input, { chat }) =>
      typeof input === 'string'
        ? { text: input, chat: false, asked: input }
        : { text: chat(input.messages), chat: true, asked: lastContent(input.messages) },
    source: (input) => (typeof input === 'string' ? input : lastContent(input.messages)),
    output: (input, written, parameters) =>
      typeof input === 'string'
        ? written.map((one) => generatedText(input, one, parameters))
        : chatCompletion(written, parameters),
  }),

  readExample(example, model) {
    return readExample(
      example,
      '`text` or `messages`',
      (given) => readInput(given, 'text', model),
      readGenerationParameters,
    );
  },

  readRequest(body, model) {
    if (typeof body === 'string') {
      return body.trim() === '' ? fault([], 'The text is empty.') : read(inferenceOf(body));
    }
    if (!isMapping(body)) {
      return fault([], `Expected a text, {"inputs": text} or {"messages": […]}, not ${kindOf(body)}.`);
    }
    const key = keyOf(body, ['inputs', 'text']);
    const input = readInput(body, key, model);
    if (!input.ok) return input;
    // A chat client writes its parameters beside the messages.
    const parameters =
      typeof input.value === 'string'
        ? within('parameters', readGenerationParameters(own(body, 'parameters')))
        : readGenerationParameters({ ...body, messages: null, ...readable(own(body, 'parameters')) });
    if (!parameters.ok) return parameters;
    return read({ input: input.value, parameters: parameters.value });
  },

  readParameters: (parameters): Read<Parameters> => readGenerationParameters(parameters),

  defaultInferences: (model) => usualInputs(model).slice(0, 2),

  contrast: (inferences, model) => (haveDifferentInputs(inferences) ? [] : usualInputs(model).slice(2, 4)),

  checkModel: (model) => [
    ...checkArchitecture(
      model,
      'text-generation',
      'text2text-generation',
      'image-text-to-text',
      'any-to-any',
    ),
    ...(model.graphs.decoder_model_merged === undefined || model.graphs.encoder_model === undefined
      ? [...checkHead(model), ...checkCacheStated(model), ...checkSequenceLength(model)]
      : [...checkReads(model, 'input_ids'), ...checkDecoderStart(model)]),
    ...checkChatTemplate(model),
  ],

  checkAnswer: (answered) => checkWritten(answered, false),

  checkLabels: () => [],

  vectors: writtenVectors,

  compare: compareWritten,
};

/** The text or the messages of a widget example or request. */
function readInput(
  body: Readonly<Record<string, unknown>>,
  key: string,
  model: ModelFacts,
): Read<TextGenerationInput> {
  const messages = own(body, 'messages');
  if (messages === undefined || messages === null) return readText(own(body, key), key);
  const found = within('messages', readMessages(messages));
  if (!found.ok) return found;
  if (!hasChatTemplate(model)) {
    return fault(
      ['messages'],
      `The model has no chat template, and so cannot be given messages. ${whereTemplateGoes(model)}.`,
    );
  }
  return read({ messages: found.value });
}

function readable(parameters: unknown): Readonly<Record<string, unknown>> {
  return isMapping(parameters) ? parameters : {};
}

function usualInputs(model: ModelFacts): readonly Inference<TextGenerationInput>[] {
  return hasChatTemplate(model)
    ? defaultTexts('conversational').map((content) => inferenceOf({ messages: [{ role: 'user', content }] }))
    : defaultTexts('text-generation').map((text) => inferenceOf(text));
}
