import { isMapping, own } from '../../mapping.js';
import type { Piece } from '../session.js';

/** The parts of a tokenizer of transformers.js that tell how it cuts a text; any of them may be missing. */
export interface TokenizerParts {
  /** The tokens of a text, without special ones; they decide, the rest only finds them in the text. */
  readonly tokens: readonly string[];
  /** Their ids. */
  readonly ids: readonly number[];
  /** tokenizer.json. */
  readonly json: unknown;
  /** tokenizer_config.json. */
  readonly config: unknown;
  readonly normalize: ((text: string) => string) | null;
  /** Cuts a normalized text into words. */
  readonly preTokenize: ((text: string) => readonly string[]) | null;
}

/** How far ahead a token is looked for that does not stand where it should, in characters. */
const REACH = 64;
/** The mark of SentencePiece for a space. */
const META_SPACE = '▁';
/** A token that stands for one byte. */
const BYTE_TOKEN = /^<0x([0-9A-Fa-f]{2})>$/;
/** A character with the marks that combine with it. */
const CLUSTER = /\P{M}\p{M}*|\p{M}+/gsu;

/**
 * Finds the tokens of a text in it. transformers.js, unlike the tokenizers of Python, does not say where a token comes from, so
 * the text is normalized character by character as the tokenizer does it, and the tokens are matched with that in order. A
 * token that cannot be matched (an unknown word, or one that a rule of several characters made) reaches to the next
 * token that can.
 */
export function findPieces(text: string, parts: TokenizerParts): readonly Piece[] {
  const spelling = spellingOf(parts);
  const stream = streamOf(text, parts, spelling);
  const pieces: Piece[] = [];
  let at = 0;
  let bytes = 0;
  for (const [index, token] of parts.tokens.entries()) {
    const inner = isInner(token, spelling);
    let end = at;
    if (BYTE_TOKEN.test(token) && !stream.text.startsWith(token, at)) {
      // The bytes of one character all come from it.
      const character = String.fromCodePoint(stream.text.codePointAt(at) ?? 0);
      bytes += 1;
      end = Math.min(at + character.length, stream.text.length);
      pieces.push(piece(parts, index, stream, at, end, inner));
      if (bytes < Buffer.byteLength(character)) continue;
    } else {
      const surface = surfaceOf(token, spelling);
      if (surface !== '') {
        const skipped = token === spelling.unknown ? null : gapBefore(surface, stream.text, at);
        if (stream.text.startsWith(surface, at)) end = at + surface.length;
        else if (skipped === null) end = unknownEnd(parts.tokens, index, stream, at, spelling);
        else {
          at += skipped;
          end = at + surface.length;
        }
      }
      pieces.push(piece(parts, index, stream, at, end, inner));
    }
    bytes = 0;
    at = end;
  }
  return pieces;
}

/** A normalized text without its spaces; `from` and `to` say for each of its characters which part of the text it comes from. */
interface Stream {
  readonly text: string;
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** Where words begin. */
  readonly starts: ReadonlySet<number>;
  /** Characters of the text, for an end at its end. */
  readonly length: number;
}

/** How tokens are written. */
interface Spelling {
  /** Bytes are written as printable characters (GPT-2, RoBERTa). */
  readonly byteLevel: boolean;
  /** What continues a word begins with it (`##`); empty when there is none. */
  readonly prefix: string;
  /** What a token that ends a word ends with (`</w>`); empty when there is none. */
  readonly suffix: string;
  readonly unknown: string | null;
}

function spellingOf({ json, config }: TokenizerParts): Spelling {
  const model = own(json, 'model');
  const byteLevel =
    hasPart(own(json, 'pre_tokenizer'), 'ByteLevel') || hasPart(own(json, 'decoder'), 'ByteLevel');
  const prefix = own(model, 'continuing_subword_prefix');
  const suffix = own(model, 'end_of_word_suffix');
  const unknown = own(config, 'unk_token') ?? own(model, 'unk_token');
  const content = own(unknown, 'content') ?? unknown;
  return {
    byteLevel,
    prefix: typeof prefix === 'string' ? prefix : '',
    suffix: typeof suffix === 'string' ? suffix : '',
    unknown: typeof content === 'string' ? content : null,
  };
}

/** Whether a token continues a word, as its prefix says. */
function isInner(token: string, { prefix }: Spelling): boolean {
  return prefix !== '' && token.length > prefix.length && token.startsWith(prefix);
}

/** A token without the marks that are not in the text. */
function surfaceOf(token: string, spelling: Spelling): string {
  const { prefix, suffix, byteLevel } = spelling;
  let rest = isInner(token, spelling) ? token.slice(prefix.length) : token;
  if (suffix !== '' && rest.endsWith(suffix)) rest = rest.slice(0, -suffix.length);
  return withoutSpaces(rest, byteLevel);
}

/** How many characters before a token the tokenizer has dropped; null when it is not near. Short ones may stand anywhere. */
function gapBefore(surface: string, text: string, at: number): number | null {
  const reach = surface.length < 3 ? 2 : REACH;
  const found = text.slice(at, at + surface.length + reach).indexOf(surface);
  return found === -1 ? null : found;
}

/** Whether a part of tokenizer.json, or a part of its sequence, is of a type. */
function hasPart(part: unknown, type: string): boolean {
  if (!isMapping(part)) return false;
  if (own(part, 'type') === type) return true;
  return ['pretokenizers', 'decoders', 'normalizers'].some((key) => {
    const inner = own(part, key);
    return Array.isArray(inner) && inner.slice(0, 20).some((one) => own(one, 'type') === type);
  });
}

/** The printable characters that stand for space, tab, line feed and carriage return in byte-level tokens. */
const BYTE_SPACES = /[ĠĉĊč]/g;
const ASCII_SPACES = /[ \t\n\r]/g;

function withoutSpaces(text: string, byteLevel: boolean): string {
  return byteLevel ? text.replace(BYTE_SPACES, '') : text.replace(/\s/g, '').replaceAll(META_SPACE, '');
}

/** The characters that stand for bytes: printable Latin-1 as it is, the others from 256 on (encoder.py of GPT-2). */
const BYTE_CHARACTERS: readonly string[] = (() => {
  const characters: string[] = [];
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
    characters.push(String.fromCharCode(printable ? byte : next++));
  }
  return characters;
})();

function inBytes(text: string): string {
  return Array.from(Buffer.from(text), (byte) => BYTE_CHARACTERS[byte] ?? '').join('');
}

function streamOf(text: string, parts: TokenizerParts, { byteLevel }: Spelling): Stream {
  const from: number[] = [];
  const to: number[] = [];
  const starts = new Set<number>([0]);
  const known = new Map<string, string>();
  let all = '';
  const add = (content: string, start: number, end: number) => {
    for (let index = 0; index < content.length; index++) {
      from.push(start);
      to.push(end);
    }
    all += content;
  };
  for (const { content, start, added } of sections(text, parts.json)) {
    starts.add(all.length);
    if (added) {
      add(content, start, start + content.length);
      starts.add(all.length);
      continue;
    }
    const begin = all.length;
    for (const match of content.matchAll(CLUSTER)) {
      const [cluster] = match;
      let plain = known.get(cluster);
      if (plain === undefined) {
        const normal = normalized(cluster, parts);
        plain = byteLevel ? inBytes(normal.replace(ASCII_SPACES, '')) : withoutSpaces(normal, false);
        known.set(cluster, plain);
      }
      if (plain === '' && /\s/.test(cluster)) starts.add(all.length);
      add(plain, start + match.index, start + match.index + cluster.length);
    }
    markWords(content, parts, byteLevel, all, begin, starts);
  }
  return { text: all, from, to, starts, length: text.length };
}

/** Adds where the tokenizer begins words, beyond those after a space. */
function markWords(
  content: string,
  parts: TokenizerParts,
  byteLevel: boolean,
  stream: string,
  begin: number,
  starts: Set<number>,
): void {
  if (parts.preTokenize === null) return;
  let words: readonly string[];
  try {
    words = parts.preTokenize(normalized(content, parts));
  } catch {
    return;
  }
  let at = begin;
  for (const word of words) {
    const plain = withoutSpaces(word, byteLevel);
    if (plain === '') continue;
    const found = stream.slice(at, at + plain.length + REACH).indexOf(plain);
    if (found === -1) continue;
    starts.add(at + found);
    at += found + plain.length;
    starts.add(at);
  }
}

function normalized(text: string, { normalize, config }: TokenizerParts): string {
  const folded =
    own(config, 'do_lowercase_and_remove_accent') === true ? text.toLowerCase().replace(/\p{M}/gu, '') : text;
  if (normalize === null) return folded;
  try {
    return normalize(folded);
  } catch {
    return folded;
  }
}

interface Section {
  readonly content: string;
  readonly start: number;
  /** It is a token as it stands, such as `[MASK]`. */
  readonly added: boolean;
}

/** Cuts a text at the added tokens of tokenizer.json, which are not normalized. */
function sections(text: string, json: unknown): readonly Section[] {
  const list = own(json, 'added_tokens');
  const tokens = (Array.isArray(list) ? list : [])
    .map((token: unknown) => own(token, 'content'))
    .filter(
      (content): content is string => typeof content === 'string' && content !== '' && text.includes(content),
    )
    .sort((a, b) => b.length - a.length);
  const found: Section[] = [];
  let start = 0;
  const push = (end: number) => {
    if (end > start) found.push({ content: text.slice(start, end), start, added: false });
  };
  for (let at = 0; tokens.length > 0 && at < text.length; ) {
    const token = tokens.find((one) => text.startsWith(one, at));
    if (token === undefined) {
      at += 1;
      continue;
    }
    push(at);
    found.push({ content: token, start: at, added: true });
    at += token.length;
    start = at;
  }
  push(text.length);
  return found;
}

/** Where an unknown token ends: at the next known token of its word, else at the end of the word. */
function unknownEnd(
  tokens: readonly string[],
  index: number,
  { text, starts }: Stream,
  at: number,
  spelling: Spelling,
): number {
  let wordEnd = at + 1;
  while (wordEnd < text.length && !starts.has(wordEnd)) wordEnd += 1;
  const next = tokens[index + 1];
  const surface = next === undefined || next === spelling.unknown ? '' : surfaceOf(next, spelling);
  const found = surface === '' ? -1 : text.slice(at + 1, wordEnd + surface.length).indexOf(surface);
  return Math.min(found === -1 ? wordEnd : at + 1 + found, text.length);
}

function piece(
  { tokens, ids }: TokenizerParts,
  index: number,
  { from, to, starts, length }: Stream,
  at: number,
  end: number,
  inner: boolean,
): Piece {
  const start = from[at] ?? length;
  return {
    token: tokens[index] ?? '',
    id: ids[index] ?? 0,
    start,
    end: end > at ? (to[end - 1] ?? length) : start,
    startsWord: starts.has(at) && !inner,
  };
}
