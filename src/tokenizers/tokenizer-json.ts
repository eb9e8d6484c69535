/** A token that is found in a text as it stands, before the text is cut. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
  readonly special: boolean;
}

/** A part of tokenizer.json, as the library `tokenizers` writes it. */
export type Part = Readonly<Record<string, unknown>> & { readonly type: string };

/** What is in a tokenizer.json. */
export interface TokenizerJson {
  readonly version: '1.0';
  readonly truncation: null;
  readonly padding: null;
  readonly added_tokens: readonly AddedToken[];
  readonly normalizer: Part | null;
  readonly pre_tokenizer: Part | null;
  readonly post_processor: Part | null;
  readonly decoder: Part;
  readonly model: Part;
}

/** A file of a tokenizer is not what its name says; the message is a sentence. */
export class BrokenTokenizerError extends Error {
  override readonly name = 'BrokenTokenizerError';
}

/** Highest number of a token, so that tables of them take little memory; the largest vocabularies have a million. */
export const MAX_TOKEN_ID = 4_194_303;

/** Several parts one after the other; the part itself where it is the only one, null where there is none. */
export function sequence(
  kind: 'normalizers' | 'pretokenizers' | 'decoders',
  parts: readonly Part[],
): Part | null {
  const [only] = parts;
  return parts.length > 1 ? { type: 'Sequence', [kind]: parts } : (only ?? null);
}

/**
 * Where the special tokens go. `single` and `pair` are templates such as `[CLS]:0 $A:0 [SEP]:0`, items parted by spaces, each with
 * the type of text it belongs to. `ids` has the number of each special token in them.
 */
export function template(single: string, pair: string, ids: ReadonlyMap<string, number>): Part {
  const used: Record<string, unknown> = {};
  const items = (text: string) =>
    text.split(' ').map((item) => {
      const colon = item.lastIndexOf(':');
      const name = item.slice(0, colon);
      const type_id = Number(item.slice(colon + 1));
      if (name === '$A' || name === '$B') return { Sequence: { id: name.slice(1), type_id } };
      const id = ids.get(name);
      if (id === undefined) throw new BrokenTokenizerError(`The vocabulary has no token ${name}.`);
      used[name] = { id: name, ids: [id], tokens: [name] };
      return { SpecialToken: { id: name, type_id } };
    });
  return {
    type: 'TemplateProcessing',
    single: items(single),
    pair: items(pair),
    special_tokens: used,
  };
}
