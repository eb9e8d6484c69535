import { basename, relative, sep } from 'node:path';
import type { Card } from '../card/card.js';
import { parseCard } from '../card/parse.js';
import { UsageError } from '../errors.js';
import { own } from '../mapping.js';
import { preview } from '../preview.js';
import { findRepositories } from '../repo/find-repositories.js';
import { realpath } from '../repo/fs.js';
import type { HubAccess } from '../repo/hub-fetch.js';
import { allowedRoots } from '../repo/local.js';
import { openRepo } from '../repo/open.js';
import { isPattern, patternBase } from '../repo/pattern.js';
import type { Repo, RepoFile } from '../repo/repo.js';
import type { Report } from '../report/report.js';
import { bringFiles } from '../smoke/bring-files.js';
import { type PlannedVariant, planSmoke, type RunPlan, type SmokePlan } from '../smoke/plan/plan.js';
import { validateWithSources } from '../validate.js';

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
  readonly files: readonly RepoFile[] | null;
  /** Counts up when what a process has loaded is no longer what would be loaded now. */
  readonly revision: number;
  /** What would be loaded for a task; planned once. */
  plan(task: string): Promise<SmokePlan>;
  /** Brings the files of a variant here, and tells the folders that they may lie in. */
  bring(variant: PlannedVariant): Promise<readonly [string, ...string[]]>;
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
  for (const { target, base } of await expand(targets, options.cwd)) {
    const repo = await openRepo(target, options);
    const id = idOf(repo, base);
    if (models.has(id)) {
      throw new UsageError('serve-twice', `Two of the models would be served as ${preview(id)}.`, {
        hint: 'Rename one of the folders, or serve them one at a time.',
      });
    }
    models.set(id, await openModel(id, repo, options));
  }
  return models;
}

/** A target, and the folder that the pattern begins in which found it; null for what was named. */
interface Target {
  readonly target: string;
  readonly base: string | null;
}

async function expand(targets: readonly string[], cwd: string): Promise<readonly Target[]> {
  const found: Target[] = [];
  for (const target of targets) {
    if (!isPattern(target)) {
      found.push({ target, base: null });
      continue;
    }
    // First what matches: where the pattern begins in no folder, this says so.
    const matching = await findRepositories([target], { cwd });
    const base = await realpath(patternBase(target, cwd));
    for (const one of matching) found.push({ target: one, base });
  }
  return found;
}

function idOf({ target, root }: Repo, base: string | null): string {
  if (target.kind === 'hub') return target.id;
  const folder = root ?? '';
  return base === null ? basename(folder) : relative(base, folder).split(sep).slice(-2).join('/');
}

/** A model as it was, and the paths of the repository that changed since. */
interface Before {
  readonly model: CatalogModel;
  readonly changed: readonly string[];
}

async function openModel(
  id: string,
  repo: Repo,
  options: CatalogOptions,
  before?: Before,
): Promise<CatalogModel> {
  const files = await repo.list();
  const { report, sources } = await validateWithSources(repo, { ...options, online: false });
  const card = parseCard(sources[repo.cardPath] ?? '');
  const { metadata } = card;
  const plans = new Map<string, Promise<SmokePlan>>();
  const model: CatalogModel = {
    id,
    report,
    sources,
    card,
    repo,
    files,
    revision: before === undefined ? 0 : before.model.revision + (loadsAnew(before, report, card) ? 1 : 0),
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
    async bring(variant) {
      const { repo: local } = await bringFiles(repo, files, [variant], {});
      if (local.root === null) throw new Error(`The files of ${id} are nowhere.`);
      return allowedRoots(local.root);
    },
    again: (changed) => openModel(id, repo, options, { model, changed }),
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
