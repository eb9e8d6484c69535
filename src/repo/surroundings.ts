import type { Card, Metadata } from '../card/card.js';
import { parseYamlFile, type YamlFile } from '../card/yaml-file.js';
import type { HubFacts } from '../hub/facts.js';
import { isMapping } from '../mapping.js';
import type { Medium } from '../media/medium.js';
import { readMedia } from '../media/read.js';
import type { WeightFault } from '../safetensors/weight-fault.js';
import { hubIdOf } from './hub-id.js';
import { type BrokenJson, readJsonFile } from './json-file.js';
import type { Repo, RepoFile } from './repo.js';

/** What is known of the repository around its card, read beforehand so that rules and verdict stay pure. */
export interface Surroundings {
  /** Files of the repository; null when unknown. */
  readonly files: readonly RepoFile[] | null;
  /** config.json; null when it is missing, unreadable, no JSON object, or was not looked for. */
  readonly modelConfig: Metadata | null;
  /** tokenizer_config.json, likewise. */
  readonly tokenizerConfig: Metadata | null;
  /** adapter_config.json of PEFT, likewise. */
  readonly adapterConfig: Metadata | null;
  /** model_index.json of diffusers, likewise. */
  readonly modelIndex: Metadata | null;
  /** Those of the four that are there and hold no JSON object. */
  readonly brokenJson: readonly BrokenJsonFile[];
  /** Id of the repository on the Hub, of which a folder may be a clone; null when unknown. */
  readonly repoId: string | null;
  /** .gitattributes; null when there is none, or it was not looked for. */
  readonly gitAttributes: string | null;
  /** The files `.eval_results/*.yaml`, sorted by path. */
  readonly evalResults: readonly YamlFile[];
  /** Images, audio and video of the repository that the card's widget examples name, by path. */
  readonly media: ReadonlyMap<string, Medium>;
  /** What the heads of safetensors files show to be wrong; empty too where there are none, or where they were not looked at. */
  readonly weightFaults: readonly WeightFault[];
  /** What the Hub answered about the card; null when it was not asked. */
  readonly hubFacts: HubFacts | null;
}

/** A JSON file that says nothing, and why. */
export interface BrokenJsonFile {
  /** Repository-relative. */
  readonly path: string;
  readonly broken: BrokenJson | { readonly kind: 'no-object'; readonly value: unknown };
}

/** Nothing is known but the card. */
export const NO_SURROUNDINGS: Surroundings = {
  files: null,
  modelConfig: null,
  tokenizerConfig: null,
  adapterConfig: null,
  modelIndex: null,
  brokenJson: [],
  repoId: null,
  gitAttributes: null,
  evalResults: [],
  media: new Map(),
  weightFaults: [],
  hubFacts: null,
};

const WEIGHTS = /\.safetensors(?:\.index\.json)?$/;

/** Largest `.gitattributes` or evaluation result that is read, in bytes. */
const MAX_TEXT_BYTES = 1024 * 1024;

/** Most evaluation results that are read. */
const MAX_EVAL_RESULTS = 1000;

/** Whether a path is that of a file of evaluation results: `.eval_results/*.yaml`; `.yml` is read too, to say so. */
export function isEvalResult(path: string): boolean {
  return /^\.eval_results\/[^/]+\.ya?ml$/.test(path);
}

/** The texts around the card that findings can point into, by repository-relative path. */
export function textsAround({
  evalResults,
  gitAttributes,
  brokenJson,
}: Pick<Surroundings, 'evalResults' | 'gitAttributes' | 'brokenJson'>): ReadonlyMap<string, string> {
  return new Map([
    ...evalResults.map(({ path, text }) => [path, text] as const),
    ...(gitAttributes === null ? [] : [['.gitattributes', gitAttributes] as const]),
    ...brokenJson.flatMap(({ path, broken }) =>
      broken.kind === 'syntax' ? [[path, broken.text] as const] : [],
    ),
  ]);
}

/** Reads what lies around the card. Files that are missing or unreadable as text are as if absent. Throws `RepoError`. */
export async function readSurroundings(
  repo: Repo,
  card: Card,
  files: readonly RepoFile[] | null,
): Promise<Surroundings> {
  const listed = new Set(files?.map((file) => file.path));
  const brokenJson: BrokenJsonFile[] = [];
  const json = async (path: string): Promise<Metadata | null> => {
    const reading = listed.has(path) ? await readJsonFile(repo, path) : null;
    if (reading === null) return null;
    if (reading.kind === 'value') {
      const { value } = reading;
      if (isMapping(value)) return value;
      brokenJson.push({ path, broken: { kind: 'no-object', value } });
    } else brokenJson.push({ path, broken: reading });
    return null;
  };
  const config = json('config.json');
  const results = [...listed].filter(isEvalResult).slice(0, MAX_EVAL_RESULTS);
  const [
    modelConfig,
    tokenizerConfig,
    adapterConfig,
    modelIndex,
    repoId,
    gitAttributes,
    evalResults,
    media,
    weightFaults,
  ] = await Promise.all([
    config,
    json('tokenizer_config.json'),
    json('adapter_config.json'),
    json('model_index.json'),
    hubIdOf(repo),
    listed.has('.gitattributes') ? readText(repo, '.gitattributes') : null,
    Promise.all(
      results.map(async (path) => {
        const text = await readText(repo, path);
        return text === null ? [] : [parseYamlFile(path, text)];
      }),
    ),
    readMedia(repo, card, files),
    weightFaultsOf(repo, files, config, {
      adapter: listed.has('adapter_config.json'),
      vectors: listed.has('modules.json') || card.metadata?.library_name === 'sentence-transformers',
    }),
  ]);
  return {
    files,
    modelConfig,
    tokenizerConfig,
    adapterConfig,
    modelIndex,
    brokenJson: brokenJson.sort((one, other) => (one.path < other.path ? -1 : 1)),
    repoId,
    gitAttributes,
    evalResults: evalResults.flat(),
    media,
    weightFaults,
    hubFacts: null,
  };
}

/** What reads weights is loaded only where there are some. */
async function weightFaultsOf(
  repo: Repo,
  files: readonly RepoFile[] | null,
  config: Promise<Metadata | null>,
  around: { readonly adapter: boolean; readonly vectors: boolean },
): Promise<readonly WeightFault[]> {
  if (files === null || !files.some(({ path }) => WEIGHTS.test(path))) return [];
  const { readWeightFaults } = await import('../safetensors/weight-faults.js');
  return readWeightFaults(repo, files, { config: await config, ...around });
}

async function readText(repo: Repo, path: string): Promise<string | null> {
  const bytes = await repo.read(path, MAX_TEXT_BYTES + 1);
  if (bytes === null || bytes.byteLength > MAX_TEXT_BYTES) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
