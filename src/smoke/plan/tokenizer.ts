import type { Repo, RepoFile } from '../../repo/repo.js';
import {
  BrokenTokenizerError,
  findRecipe,
  piecesFile,
  refusePieces,
  type TokenizerRecipe,
} from '../../tokenizers/index.js';
import type { SmokeCheck } from '../report.js';
import { findPointer } from './files.js';

/** Where a tokenizer comes from that has no tokenizer.json. */
export type PlannedTokenizer =
  | {
      readonly kind: 'built';
      readonly recipe: TokenizerRecipe;
      readonly files: readonly RepoFile[];
      readonly check: SmokeCheck;
    }
  /** A sentence why not; `fault` when that is the fault of the repository. */
  | { readonly kind: 'none'; readonly reason: string; readonly fault: boolean };

/** Largest file of a vocabulary that is read, in bytes; the largest there are have 20 MB. */
const MAX_VOCABULARY_BYTES = 32 * 1024 * 1024;
const REMEDY = 'Save the fast tokenizer with `tokenizer.save_pretrained(folder)`.';

/** Finds what a tokenizer is built of; null when there is nothing of one. Throws `RepoError`. */
export async function planTokenizer(
  repo: Repo,
  files: ReadonlyMap<string, RepoFile>,
  tokenizerConfig: unknown,
  config: unknown,
): Promise<PlannedTokenizer | null> {
  const found = findRecipe(new Set(files.keys()), tokenizerConfig, config);
  if (found.kind === 'nothing') return null;
  const none = (reason: string, fault = false): PlannedTokenizer => ({ kind: 'none', reason, fault });
  const cannot = (reason: string) =>
    none(`There is no tokenizer.json, and the tokenizer cannot be built: ${reason}. ${REMEDY}`);
  if (found.kind === 'unsupported') return cannot(found.reason);
  const { recipe } = found;
  const parts = recipe.files.flatMap((path) => files.get(path) ?? []);
  const large = parts.find(({ size }) => size > MAX_VOCABULARY_BYTES);
  if (large !== undefined) return cannot(`${large.path} has ${large.size} bytes`);
  const pointer = await findPointer(repo, parts);
  if (pointer !== null) return none(pointer, true);
  const pieces = piecesFile(recipe);
  if (pieces !== null) {
    const bytes = await repo.read(pieces, MAX_VOCABULARY_BYTES);
    try {
      const refused = bytes === null ? null : refusePieces(recipe, pieces, bytes);
      if (refused !== null) return cannot(`${pieces}: ${refused}`);
    } catch (error) {
      if (error instanceof BrokenTokenizerError) return none(error.message, true);
      throw error;
    }
  }
  return {
    kind: 'built',
    recipe,
    files: parts,
    check: {
      id: 'tokenizer',
      status: 'passed',
      message: `There is no tokenizer.json; the tokenizer is built as a ${recipe.className} from ${recipe.files.join(' and ')}.`,
    },
  };
}
