import { basename } from 'node:path';
import type { Card, Metadata } from '../card/card.js';
import { parseYamlFile } from '../card/yaml-file.js';
import { isMapping, own } from '../mapping.js';
import { readJson, readJsonFile } from '../repo/json-file.js';
import { rootLicenses } from '../repo/license-files.js';
import type { Repo, RepoFile } from '../repo/repo.js';
import { readSurroundings, type Surroundings } from '../repo/surroundings.js';
import { type GgufHead, readGgufHead } from './gguf.js';

/** What the files of a repository say about the model, read once; everything made of it is pure. */
export interface Sources extends Surroundings {
  readonly files: readonly RepoFile[];
  /** The model's own name: of its folder, or of the repository on the Hub it is a clone of. */
  readonly name: string;
  /** JSON objects at the root, by file name; those that are missing or cannot be read are left out. */
  readonly json: ReadonlyMap<JsonName, Metadata>;
  /** YAML mappings at the root, by file name, likewise. */
  readonly yaml: ReadonlyMap<string, Metadata>;
  /** Texts of license files at the root, by file name. */
  readonly licenses: ReadonlyMap<string, string>;
  readonly gguf: { readonly path: string; readonly head: GgufHead } | null;
  /** `__metadata__` of a safetensors file. */
  readonly safetensors: { readonly path: string; readonly metadata: Metadata } | null;
}

const JSON_NAMES = [
  'config_sentence_transformers.json',
  'trainer_state.json',
  'training_params.json',
  'eval_results.json',
  'all_results.json',
] as const;

/** Files with a JSON object that tell something about the model. */
export type JsonName = (typeof JSON_NAMES)[number];

/** mergekit writes the first; axolotl’s settings have no fixed name. */
const YAML_NAMES = /^(?:mergekit_config|axolotl|axolotl_config)\.ya?ml$/;

/** Limits in bytes: a settings file, a license; the head of a GGUF file without and with its vocabulary. */
const MAX_TEXT = 1024 * 1024;
const GGUF_HEAD = 256 * 1024;
const GGUF_WITH_VOCABULARY = 24 * 1024 * 1024;
const MAX_SAFETENSORS_HEAD = 4 * 1024 * 1024;

/** Most license files that are read. */
const MAX_LICENSES = 10;

/** Reads what the files tell. Faulty and missing files are as if absent. Throws `RepoError`. */
export async function readSources(repo: Repo, card: Card, files: readonly RepoFile[]): Promise<Sources> {
  const listed = new Set(files.map(({ path }) => path));
  const atRoot = files.filter(({ path }) => !path.includes('/'));
  const matching = (name: RegExp) => atRoot.map(({ path }) => path).filter((path) => name.test(path));
  const [surroundings, json, yaml, licenses, gguf, safetensors] = await Promise.all([
    readSurroundings(repo, card, files),
    collect(
      JSON_NAMES.filter((name) => listed.has(name)),
      async (name) => {
        const reading = await readJsonFile(repo, name);
        return reading?.kind === 'value' && isMapping(reading.value) ? reading.value : undefined;
      },
    ),
    collect(matching(YAML_NAMES), async (name) => {
      const text = await readText(repo, name);
      const reading = text === undefined ? undefined : parseYamlFile(name, text).reading;
      return reading?.kind === 'value' && isMapping(reading.value) ? reading.value : undefined;
    }),
    collect(rootLicenses(files).slice(0, MAX_LICENSES), (name) => readText(repo, name)),
    readGguf(repo, atRoot),
    readSafetensors(repo, atRoot),
  ]);
  const { repoId } = surroundings;
  return {
    ...surroundings,
    files,
    name: repoId?.slice(repoId.indexOf('/') + 1) ?? basename(repo.root ?? ''),
    json,
    yaml,
    licenses,
    gguf,
    safetensors,
  };
}

async function collect<K extends string, V>(
  names: readonly K[],
  read: (name: K) => Promise<V | undefined>,
): Promise<ReadonlyMap<K, V>> {
  const found = await Promise.all(names.map(async (name) => [name, await read(name)] as const));
  return new Map(found.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

async function readText(repo: Repo, path: string): Promise<string | undefined> {
  const bytes = await repo.read(path, MAX_TEXT + 1);
  return bytes === null || bytes.byteLength > MAX_TEXT ? undefined : new TextDecoder().decode(bytes);
}

/** The head of the model’s GGUF file: of several quantizations any tells the same; projectors and later shards do not. */
async function readGguf(repo: Repo, atRoot: readonly RepoFile[]): Promise<Sources['gguf']> {
  const file = atRoot.find(
    ({ path }) => path.endsWith('.gguf') && !/mmproj|-(?!00001)\d{5}-of-\d{5}\.gguf$/i.test(path),
  );
  if (file === undefined) return null;
  const { path } = file;
  for (const length of [GGUF_HEAD, GGUF_WITH_VOCABULARY]) {
    const bytes = await repo.readRange(path, 0, length);
    const head = bytes === null ? null : readGgufHead(bytes);
    if (head === null) return null;
    // The chat template, which is of interest, stands behind the vocabulary.
    if (head.complete || length === GGUF_WITH_VOCABULARY || file.size <= length) return { path, head };
  }
  return null;
}

async function readSafetensors(repo: Repo, atRoot: readonly RepoFile[]): Promise<Sources['safetensors']> {
  const path = atRoot.find((file) => file.path.endsWith('.safetensors'))?.path;
  if (path === undefined) return null;
  const start = await repo.readRange(path, 0, 8);
  if (start === null || start.byteLength < 8) return null;
  const length = Number(new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true));
  if (length > MAX_SAFETENSORS_HEAD) return null;
  const text = new TextDecoder().decode((await repo.readRange(path, 8, length)) ?? new Uint8Array());
  const reading = readJson(text);
  const metadata = reading.kind === 'value' ? own(reading.value, '__metadata__') : undefined;
  return isMapping(metadata) ? { path, metadata } : null;
}
