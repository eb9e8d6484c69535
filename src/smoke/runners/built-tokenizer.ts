import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMapping } from '../../mapping.js';
import { normalizerOf } from '../../tokenizers/charsmap.js';
import { type BuiltTokenizer, buildTokenizer, TOKENIZER_SETTINGS } from '../../tokenizers/index.js';
import { parseJsonFile } from '../json.js';
import type { InferenceJob } from '../protocol.js';
import type { Transformers } from './parts.js';

const built = new WeakMap<InferenceJob, BuiltTokenizer>();

/**
 * The tokenizer of a job that has no tokenizer.json; null where it has one. Throws `BrokenTokenizerError` and `BrokenJsonError`.
 */
export function builtTokenizer(job: InferenceJob): BuiltTokenizer | null {
  if (job.tokenizer === undefined) return null;
  const known = built.get(job);
  if (known !== undefined) return known;
  const read = (path: string) => readFileSync(join(job.root, path));
  const json = (path: string): unknown => {
    let text: string;
    try {
      text = read(path).toString('utf8');
    } catch {
      return null;
    }
    return parseJsonFile(path, text);
  };
  const [map, added] = TOKENIZER_SETTINGS.map(json);
  const config = json('tokenizer_config.json');
  const made = buildTokenizer(job.tokenizer, {
    config: isMapping(config) ? config : null,
    map,
    added,
    bytes: new Map(job.tokenizer.files.map((path) => [path, new Uint8Array(read(path))])),
    ...(job.tokenizer.files.includes('vocab.json') ? { vocabulary: json('vocab.json') } : {}),
  });
  built.set(job, made);
  return made;
}

/** The parts of transformers.js’s tokenizer that are put right. */
interface Inner {
  readonly normalizer: Normalizer | null;
  readonly model: {
    unk_score?: number;
    readonly unk_token_id?: number;
    readonly unk_token?: string;
    readonly scores?: number[];
    readonly vocab: string[];
    readonly tokens_to_ids: Map<string, number>;
    readonly trie?: { push(text: string): void };
    encode(tokens: readonly string[]): readonly string[];
  };
}

interface Normalizer {
  readonly charsmap?: string | null;
  readonly normalizers?: readonly (Normalizer | null)[];
  normalize(text: string): string;
}

/** Makes a tokenizer with a class of transformers.js. */
export function constructTokenizer(transformers: Transformers, made: BuiltTokenizer): unknown {
  const Class = transformers[made.className];
  const tokenizer: unknown = Reflect.construct(
    typeof Class === 'function' ? Class : transformers.PreTrainedTokenizer,
    [made.json, made.config],
  );
  const { normalizer, model } = (tokenizer as { readonly _tokenizer: Inner })._tokenizer;
  if (made.charsmap !== undefined) {
    // transformers.js has NFKC for every table.
    const exact = normalizerOf(made.charsmap, made.whole);
    for (const part of [normalizer, ...(normalizer?.normalizers ?? [])]) {
      if (typeof part?.charsmap === 'string') part.normalize = exact;
    }
  }
  if (made.unknownScore !== undefined && model.scores !== undefined && model.unk_token_id !== undefined) {
    // It counts scores that are no pieces’ too.
    model.unk_score = made.unknownScore;
    model.scores[model.unk_token_id] = made.unknownScore;
  }
  if (made.unknownPieces.length > 0) addUnknown(model, made.unknownPieces);
  return tokenizer;
}

/** Lets a text be cut into pieces that have no number: each becomes the unknown token. */
function addUnknown(model: Inner['model'], pieces: BuiltTokenizer['unknownPieces']): void {
  const unknown = new Set<string>();
  for (const [piece, score] of pieces) {
    const id = model.vocab.length;
    model.vocab.push(piece);
    model.scores?.push(score);
    model.tokens_to_ids.set(piece, id);
    model.trie?.push(piece);
    unknown.add(piece);
  }
  const encode = model.encode.bind(model);
  model.encode = (tokens) =>
    encode(tokens).map((piece) => (unknown.has(piece) ? (model.unk_token ?? piece) : piece));
}

/**
 * Has transformers.js take the tokenizer that is built wherever it would look for the one of the repository: nothing is
 * written to disk.
 */
export function provideTokenizer(transformers: Transformers, job: InferenceJob): unknown {
  const made = builtTokenizer(job);
  if (made === null) return null;
  const tokenizer = constructTokenizer(transformers, made);
  const { AutoTokenizer } = transformers;
  const load = AutoTokenizer.from_pretrained.bind(AutoTokenizer);
  AutoTokenizer.from_pretrained = (path, options) =>
    path === job.root ? Promise.resolve(tokenizer) : load(path, options);
  return tokenizer;
}
