import { isMapping, own } from '../../mapping.js';
import { preview } from '../../preview.js';
import { MAX_CONFIG_BYTES } from '../../repo/json-file.js';
import type { Repo, RepoFile } from '../../repo/repo.js';
import { findTask, TASKS } from '../../tasks/index.js';
import type { Inference, ModelFacts, Task, Way } from '../../tasks/task.js';
import type { TokenizerRecipe } from '../../tokenizers/index.js';
import type { SmokeCheck } from '../report.js';
import type { RunnerName } from '../session.js';
import { findBaseModel } from './base-model.js';
import { type PlannedCase, planCases, type UnrunExample } from './cases.js';
import { findOutside, findPointer, readJson } from './files.js';
import { checkHeads } from './graph-checks.js';
import { type PlannedTokenizer, planTokenizer } from './tokenizer.js';
import { type ReadGraphs, type ReadVariant, readWay } from './ways.js';
import type { BuiltModel } from './weights.js';

/** What a smoke inference will do, settled before anything is loaded. */
export type SmokePlan = SkipPlan | FailPlan | RunPlan;

/** Nothing can be run, through no fault of the model; `reason` says what would make it testable. */
export interface SkipPlan {
  readonly kind: 'skip';
  readonly reason: string;
}

/** A fault that the files show without an inference. */
export interface FailPlan {
  readonly kind: 'fail';
  readonly reason: string;
  readonly runner: RunnerName | null;
  readonly files: readonly RepoFile[];
  readonly checks: readonly SmokeCheck[];
}

/** One set of graphs that is loaded and run. */
export interface PlannedVariant {
  /** Why it cannot be loaded, in a sentence; only of variants other than the first. */
  readonly fault?: string;
  /** Number type of the weights. */
  readonly dtype: string;
  /** Paths of the graphs, or of the GGUF file, by role. */
  readonly graphs: Readonly<Record<string, string>>;
  /** Number type of each graph, by role. */
  readonly dtypes: Readonly<Record<string, string>>;
  /** The graph, where it is no file but was built for the weights. */
  readonly built?: BuiltModel;
  /** Everything that is loaded. */
  readonly files: readonly RepoFile[];
  /** What its graphs show before they are loaded. */
  readonly checks: readonly SmokeCheck[];
}

/** An inference that can be run: what is loaded, what is asked, what was checked already. */
export interface RunPlan {
  readonly kind: 'run';
  readonly task: Task;
  readonly way: Way;
  readonly runner: RunnerName;
  /** The one with full precision first, to which the others are compared. */
  readonly variants: readonly [PlannedVariant, ...PlannedVariant[]];
  readonly config: Readonly<Record<string, unknown>> | null;
  /** What is known of the model, for tasks that read requests. */
  readonly model: ModelFacts;
  readonly cases: readonly PlannedCase[];
  /** Widget examples that are not run. */
  readonly unrun: readonly UnrunExample[];
  readonly probes: readonly Inference[];
  /** What was checked already. */
  readonly checks: readonly SmokeCheck[];
  /** JSON files that are checked before the model is loaded. */
  readonly json: readonly string[];
  /** What the tokenizer is built of, where there is no tokenizer.json. */
  readonly tokenizer?: TokenizerRecipe;
  /** Rows of the embedding, as the graph shows them; null when it does not. */
  readonly tokenRows: number | null;
}

/** What a plan is made from. */
export interface PlanInput {
  readonly repo: Repo;
  /** Null when they are unknown. */
  readonly files: readonly RepoFile[] | null;
  /** Pipeline tag; null when no task was detected. */
  readonly task: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  /** Inputs of the user, which take the place of the card’s examples. */
  readonly inputs: readonly unknown[];
  /** The variants of the graph to run, such as `q8`; all there are when absent. */
  readonly dtypes?: readonly string[];
}

/** JSON files that tasks look at while planning, where they exist. */
const SMALL_JSON = [
  'preprocessor_config.json',
  'generation_config.json',
  'tokenizer_config.json',
  'modules.json',
  '1_Pooling/config.json',
  'config_sentence_transformers.json',
  'sentence_bert_config.json',
  'model_index.json',
  'scheduler/scheduler_config.json',
  'text_encoder/config.json',
  'unet/config.json',
  'vae_decoder/config.json',
];
/** A check of the model after which an inference can only fail too, for a reason that says less. */
const DECISIVE: ReadonlySet<string> = new Set(['architecture', 'input-names', 'kv-cache', 'decoder-start']);
const TOKENIZER = 'tokenizer.json';
/** Files that a tokenizer does without that is built of its vocabulary. */
const OF_TOKENIZERS: ReadonlySet<string> = new Set([TOKENIZER, 'tokenizer_config.json']);
/** Files of a model or tokenizer that runtimes read by themselves where they exist, whether they are in the list or not. */
const READ_BY_RUNTIMES = [
  'config.json',
  'generation_config.json',
  'preprocessor_config.json',
  'processor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.json',
  'vocab.txt',
  'merges.txt',
  'chat_template.jinja',
  'chat_template.json',
];

/**
 * Decides what to run from the list of files and a few small reads: runner, graphs, variants, inputs. Finds the faults that
 * need no inference: missing files, Git LFS pointers instead of weights, broken JSON, a graph that is cut off.
 */
export async function planSmoke(input: PlanInput): Promise<SmokePlan> {
  const { repo, files } = input;
  if (input.task === null) {
    const tag = own(input.metadata, 'pipeline_tag');
    return skip(
      typeof tag === 'string'
        ? `pipeline_tag in the card is ${preview(tag)}, which is no task. Correct it to have the model run.`
        : 'No task was detected. Set pipeline_tag in the card to have the model run.',
    );
  }
  const task = findTask(input.task);
  if (task === undefined) {
    return skip(
      `There is no smoke inference for ${input.task} yet; the documentation lists the ${TASKS.size} tasks that have one.`,
    );
  }
  if (files === null)
    return skip('The files of the repository are unknown. Name its folder to have the model run.');
  if (repo.root === null && repo.download === undefined) {
    return skip('The files are not on this machine. Download the repository and name its folder.');
  }
  const byPath = new Map(files.map((file) => [file.path, file]));
  const config = await readJson(repo, byPath.get('config.json'));
  if (config.kind === 'broken') return fail(config.reason, null);
  const small = await readSmall(repo, byPath);
  if (small.kind === 'broken') return fail(small.reason, null);
  const base = await findBaseModel(repo, files);
  // An adapter is run as its base model is.
  const described = base?.kind === 'base' ? base.base.config : config.value;

  let refused: SkipPlan | FailPlan | undefined;
  for (const way of task.ways) {
    const read = await readWay(way, repo, files, described, input.dtypes, base);
    if (read.kind === 'none') {
      const refusal = read.fault
        ? fail(read.reason, read.runner ?? way.runner, read.files)
        : skip(read.reason);
      // A broken file is a fault, even where another way could do without it.
      if (read.fault && read.files.length > 0) return refusal;
      // What is wrong says more than what is missing.
      if (refused === undefined || (read.fault && refused.kind === 'skip')) refused = refusal;
      continue;
    }
    const model: ModelFacts = {
      config: isMapping(described) ? described : null,
      graph: read.facts.model ?? Object.values(read.facts).at(-1) ?? null,
      graphs: read.facts,
      json: small.json,
      files: new Set(byPath.keys()),
      tags: tagsOf(input.metadata),
      ...(read.variants[0].gguf === undefined ? {} : { gguf: read.variants[0].gguf }),
    };
    const unfit = way.unfit?.(model) ?? null;
    if (unfit === null) return planWay({ task, way, model, read, files: byPath }, input);
    // A way that could load what is there, but not run it, knows better than one that finds nothing.
    refused = skip(unfit);
  }
  return refused ?? skip(`Nothing runs ${task.tag} here.`);
}

function tagsOf(metadata: PlanInput['metadata']): readonly string[] {
  const tags = own(metadata, 'tags');
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}

function skip(reason: string): SkipPlan {
  return { kind: 'skip', reason };
}

function fail(
  reason: string,
  runner: RunnerName | null,
  files: readonly RepoFile[] = [],
  checks: readonly SmokeCheck[] = [],
): FailPlan {
  return { kind: 'fail', reason, runner, files, checks };
}

type Small =
  | { readonly kind: 'read'; readonly json: Readonly<Record<string, unknown>> }
  | { readonly kind: 'broken'; readonly reason: string };

async function readSmall(repo: Repo, byPath: ReadonlyMap<string, RepoFile>): Promise<Small> {
  const json: Record<string, unknown> = {};
  for (const path of SMALL_JSON) {
    const file = byPath.get(path);
    // A larger one is read by the runtime alone, and checked in the child process.
    if (file === undefined || file.size > MAX_CONFIG_BYTES) continue;
    const found = await readJson(repo, file);
    if (found.kind === 'broken') return found;
    json[path] = found.value;
  }
  return { kind: 'read', json };
}

/** A way whose graphs were found, for a task. */
interface Ready {
  readonly task: Task;
  readonly way: Way;
  readonly model: ModelFacts;
  readonly read: ReadGraphs;
  readonly files: ReadonlyMap<string, RepoFile>;
}

/** Finds what a way needs beside its graphs, and settles the cases. */
async function planWay(ready: Ready, { repo, inputs, metadata }: PlanInput): Promise<SmokePlan> {
  const { task, way, model, read, files } = ready;
  const [first, ...others] = read.variants;
  const runner = first.built === undefined ? way.runner : 'safetensors';
  const tokenizer = await tokenizerWithoutJson(ready, repo);
  const built = tokenizer?.kind === 'built' ? tokenizer : null;
  const needed = [...way.needs.flatMap(({ path }) => files.get(path) ?? []), ...(built?.files ?? [])];
  const loaded = [...first.files, ...needed];
  const checks = [
    ...settle(task.checkModel(model), checkHeads(first, model, way)),
    ...(built === null ? [] : [built.check]),
  ];
  // What another task would need is not missing.
  const hopeless = checks.find(({ id, status }) => status === 'failed' && DECISIVE.has(id));
  if (hopeless !== undefined) return fail(hopeless.message, runner, loaded, checks);
  for (const { path, remedy } of way.needs) {
    if (files.has(path) || (built !== null && OF_TOKENIZERS.has(path))) continue;
    if (first.built?.base !== undefined) {
      if (path === 'config.json') continue;
      return skip(
        `${path} is missing beside the adapter. Upload the tokenizer of its base model, too, to have it run.`,
      );
    }
    if (path === TOKENIZER && tokenizer?.kind === 'none') {
      const { reason, fault } = tokenizer;
      return fault ? fail(reason, runner, first.files) : skip(reason);
    }
    // A link that leads out of the repository is not in the list either.
    const reason = (await findOutside(repo, [path])) ?? `${path} is missing. ${remedy}`;
    return fail(reason, runner, first.files);
  }
  const unfit =
    (await findPointer(repo, needed)) ??
    (await findOutside(repo, [
      ...needed.map(({ path }) => path),
      ...READ_BY_RUNTIMES,
      ...READ_BY_RUNTIMES.map((path) => `tokenizer/${path}`),
      ...SMALL_JSON,
      ...('json' in way ? (way.json ?? []) : []),
    ]));
  if (unfit !== null) return fail(unfit, runner, loaded);

  const { cases, unrun, fault } = planCases(task, model, { inputs, metadata, files: [...files.values()] });
  if (fault !== undefined) return fail(fault, runner, loaded, checks);
  const planned = (variant: ReadVariant): PlannedVariant => ({
    dtype: variant.dtype,
    graphs: variant.graphs,
    dtypes: variant.dtypes,
    files: [...variant.files, ...needed],
    checks: checkHeads(variant, model, way),
    ...(variant.built === undefined ? {} : { built: variant.built }),
    ...(variant.fault === undefined ? {} : { fault: variant.fault }),
  });
  return {
    kind: 'run',
    task,
    way,
    runner,
    variants: [planned(first), ...others.map(planned)],
    config: model.config,
    model,
    cases,
    unrun,
    probes: task.contrast(cases, model),
    checks,
    json: needed
      .map(({ path }) => path)
      .filter(
        (path) => path.endsWith('.json') && path !== 'config.json' && !built?.recipe.files.includes(path),
      ),
    ...(built === null ? {} : { tokenizer: built.recipe }),
    tokenRows: read.tokenRows,
  };
}

/** What the tokenizer of a way comes from that needs a tokenizer.json which is not there; null where nothing is missing, or all. */
async function tokenizerWithoutJson(
  { way, files, model }: Ready,
  repo: Repo,
): Promise<PlannedTokenizer | null> {
  if (files.has(TOKENIZER) || !way.needs.some(({ path }) => path === TOKENIZER)) return null;
  // A link that leads out of the repository is not in the list either.
  if ((await findOutside(repo, [TOKENIZER])) !== null) return null;
  return planTokenizer(repo, files, model.json['tokenizer_config.json'], model.config);
}

/** Checks of the task and of the graphs: what the task has checked itself, it knows better. */
function settle(ofTask: readonly SmokeCheck[], ofGraphs: readonly SmokeCheck[]): readonly SmokeCheck[] {
  const ids = new Set(ofTask.map(({ id }) => id));
  return [...ofTask, ...ofGraphs.filter(({ id }) => !ids.has(id))];
}
