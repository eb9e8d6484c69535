import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { own } from '../../mapping.js';
import { parseJsonFile } from '../json.js';

/**
 * The chat template that lies beside a tokenizer, in chat_template.jinja or, as processors had it before, in
 * chat_template.json; undefined when there is none. Throws `BrokenJsonError`.
 */
export function chatTemplate(folder: string): string | undefined {
  const jinja = readText(join(folder, 'chat_template.jinja'));
  if (jinja !== undefined) return jinja;
  const json = readText(join(folder, 'chat_template.json'));
  if (json === undefined) return undefined;
  const template = own(parseJsonFile('chat_template.json', json), 'chat_template');
  return typeof template === 'string' ? template : undefined;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** What to say of a chat template that cannot be rendered. */
export function brokenTemplate(error: unknown): string {
  const why = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  return `The chat template cannot be rendered for a conversation (${why}). Try it with tokenizer.apply_chat_template in Python, and save it again.`;
}
