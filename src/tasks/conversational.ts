import { isMapping, own } from '../mapping.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { ChatMessage } from '../smoke/session.js';
import { hasChatTemplate, readMessages, whereTemplateGoes } from './generation/chat.js';
import { readGenerationParameters } from './generation/generation-parameters.js';
import {
  checkWritten,
  compareWritten,
  type WrittenFacts,
  writtenVectors,
} from './generation/written-text.js';
import { inferenceOf, readExample, readText, withParameters } from './reading/example.js';
import { defaultTexts, haveDifferentInputs } from './reading/text-input.js';
import { fault, type Inference, kindOf, type Read, read, type Task, within } from './task.js';
import { type ChatRenderer, textGeneration, waysToWrite } from './text-generation.js';

/** A turn of a conversation, with the turns before it, as the Inference API had them until 2024. */
export interface ConversationalInput {
  readonly text: string;
  readonly past_user_inputs: readonly string[];
  readonly generated_responses: readonly string[];
  /** What comes before the first turn; only where messages said so. */
  readonly system?: string;
}

/**
 * The answer to a turn of a conversation. The Hub made it a kind of text-generation in February 2024; cards and clients from before
 * still name it.
 */
export const conversational: Task<ConversationalInput, WrittenFacts> = {
  tag: 'conversational',
  writes: true,
  loadsAs: 'text-generation',
  ways: waysToWrite<ConversationalInput>({
    prompt: (input, renderer) => ({
      text: rendered(messagesOf(input), renderer),
      chat: true,
      asked: input.text,
    }),
    source: ({ text }) => text,
    output(input, written) {
      const answer = (written[0]?.text ?? '').trim();
      return {
        generated_text: answer,
        conversation: {
          past_user_inputs: [...input.past_user_inputs, input.text],
          generated_responses: [...input.generated_responses, answer],
        },
      };
    },
  }),

  readExample: (example) =>
    readExample(example, '`text` or `messages`', readConversation, readGenerationParameters),

  readRequest(body) {
    const inputs = own(body, 'inputs') ?? body;
    const input = readInputs(inputs);
    const placed = inputs === body || typeof inputs === 'string' ? input : within('inputs', input);
    return withParameters(placed, body, readGenerationParameters);
  },

  readParameters: (parameters) => readGenerationParameters(parameters),

  defaultInferences: () => usualTurns().slice(0, 2),

  contrast: (inferences) => (haveDifferentInputs(inferences) ? [] : usualTurns().slice(2, 4)),

  checkModel: (model) => [
    ...textGeneration.checkModel(model).filter(({ id }) => id !== 'chat-template'),
    ...(own(model.config, 'is_encoder_decoder') === true
      ? []
      : [checkTemplate(hasChatTemplate(model), whereTemplateGoes(model))]),
  ],

  checkAnswer: (answered) => checkWritten(answered, true),

  checkLabels: () => [],

  vectors: writtenVectors,

  compare: compareWritten,
};

function checkTemplate(has: boolean, where: string): SmokeCheck {
  const id = 'chat-template';
  return has
    ? { id, status: 'passed', message: 'The model has a chat template.' }
    : {
        id,
        status: 'warning',
        message: `The model has no chat template: turns are put one after the other, each with an end token, as it was usual before 2023. ${where}.`,
      };
}

/** Renders the chat template; without one, turns follow each other (transformers 4.30, `ConversationalPipeline`). */
function rendered(messages: readonly ChatMessage[], { chats, chat, eosToken }: ChatRenderer): string {
  return chats ? chat(messages) : messages.map(({ content }) => `${content}${eosToken ?? '\n'}`).join('');
}

function messagesOf({
  text,
  past_user_inputs,
  generated_responses,
  system,
}: ConversationalInput): readonly ChatMessage[] {
  const past = past_user_inputs.flatMap((content, index): ChatMessage[] => {
    const answer = generated_responses[index];
    return [
      { role: 'user', content },
      ...(answer === undefined ? [] : [{ role: 'assistant', content: answer }]),
    ];
  });
  return [
    ...(system === undefined ? [] : [{ role: 'system', content: system }]),
    ...past,
    { role: 'user', content: text },
  ];
}

/** The body of a request, or its `inputs`. */
function readInputs(inputs: unknown): Read<ConversationalInput> {
  if (typeof inputs === 'string') return readConversation({ text: inputs });
  return isMapping(inputs)
    ? readConversation(inputs)
    : fault([], `Expected {"inputs": {"text": …}}, not ${kindOf(inputs)}.`);
}

function readConversation(value: Readonly<Record<string, unknown>>): Read<ConversationalInput> {
  const messages = own(value, 'messages');
  if (messages !== undefined && messages !== null) return fromMessages(messages);
  const text = readText(own(value, 'text'), 'text');
  if (!text.ok) return text;
  const users = readTexts(own(value, 'past_user_inputs'), 'past_user_inputs');
  if (!users.ok) return users;
  const answers = readTexts(own(value, 'generated_responses'), 'generated_responses');
  if (!answers.ok) return answers;
  if (users.value.length !== answers.value.length) {
    return fault(
      ['generated_responses'],
      `There are ${users.value.length} past_user_inputs, but ${answers.value.length} generated_responses.`,
    );
  }
  return read({ text: text.value, past_user_inputs: users.value, generated_responses: answers.value });
}

function readTexts(value: unknown, key: string): Read<readonly string[]> {
  if (value === undefined || value === null) return read([]);
  const texts = Array.isArray(value) && value.every((item) => typeof item === 'string');
  return texts ? read(value) : fault([key], `\`${key}\` must be a list of texts, not ${kindOf(value)}.`);
}

/** Messages as turns: what the user and the assistant say in turn, the user last. */
function fromMessages(value: unknown): Read<ConversationalInput> {
  const messages = within('messages', readMessages(value));
  if (!messages.ok) return messages;
  const [first] = messages.value;
  const system = first?.role === 'system' ? first.content : undefined;
  const turns = system === undefined ? messages.value : messages.value.slice(1);
  const inTurn = turns.every(({ role }, index) => role === (index % 2 === 0 ? 'user' : 'assistant'));
  const last = turns.at(-1);
  if (!inTurn || last?.role !== 'user') {
    return fault(
      ['messages'],
      'After a system message, `messages` must be of user and assistant in turn, the user last.',
    );
  }
  const said = (role: string) =>
    turns.slice(0, -1).flatMap((turn) => (turn.role === role ? [turn.content] : []));
  return read({
    text: last.content,
    past_user_inputs: said('user'),
    generated_responses: said('assistant'),
    ...(system === undefined ? {} : { system }),
  });
}

function usualTurns(): readonly Inference<ConversationalInput>[] {
  return defaultTexts('conversational').map((text) =>
    inferenceOf({ text, past_user_inputs: [], generated_responses: [] }),
  );
}
