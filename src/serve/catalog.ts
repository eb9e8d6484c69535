import { basename } from 'node:path';
import type { Card } from '../card/card.js';
import { parseCard } from '../card/parse.js';
import { UsageError } from '../errors.js';
import { own } from '../mapping.js';
import { preview } from '../preview.js';
import type { HubAccess } from '../repo/hub-fetch.js';
import { allowedRoots, openFolder } from '../repo/local.js';
import { isModelFolder, traitsOf } from '../repo/model-folder.js';
import { openRepo } from '../repo/open.js';
import { isPattern } from '../repo/pattern.js';
import { patternMeant } from '../repo/pattern-meant.js';
import type { Repo, RepoFile } from '../repo/repo.js';
import type { Report } from '../report/report.js';
import { bringFiles } from '../smoke/bring-files.js';
import { type PlannedVariant, planSmoke, type RunPlan, type SmokePlan } from '../smoke/plan/plan.js';
import { validateWithSources } from '../validate.js';
import { type FoundFolder, foldersOf } from './found-folders.js';

/** Where models are found. */
export interface CatalogOptions {
  /** Where relative paths begin. */
  readonly cwd: string;
  /** Never use the network: models on the Hub come from the cache. False when absent. */
  readonly offline?: boolean;
  /** How the Hub is reached; the public one, without a token, when absent. */
  readonly hub?: HubAccess;
}

/** A model that is served. */
export interface CatalogModel {
  /** The name that requests use; at most one slash. */
  readonly id: string;
  /** Findings and verdict. */
  readonly report: Report;
  /** Texts that findings have places in, by path; the card among them. */
  readonly sources: Readonly<Record<string, string>>;
  /** The card as it was read; of an empty text where there is none. */
  readonly card: Card;
  readonly repo: Repo;
  /** Real path of its folder where a pattern found it; null where it was named. */
  readonly place: string | null;
  readonly files: readonly RepoFile[] | null;
  /** Counts up when what a process has loaded is no longer what would be loaded now. */
  readonly revision: number;
  /** What would be loaded for a task; planned once. */
  plan(task: string): Promise<SmokePlan>;
  /** Brings the files of a variant here, and tells the folders that they may lie in. Throws the reason of `signal`. */
  bring(variant: PlannedVariant, signal: AbortSignal): Promise<readonly [string, ...string[]]>;
  /** Reads it anew; `changed` are paths of the repository. Throws `RepoError`. */
  again(changed: readonly string[]): Promise<CatalogModel>;
}

/** Models by id. */
export type Catalog = ReadonlyMap<string, CatalogModel>;

/**
 * Opens what is to be served: folders, patterns and models on the Hub. A folder is served by its own name, what a pattern finds by its
 * path below the place where the pattern begins, a model on the Hub by its id. Throws `UsageError` and `RepoError`.
 */
export async function openCatalog(
  targets: readonly string[],
  options: CatalogOptions,
): Promise<Map<string, CatalogModel>> {
  const models = new Map<string, CatalogModel>();
  const add = async (id: string, open: () => Promise<CatalogModel>) => {
    if (models.has(id)) {
      throw new UsageError('serve-twice', `Two of the models would be served as ${preview(id)}.`, {
        hint: 'Rename one of the folders, or serve them one at a time.',
      });
    }
    models.set(id, await open());
  };
  for (const target of targets) {
    if (isPattern(target)) {
      for (const found of await foldersOf(target, options.cwd)) {
        await add(found.id, () => openFound(found, options));
      }
    } else {
      const repo = await openRepo(target, options);
      const id = idOf(repo);
      if (repo.target.kind === 'folder' && repo.root !== null) await checkFolder(repo.root, target);
      await add(id, () => openModel({ id, repo, place: null, options, revision: 0 }));
    }
  }
  return models;
}

/** Opens what a pattern found; `revision` is that of none which was served by this id before. Throws `RepoError`. */
export async function openFound(
  { id, place, target }: FoundFolder,
  options: CatalogOptions,
  revision = 0,
): Promise<CatalogModel> {
  const repo = await openFolder(place, { kind: 'folder', path: target });
  return openModel({ id, repo, place, options, revision });
}

/** A folder of models, and any other, would be served as a model of which nothing is known. Throws `UsageError`. */
async function checkFolder(folder: string, target: string): Promise<void> {
  const traits = await traitsOf(folder);
  // A graph may lie alone, in onnx/.
  if (traits === null || isModelFolder(traits) || traits.folders.includes('onnx')) return;
  const pattern = await patternMeant(folder, target);
  throw new UsageError(
    'serve-no-model',
    `${preview(target)} is no model repository: it has neither a card with metadata nor files of a model.`,
    {
      hint:
        pattern === null
          ? 'Name the folder of a model repository, or a model on the Hub as org/name.'
          : `Name what lies in it: validate-card serve '${pattern}'`,
    },
  );
}

function idOf({ target, root }: Repo): string {
  return target.kind === 'hub' ? target.id : basename(root ?? '');
}

/** What a model is opened from. */
interface Opening extends Pick<CatalogModel, 'id' | 'repo' | 'place'> {
  readonly options: CatalogOptions;
  /** The one that it has, or had before. */
  readonly revision: number;
  /** Absent where it is opened for the first time. */
  readonly before?: Before;
}

/** A model as it was, and the paths of the repository that changed since. */
interface Before {
  readonly model: CatalogModel;
  readonly changed: readonly string[];
}

async function openModel(opening: Opening): Promise<CatalogModel> {
  const { id, repo, place, options, before } = opening;
  const files = await repo.list();
  const { report, sources } = await validateWithSources(repo, { ...options, online: false });
  const card = parseCard(sources[repo.cardPath] ?? '');
  const { metadata } = card;
  const anew = before !== undefined && loadsAnew(before, report, card);
  const revision = opening.revision + (anew ? 1 : 0);
  const plans = new Map<string, Promise<SmokePlan>>();
  const model: CatalogModel = {
    id,
    report,
    sources,
    card,
    repo,
    place,
    files,
    revision,
    plan(task) {
      let plan = plans.get(task);
      if (plan === undefined) {
        plan = planSmoke({ repo, files, task, metadata, inputs: [] });
        plans.set(task, plan);
        // A folder that cannot be read now may be there the next time.
        const forget = () => plans.delete(task);
        plan.then(({ kind }) => kind === 'fail' && forget(), forget);
      }
      return plan;
    },
    async bring(variant, signal) {
      const { repo: local } = await bringFiles(repo, files, [variant], { signal });
      if (local.root === null) throw new Error(`The files of ${id} are nowhere.`);
      return allowedRoots(local.root);
    },
    again: (changed) => openModel({ id, repo, place, options, revision, before: { model, changed } }),
  };
  return model;
}

/** Whether what a process has loaded may be something else now: a file changed, or what the card says of the task. */
function loadsAnew({ model, changed }: Before, { support }: Report, { metadata }: Card): boolean {
  const tags = (of: Card['metadata']) => JSON.stringify(own(of, 'tags'));
  return (
    changed.some((path) => path !== model.repo.cardPath) ||
    support.task.name !== taskOf(model) ||
    tags(metadata) !== tags(model.card.metadata)
  );
}

/** The task that a model is published for; null when none is known. */
export function taskOf({ report }: CatalogModel): string | null {
  return report.support.task.name;
}

/** The variant that is served: the most exact one that can be loaded. */
export function servedVariant({ variants }: RunPlan): PlannedVariant {
  return variants[0];
}
