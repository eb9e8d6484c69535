import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The chat template that lies beside a tokenizer (chat_template.jinja); undefined when there is none. */
export function chatTemplate(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, 'chat_template.jinja'), 'utf8');
  } catch {
    return undefined;
  }
}
