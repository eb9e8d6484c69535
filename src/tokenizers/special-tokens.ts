import { isMapping, own } from '../mapping.js';
import { preview } from '../preview.js';
import { isTokenId } from './text-files.js';
import { type AddedToken, BrokenTokenizerError, MAX_TOKEN_ID } from './tokenizer-json.js';

/** What transformers calls the tokens that have a part to play. */
export const ROLES = [
  'bos_token',
  'eos_token',
  'unk_token',
  'sep_token',
  'pad_token',
  'cls_token',
  'mask_token',
] as const;
type Role = (typeof ROLES)[number];

/** Special tokens by the part that they play; absent where there is none. */
type Roles = Readonly<Partial<Record<Role, string>>>;

/** The parsed small files of a tokenizer; null for those that are not there. */
export interface TokenFiles {
  /** tokenizer_config.json. */
  readonly config: Readonly<Record<string, unknown>> | null;
  /** special_tokens_map.json. */
  readonly map: unknown;
  /** added_tokens.json. */
  readonly added: unknown;
}

/** A token as a file declares it: its text, and how it is looked for where the file says it. */
interface Declared {
  readonly content: string;
  readonly flags: Partial<Omit<AddedToken, 'id' | 'content'>>;
}

/** How special tokens are looked for where nothing says it. */
const USUAL: Omit<AddedToken, 'id' | 'content'> = {
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
};

function declared(value: unknown): Declared | null {
  const content = typeof value === 'string' ? value : own(value, 'content');
  if (typeof content !== 'string' || content === '') return null;
  const flags: Record<string, boolean> = {};
  for (const key of ['single_word', 'lstrip', 'rstrip', 'normalized', 'special']) {
    const flag = own(value, key);
    if (typeof flag === 'boolean') flags[key] = flag;
  }
  return { content, flags };
}

/** The special tokens that a class of tokenizers has where no file says it. */
export interface UsualTokens {
  readonly usual: Roles;
  /** Whether the mask takes the space before it along. */
  readonly eagerMask?: boolean;
  /** Those that are put behind the vocabulary where it lacks them, though no file names them. */
  readonly appended?: readonly Role[];
}

/** Special tokens of a tokenizer as its files declare them, over those that its class has. */
export interface SpecialTokens {
  readonly roles: Roles;
  /** The added tokens, in the order of their numbers; `vocabulary` has the numbers of all others. Throws `BrokenTokenizerError`. */
  added(vocabulary: ReadonlyMap<string, number>, more?: readonly AddedToken[]): readonly AddedToken[];
}

/**
 * Reads the special and added tokens of a tokenizer, in the order in which the files of transformers count: `added_tokens_decoder` in
 * tokenizer_config.json, else added_tokens.json; the special tokens of tokenizer_config.json, over which special_tokens_map.json goes
 * where there is no `added_tokens_decoder`; those of the class. Source: `PreTrainedTokenizerBase._from_pretrained` of transformers. Throws
 * `BrokenTokenizerError`.
 */
export function readSpecialTokens(
  files: TokenFiles,
  { usual, eagerMask = false, appended = [] }: UsualTokens,
): SpecialTokens {
  const decoder = own(files.config, 'added_tokens_decoder');
  const sources = isMapping(decoder) ? [files.config, files.map] : [files.map, files.config];
  const found = new Map<string, Declared>();
  const roles: Partial<Record<Role, string>> = {};
  /** The special tokens that a file names; only those are added where the vocabulary lacks them. */
  const named = new Map<string, Declared>();
  for (const role of ROLES) {
    const source = sources.find((one) => isMapping(one) && Object.hasOwn(one, role));
    const value = own(source, role);
    const token = declared(value);
    if (token === null && value !== undefined && value !== null && value !== '') {
      throw new BrokenTokenizerError(`${role} is ${preview(value)}, which is no token.`);
    }
    const content = source === undefined ? usual[role] : token?.content;
    if (content === undefined) continue;
    roles[role] = content;
    const flags = { ...(role === 'mask_token' && eagerMask ? { lstrip: true } : {}), ...token?.flags };
    found.set(content, { content, flags: { ...found.get(content)?.flags, ...flags } });
    if (token !== null || appended.includes(role)) named.set(content, { content, flags });
  }
  for (const source of sources) {
    const list = own(source, 'additional_special_tokens');
    if (!Array.isArray(list)) continue;
    for (const token of list.map(declared)) {
      if (token === null || found.has(token.content)) continue;
      found.set(token.content, token);
      named.set(token.content, token);
    }
  }

  return {
    roles,
    added(vocabulary, more = []) {
      const byContent = new Map<string, AddedToken>(more.map((token) => [token.content, token]));
      const place = (id: unknown, { content, flags }: Declared) => {
        const known = vocabulary.get(content) ?? id;
        if (!isTokenId(id) || known !== id) {
          throw new BrokenTokenizerError(
            `The added token ${preview(content)} has the number ${preview(id)}, ${
              known === id
                ? `which is no whole number up to ${MAX_TOKEN_ID}`
                : `and the vocabulary has it as ${known}`
            }. Upload the files of one tokenizer.`,
          );
        }
        byContent.set(content, { id, content, ...USUAL, ...flags });
      };
      if (isMapping(decoder)) {
        for (const [id, value] of Object.entries(decoder)) {
          const token = declared(value);
          if (token !== null)
            place(Number(id), { ...token, flags: { ...plain(token, found), ...token.flags } });
        }
      } else if (isMapping(files.added)) {
        for (const [content, id] of Object.entries(files.added)) {
          if (content !== '') place(id, { content, flags: plain({ content }, found) });
        }
      }
      let next = 0;
      for (const id of vocabulary.values()) next = Math.max(next, id + 1);
      for (const { id } of byContent.values()) next = Math.max(next, id + 1);
      for (const token of found.values()) {
        if (byContent.has(token.content)) {
          const there = byContent.get(token.content);
          if (there !== undefined && !isMapping(decoder)) {
            byContent.set(token.content, { ...there, ...token.flags, special: true });
          }
          continue;
        }
        const id = vocabulary.get(token.content) ?? (named.has(token.content) ? next++ : undefined);
        if (id !== undefined) place(id, { ...token, flags: { ...token.flags, special: true } });
      }
      return [...byContent.values()].sort((a, b) => a.id - b.id);
    },
  };
}

/** What an added token is where its file says nothing: special when it is known as such, else looked for in the normalized text. */
function plain(
  { content }: Pick<Declared, 'content'>,
  special: ReadonlyMap<string, Declared>,
): Declared['flags'] {
  const known = special.get(content);
  return known === undefined ? { special: false, normalized: true } : known.flags;
}
