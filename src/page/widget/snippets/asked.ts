import type { WireRequest } from '../request.js';
import type { TaskForm } from '../tasks.js';
import type { Values } from '../values.js';

/** What a snippet is written for. */
export interface Asked {
  /** Where the model is served, such as `http://127.0.0.1:8080/models/bert`. */
  readonly url: string;
  readonly form: TaskForm;
  readonly values: Values;
  readonly request: WireRequest;
  /** All parameters, the candidate labels too. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Whether the server asks for a token. */
  readonly token: boolean;
}

/** A conversation that a snippet is written for. */
export interface AskedChat {
  readonly url: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly token: boolean;
}

/** The name of the file as a snippet calls it: without folders and without what a shell or an editor would trip over. */
export function fileName({ values }: Asked): string {
  const name =
    values.media?.name
      .split(/[\\/]/)
      .at(-1)
      ?.replace(/[^\p{L}\p{N}. _()+-]/gu, '_') ?? '';
  return name === '' || name.startsWith('-') ? `file${name}` : name;
}

/** The type of the file that an answer is, as the end of a name; null where the answer is JSON. */
export function answerFile({ form }: Pick<Asked, 'form'>): 'picture.jpg' | 'sound.flac' | null {
  if (form.output !== 'file') return null;
  return form.tag.endsWith('-speech') || form.tag.endsWith('-audio') ? 'sound.flac' : 'picture.jpg';
}

/** Stands for the file in a JSON that is cut there; no text holds it. */
export const MEDIA_MARK = '\u{10ffff}file\u{10ffff}';
