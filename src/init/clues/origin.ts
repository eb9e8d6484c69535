import { HUB_URL, looksLocal, REPO_ID } from '../../hub/repo-id.js';
import { isMapping, own } from '../../mapping.js';
import type { Certainty, Clue } from '../clue.js';
import type { Sources } from '../sources.js';

/** Where the model comes from: base models, how it relates to them, and the data it was trained on. */
export function originClues(sources: Sources): readonly Clue[] {
  return [
    ...(adapter(sources) ?? merge(sources) ?? training(sources) ?? gguf(sources) ?? config(sources) ?? []),
  ];
}

function base(ids: readonly string[], certainty: Certainty, evidence: string): Clue {
  return { key: 'base_model', value: ids.length === 1 ? (ids[0] ?? '') : ids, certainty, evidence };
}

function relation(value: 'adapter' | 'merge' | 'quantized', evidence: string): Clue {
  return { key: 'base_model_relation', value, certainty: 'told', evidence };
}

function adapter({ adapterConfig }: Sources): readonly Clue[] | undefined {
  if (adapterConfig === null) return undefined;
  const id = hubId(own(adapterConfig, 'base_model_name_or_path'));
  if (id === undefined) return [];
  const evidence = 'base_model_name_or_path in adapter_config.json';
  return [base([id], 'told', evidence), relation('adapter', 'adapter_config.json')];
}

/** The models of a merge, as mergekit names them: one each, in slices, or as base. */
function merge({ yaml }: Sources): readonly Clue[] | undefined {
  const entry = [...yaml].find(([path]) => path.startsWith('mergekit'));
  if (entry === undefined) return undefined;
  const [path, settings] = entry;
  const named: unknown[] = [own(settings, 'base_model')];
  const addModels = (list: unknown) => {
    if (Array.isArray(list)) for (const item of list.slice(0, MOST)) named.push(own(item, 'model'));
  };
  addModels(own(settings, 'models'));
  const slices = own(settings, 'slices');
  if (Array.isArray(slices)) for (const slice of slices.slice(0, MOST)) addModels(own(slice, 'sources'));
  const present = named.filter((model) => model !== undefined && model !== null);
  const ids = distinct(
    present.map((model) => hubId(isMapping(model) ? own(own(model, 'model'), 'path') : model)),
  );
  if (ids.length === 0) return [];
  return [base(ids, 'told', `the models in ${path}`), ...(ids.length > 1 ? [relation('merge', path)] : [])];
}

/** Most models, slices or data sets of one list that are looked at. */
const MOST = 100;

/** Settings of a training run that were left beside the model: AutoTrain and axolotl. */
function training({ json, yaml }: Sources): readonly Clue[] | undefined {
  const autotrain = json.get('training_params.json');
  const axolotl = [...yaml].find(([path]) => path.startsWith('axolotl'));
  const clues: Clue[] = [];
  if (autotrain !== undefined) {
    const path = 'training_params.json';
    const id = hubId(own(autotrain, 'model'));
    if (id !== undefined) clues.push(base([id], 'told', `model in ${path}`));
    clues.push(...datasets([own(autotrain, 'data_path')], `data_path in ${path}`));
  } else if (axolotl !== undefined) {
    const [path, settings] = axolotl;
    const id = hubId(own(settings, 'base_model'));
    if (id !== undefined) clues.push(base([id], 'told', `base_model in ${path}`));
    const sets = own(settings, 'datasets');
    const paths = Array.isArray(sets) ? sets.slice(0, MOST).map((set: unknown) => own(set, 'path')) : [];
    clues.push(...datasets(paths, `datasets in ${path}`));
  }
  return clues.length === 0 ? undefined : clues;
}

/** Nothing when one of several data sets is no id: half of the truth would be said. */
function datasets(paths: readonly unknown[], evidence: string): readonly Clue[] {
  const ids = paths.map(hubId);
  if (ids.length === 0 || ids.includes(undefined)) return [];
  return [{ key: 'datasets', value: distinct(ids), certainty: 'told', evidence }];
}

/** What the converter wrote into the head: the model it converted, else the parents that model's card named. */
function gguf({ gguf: file }: Sources): readonly Clue[] | undefined {
  if (file === null) return undefined;
  const { path, head } = file;
  const clues: Clue[] = [];
  const source = idOfUrl(head.values.get('general.source.repo_url') ?? head.values.get('general.source.url'));
  const parents = numbered(file, 'general.base_model');
  if (source !== undefined) {
    clues.push(base([source], 'told', `general.source in ${path}`), relation('quantized', path));
  } else if (parents.length > 0) {
    clues.push(base(parents, 'told', `general.base_model in ${path}`));
  }
  const sets = numbered(file, 'general.dataset');
  if (sets.length > 0) {
    clues.push({ key: 'datasets', value: sets, certainty: 'told', evidence: `general.dataset in ${path}` });
  }
  return clues.length === 0 ? undefined : clues;
}

function numbered({ head }: NonNullable<Sources['gguf']>, prefix: string): readonly string[] {
  const count = head.values.get(`${prefix}.count`);
  const ids: (string | undefined)[] = [];
  for (let index = 0; index < Math.min(typeof count === 'number' ? count : 0, MOST); index++) {
    ids.push(idOfUrl(head.values.get(`${prefix}.${index}.repo_url`)));
  }
  return ids.includes(undefined) ? [] : distinct(ids);
}

/**
 * `_name_or_path` of config.json is where the configuration was loaded from: the base of a fine-tuned model, or the model's
 * own name.
 */
function config({ modelConfig, repoId }: Sources): readonly Clue[] | undefined {
  const id = hubId(own(modelConfig, '_name_or_path'));
  // A name without an owner may be any folder.
  if (id === undefined || !id.includes('/') || id === repoId) return undefined;
  return [base([id], 'guess', '_name_or_path in config.json')];
}

/** A value as an id of the Hub; undefined for anything else, such as a path on someone's disk. */
function hubId(value: unknown): string | undefined {
  return typeof value === 'string' &&
    value.length <= 200 &&
    REPO_ID.test(value) &&
    !looksLocal(value) &&
    !value.includes('..')
    ? value
    : undefined;
}

function idOfUrl(value: unknown): string | undefined {
  return typeof value === 'string' ? hubId(HUB_URL.exec(value)?.[2]) : undefined;
}

function distinct(ids: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(ids)].filter((id) => id !== undefined);
}
