import { encodedPath } from '../../encoded-path.js';
import type { TaskForm } from './tasks.js';
import { labelList, type Media, type Values } from './values.js';

/** What is sent to the server. */
export type WireRequest =
  /** The bytes of a file alone. */
  | { readonly kind: 'bytes'; readonly media: Media }
  /** JSON; `body` makes it of the file in base64, where there is one. */
  | { readonly kind: 'json'; readonly media: Media | null; readonly body: (media: string) => JsonBody };

/** The body of an inference. */
export interface JsonBody {
  readonly inputs: unknown;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** A request, or what is missing: the field and a sentence. */
export type MadeRequest =
  | { readonly ok: true; readonly request: WireRequest; readonly parameters: Parameters }
  | { readonly ok: false; readonly field: string; readonly message: string };

type Parameters = Readonly<Record<string, unknown>>;

/** Makes the request of what was entered; `maskToken` is that of a model that guesses a word. */
export function requestOf(
  form: TaskForm,
  values: Values,
  parameters: Parameters,
  maskToken: string | null,
): MadeRequest {
  const fault = missing(form, values, maskToken);
  if (fault !== null) return { ok: false, ...fault };
  const all: Parameters = form.fields.some(({ kind }) => kind === 'labels')
    ? { ...parameters, candidate_labels: labelList(values.labels) }
    : parameters;
  const none = Object.keys(all).length === 0;
  const hasMedia = form.fields.some(({ kind }) => kind === 'media');
  const media = hasMedia ? values.media : null;
  if (form.bytes && none && media !== null) {
    return { ok: true, parameters: all, request: { kind: 'bytes', media } };
  }
  const body = (base64: string): JsonBody => ({
    inputs: form.inputs(values, base64),
    ...(none ? {} : { parameters: all }),
  });
  return { ok: true, parameters: all, request: { kind: 'json', media, body } };
}

/** What stands before the text that is seen as it is written; null where the answer comes as a whole, such as one of several texts. */
export function streamedFrom(form: TaskForm, values: Values, parameters: Parameters): string | null {
  if (form.streams === undefined || Number(parameters.num_return_sequences ?? 1) > 1) return null;
  return form.streams === 'further-text' && parameters.return_full_text !== false ? values.text : '';
}

/** The first field that lacks something. */
function missing(
  form: TaskForm,
  values: Values,
  maskToken: string | null,
): { readonly field: string; readonly message: string } | null {
  for (const field of form.fields) {
    const message = lack(field, values);
    if (message !== null) return { field: fieldId(field), message };
  }
  if (form.tag === 'fill-mask' && maskToken !== null && !values.text.includes(maskToken)) {
    return { field: 'text', message: `Write ${maskToken} in the place of the word to guess.` };
  }
  return null;
}

type Field = TaskForm['fields'][number];

/** Names a field within its form. */
export function fieldId(field: Field): string {
  return field.kind === 'text' || field.kind === 'line' ? field.key : field.kind;
}

function lack(field: Field, values: Values): string | null {
  switch (field.kind) {
    case 'text':
    case 'line':
      return values[field.key].trim() === '' ? `${field.label} is empty.` : null;
    case 'labels':
      return labelList(values.labels).length === 0 ? 'Enter at least one candidate label.' : null;
    case 'sentences':
      return values.sentences.some((sentence) => sentence.trim() === '')
        ? `${field.each} ${values.sentences.findIndex((sentence) => sentence.trim() === '') + 1} is empty.`
        : null;
    case 'media':
      return values.media === null ? `Choose a file for ${field.label.toLowerCase()}.` : null;
    case 'grid': {
      const { columns } = values.grid;
      if (columns.some((name) => name.trim() === '')) return 'Every column needs a name.';
      return new Set(columns).size < columns.length ? 'Two columns have the same name.' : null;
    }
    case 'json':
      if (values.json.trim() === '') return `${field.label}: nothing was entered.`;
      return parses(values.json) ? null : `${field.label}: this is no JSON.`;
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Where a model is asked, below the address of the server; `task` where that is another one than the model is published for. */
export function modelPath(id: string, task: string | null): string {
  return `${task === null ? '/models' : `/pipeline/${task}`}/${encodedPath(id)}`;
}
