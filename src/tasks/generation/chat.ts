import { isMapping, own } from '../../mapping.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { ChatMessage } from '../../smoke/session.js';
import { fault, kindOf, type ModelFacts, type Read, read } from '../task.js';

/** Most messages of a conversation. */
const MOST_MESSAGES = 1000;
/** Files that hold a chat template beside the tokenizer. */
const TEMPLATE_FILES = ['chat_template.jinja', 'chat_template.json'];

/** Whether a model has a chat template: in the tokenizer’s config, beside it, or in the GGUF file. */
export function hasChatTemplate({ json, files, gguf }: ModelFacts): boolean {
  if (gguf !== undefined) return gguf.chatTemplate !== null;
  const template = own(json['tokenizer_config.json'], 'chat_template');
  const named = Array.isArray(template) && template.length > 0;
  return (
    named ||
    (typeof template === 'string' && template.trim() !== '') ||
    TEMPLATE_FILES.some((file) => files?.has(file) === true)
  );
}

/** Reads the messages of a conversation: at least one, each with a role and a text. */
export function readMessages(value: unknown): Read<readonly ChatMessage[]> {
  if (!Array.isArray(value)) return fault([], `\`messages\` must be a list, not ${kindOf(value)}.`);
  if (value.length === 0) return fault([], '`messages` is empty.');
  if (value.length > MOST_MESSAGES) return fault([], `\`messages\` has more than ${MOST_MESSAGES} messages.`);
  const messages: ChatMessage[] = [];
  for (const [index, item] of value.entries()) {
    if (!isMapping(item))
      return fault([index], `A message is a mapping with \`role\` and \`content\`, not ${kindOf(item)}.`);
    const role = own(item, 'role');
    if (typeof role !== 'string' || role === '') {
      return fault(
        [index, 'role'],
        `\`role\` must be a text such as user or assistant, not ${kindOf(role)}.`,
      );
    }
    const content = textOf(own(item, 'content'));
    if (content === null) {
      return fault([index, 'content'], '`content` must be a text, or a list of parts with texts.');
    }
    messages.push({ role, content });
  }
  return read(messages);
}

/** The text of a message: as it is, or in parts of the type `text`; null when there are others, such as pictures. */
function textOf(content: unknown): string | null {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  const texts: string[] = [];
  for (const part of content) {
    const text = own(part, 'text');
    if (typeof text !== 'string' || (own(part, 'type') ?? 'text') !== 'text') return null;
    texts.push(text);
  }
  return texts.join('');
}

/** What the last message asks. */
export function lastContent(messages: readonly ChatMessage[]): string {
  return messages.at(-1)?.content ?? '';
}

/** Whether a model that calls itself conversational has a chat template. */
export function checkChatTemplate(model: ModelFacts): readonly SmokeCheck[] {
  const id = 'chat-template';
  if (hasChatTemplate(model)) return [{ id, status: 'passed', message: 'The model has a chat template.' }];
  if (model.tags?.includes('conversational') !== true) return [];
  return [
    {
      id,
      status: 'failed',
      message: `The card has the tag \`conversational\`, but the model has no chat template, so that nobody can chat with it. ${whereTemplateGoes(model)}, or take the tag out of the card.`,
    },
  ];
}

/** Where a chat template must be put, as the beginning of a sentence. */
export function whereTemplateGoes({ gguf }: ModelFacts): string {
  return gguf === undefined
    ? 'Save the tokenizer with its `chat_template` (tokenizer.save_pretrained writes it into tokenizer_config.json or chat_template.jinja)'
    : 'Convert the model from a folder whose tokenizer has a chat template (tokenizer.chat_template)';
}
