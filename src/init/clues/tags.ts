import { own } from '../../mapping.js';
import type { Clue } from '../clue.js';
import type { Sources } from '../sources.js';

/** Tasks the Hub shows as a chat when the model is tagged so. */
const CHATS: ReadonlySet<string> = new Set(['text-generation', 'image-text-to-text']);

/** Tags that say more than the other keys; what the Hub adds by itself from files (`onnx`, `safetensors`) is left to it. */
export function tagClues(sources: Sources, task: string | undefined): readonly Clue[] {
  const { adapterConfig, yaml } = sources;
  const tags: string[] = [];
  const reasons: string[] = [];
  const add = (names: readonly string[], evidence: string) => {
    tags.push(...names);
    reasons.push(evidence);
  };
  if (task !== undefined && CHATS.has(task)) {
    const template = chatTemplate(sources);
    if (template !== undefined) add(['conversational'], `the chat template in ${template}`);
  }
  if (own(adapterConfig, 'peft_type') === 'LORA') add(['lora'], 'peft_type in adapter_config.json');
  const merge = [...yaml.keys()].find((path) => path.startsWith('mergekit'));
  if (merge !== undefined) add(['mergekit', 'merge'], merge);
  if (task === 'reinforcement-learning')
    add(['reinforcement-learning', 'deep-reinforcement-learning'], 'the task');
  return tags.length === 0
    ? []
    : [{ key: 'tags', value: tags, certainty: 'told', evidence: reasons.join('; ') }];
}

function chatTemplate({ files, tokenizerConfig, gguf }: Sources): string | undefined {
  if (files.some(({ path }) => path === 'chat_template.jinja')) return 'chat_template.jinja';
  const template = own(tokenizerConfig, 'chat_template');
  if ((typeof template === 'string' || Array.isArray(template)) && template.length > 0) {
    return 'tokenizer_config.json';
  }
  return gguf?.head.values.has('tokenizer.chat_template') ? gguf.path : undefined;
}
