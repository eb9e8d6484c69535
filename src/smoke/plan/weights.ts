import { withAdapter } from '../../architectures/adapter.js';
import { type BuiltGraph, type Head, headOfClass } from '../../architectures/architecture.js';
import { type BuildResult, buildGraph } from '../../architectures/index.js';
import { Contradiction, Unsupported } from '../../architectures/refusal.js';
import type { LocatedTensor } from '../../architectures/weights.js';
import { isMapping } from '../../mapping.js';
import { type OnnxGraph, readOnnxGraph } from '../../onnx/onnx-graph.js';
import { preview } from '../../preview.js';
import type { Repo, RepoFile } from '../../repo/repo.js';
import {
  hasWeightFiles,
  type RepoTensor,
  readWeightFile,
  readWeightFiles,
  weightHolders,
} from '../../safetensors/weight-files.js';
import type { Way } from '../../tasks/task.js';
import { hasNumbers, type NumbersAt } from '../finite.js';
import type { SmokeCheck } from '../report.js';
import type { BaseModel, FoundBase } from './base-model.js';
import { findOutside, findPointer } from './files.js';
import { ONE_GRAPH } from './graphs.js';

/** A graph that was built of config.json, whose weights stay in the files of the model. */
export interface BuiltModel extends BuiltGraph {
  /** The graphs with the names of the weight files behind `prefix`, a path with a slash at its end, those of a base model behind its own. */
  readonly placed: (prefix: string, prefixOfBase: string) => BuiltGraph['graphs'];
  /** `fp32`, `fp16` or `bf16`; the type of most bytes. */
  readonly dtype: string;
  /** What the graphs say of themselves, by role. */
  readonly heads: Readonly<Record<string, OnnxGraph>>;
  readonly files: readonly RepoFile[];
  /** The model that `files` are an adapter of, with the files that hold its weights, and their tensors. */
  readonly base?: BaseModel & { readonly numbers: readonly NumbersAt[] };
  /** The tensors whose numbers can be looked at. */
  readonly numbers: readonly NumbersAt[];
  readonly check: SmokeCheck;
}

/** A graph, or why there is none: `fault` when that is the model’s fault. Null where there are no such weights. */
export type Build =
  | { readonly kind: 'built'; readonly model: BuiltModel }
  | {
      readonly kind: 'none';
      readonly reason: string;
      readonly fault: boolean;
      readonly files: readonly RepoFile[];
    };

/** What a pipeline of transformers.js needs a model to end in; one of several where the class in config.json ends so. */
const HEADS: Readonly<Record<string, readonly [Head, ...Head[]]>> = {
  'text-classification': ['ForSequenceClassification'],
  'token-classification': ['ForTokenClassification'],
  'question-answering': ['ForQuestionAnswering'],
  'fill-mask': ['ForMaskedLM'],
  'feature-extraction': ['Model'],
  'text-generation': ['ForCausalLM'],
  'image-classification': ['ForImageClassification'],
  'image-feature-extraction': ['Model'],
  'audio-classification': ['ForSequenceClassification'],
  'automatic-speech-recognition': ['ForCTC', 'ForConditionalGeneration'],
  summarization: ['ForConditionalGeneration'],
  translation: ['ForConditionalGeneration'],
  'text2text-generation': ['ForConditionalGeneration'],
};

const DTYPES: Readonly<Record<string, string>> = { F32: 'fp32', F16: 'fp16', BF16: 'bf16' };

/**
 * Builds the graph of a repository that has weights without one, or an adapter whose base model was looked for; null where it has none, or where the way
 * takes no such graph.
 */
export async function buildFromWeights(
  way: Way,
  repo: Repo,
  files: readonly RepoFile[],
  config: unknown,
  found: FoundBase | null,
): Promise<Build | null> {
  if (found?.kind === 'none') return way.runner === 'transformers' ? found : null;
  const base = found?.base ?? null;
  const own = { repo: base?.repo ?? repo, files: base?.files ?? files };
  if (!isMapping(config)) return null;
  const head = headFor(way, config);
  if (head === null || !takes(way, head) || !hasWeightFiles(own.files)) return null;
  const holders = weightHolders(own.files);
  const unfit =
    (await findOutside(
      own.repo,
      holders.map(({ path }) => path),
    )) ?? (await findPointer(own.repo, holders));
  if (unfit !== null) return base === null ? none(unfit, true, holders) : ofBase(base, unfit);
  const weights = await readWeightFiles(own.repo, own.files);
  if (weights.kind === 'none') return null;
  if (weights.kind !== 'tensors') {
    return base === null
      ? none(weights.reason, weights.kind === 'broken', weights.files)
      : ofBase(base, weights.reason);
  }
  const writer = writerInstead(way, config);
  const plain = (prefix: string): BuildResult =>
    writer === null
      ? buildGraph(config, located(weights.tensors, prefix), head)
      : { kind: 'unsupported', reason: `a ${preview(writer)} is not run for this task` };
  const building = plain('');
  const named = weights.files.length === 1 ? weights.files[0]?.path : 'the files with its weights';
  if (building.kind !== 'built') {
    if (base !== null) return ofBase(base, `no graph can be built for it: ${building.reason}.`);
    return building.kind === 'unsupported'
      ? none(
          `There is no ONNX graph, and none can be built for ${named} from config.json: ${building.reason}. Add onnx/model.onnx, made with \`optimum-cli export onnx --model . onnx\`, to have the model run.`,
          false,
          weights.files,
        )
      : none(
          `config.json and ${named} contradict one another: ${building.reason}. Upload both as the same \`save_pretrained\` wrote them.`,
          true,
          weights.files,
        );
  }
  if (base !== null) return buildAdapted(base, repo, config, head, weights.tensors, weights.files);
  return built(building.graph, weights.tensors, {
    placed(prefix) {
      const again = prefix === '' ? building : plain(prefix);
      return again.kind === 'built' ? again.graph.graphs : building.graph.graphs;
    },
    files: weights.files,
    numbers: numbersOf(weights.tensors),
    fits: `The ${weights.tensors.size} tensors of ${named} are those of a ${building.graph.className} as config.json describes it.`,
  });
}

/** Builds the graph of a base model that can be built, with an adapter beside its layers. */
async function buildAdapted(
  base: BaseModel,
  repo: Repo,
  config: Readonly<Record<string, unknown>>,
  head: Head,
  tensors: ReadonlyMap<string, RepoTensor>,
  files: readonly RepoFile[],
): Promise<Build> {
  const { path } = base.weights;
  const unfit = await findOutside(repo, [path]);
  if (unfit !== null) return none(unfit, true, [base.weights]);
  const added = await readWeightFile(repo, base.weights);
  if (added.kind === 'none') return none(`${path} is missing.`, true, []);
  if (added.kind !== 'tensors') return none(added.reason, added.kind === 'broken', added.files);
  const build = (prefix: string, prefixOfBase: string): BuildResult => {
    try {
      const all = withAdapter(located(tensors, prefixOfBase), located(added.tensors, prefix), base.adapter);
      return buildGraph(config, all, head);
    } catch (error) {
      if (error instanceof Unsupported) return { kind: 'unsupported', reason: error.message };
      if (error instanceof Contradiction) return { kind: 'contradiction', reason: error.message };
      throw error;
    }
  };
  const building = build('', '');
  if (building.kind !== 'built') {
    const fault = building.kind === 'contradiction';
    const what = fault ? 'does not fit' : 'cannot be added to';
    const reason = `The adapter in ${path} ${what} its base model ${preview(base.name)}: ${building.reason}. Save the adapter again, or publish the merged model, made with \`merge_and_unload\`.`;
    return none(reason, fault, added.files);
  }
  return built(building.graph, tensors, {
    placed(prefix, prefixOfBase) {
      const again = build(prefix, prefixOfBase);
      return again.kind === 'built' ? again.graph.graphs : building.graph.graphs;
    },
    files: added.files,
    base: { ...base, files, numbers: numbersOf(tensors) },
    numbers: numbersOf(added.tensors),
    fits: `The ${added.tensors.size} tensors of ${path} are an adapter of ${preview(base.name)}, a ${building.graph.className}.`,
  });
}

/** The base model is no part of the repository: what is wrong with it is not its fault. */
function ofBase({ name }: BaseModel, reason: string): Build {
  return none(`The base model ${preview(name)} cannot be run here: ${reason}`, false, []);
}

function none(reason: string, fault: boolean, files: readonly RepoFile[]): Build {
  return { kind: 'none', reason, fault, files };
}

function located(
  tensors: ReadonlyMap<string, RepoTensor>,
  prefix: string,
): ReadonlyMap<string, LocatedTensor> {
  return new Map([...tensors].map(([name, tensor]) => [name, { ...tensor, location: prefix + tensor.path }]));
}

/** A model whose graph is built; `tensors` are those that tell its type. */
async function built(
  { graphs, className, longest, unchecked = [] }: BuiltGraph,
  tensors: ReadonlyMap<string, RepoTensor>,
  { fits, ...more }: Pick<BuiltModel, 'placed' | 'files' | 'base' | 'numbers'> & { readonly fits: string },
): Promise<Build> {
  const heads: Record<string, OnnxGraph> = {};
  for (const [role, bytes] of Object.entries(graphs)) {
    const read = await readOnnxGraph({
      size: bytes.length,
      read: async (start, length) => bytes.subarray(start, start + length),
    });
    if (read.kind !== 'graph')
      throw new Error(`The ${role} of ${className} cannot be read back: ${read.kind}.`);
    heads[role] = read.graph;
  }
  const check: SmokeCheck = { id: 'weights', status: 'passed', message: fits };
  return {
    kind: 'built',
    model: { graphs, className, longest, unchecked, dtype: dtypeOf(tensors), heads, check, ...more },
  };
}

/** What a way needs this model to end in; null when it takes no model that is built here. */
function headFor(way: Way, { architectures }: Readonly<Record<string, unknown>>): Head | null {
  const heads =
    way.runner === 'transformers' && Object.hasOwn(HEADS, way.pipeline) ? HEADS[way.pipeline] : undefined;
  if (heads === undefined) return null;
  const name = Array.isArray(architectures) ? String(architectures[0]) : '';
  return heads.find((head) => head === headOfClass(name)) ?? heads[0];
}

/** The class that writes text, where the task has such models too and this way runs another kind; null elsewhere. */
function writerInstead(way: Way, { architectures }: Readonly<Record<string, unknown>>): string | null {
  if (way.runner !== 'transformers' || way.writers !== true || !Array.isArray(architectures)) return null;
  const [name]: readonly unknown[] = architectures;
  return typeof name === 'string' && headOfClass(name) === 'ForCausalLM' ? name : null;
}

/** Whether a way can load the graphs that a model with this head has. */
function takes({ layouts = [ONE_GRAPH] }: Way, head: Head): boolean {
  const roles = head === 'ForConditionalGeneration' ? 'decoder_model_merged,encoder_model' : 'model';
  return layouts.some((layout) => Object.keys(layout).sort().join() === roles);
}

function numbersOf(tensors: ReadonlyMap<string, RepoTensor>): readonly NumbersAt[] {
  return [...tensors].flatMap(([name, { path, dtype, shape, offset, length, axes }]) =>
    hasNumbers(dtype) && axes !== null
      ? [{ name, path, dtype, shape: axes?.map((axis) => shape[axis] ?? 1) ?? shape, offset, length }]
      : [],
  );
}

/** The type that most bytes are stored in. */
function dtypeOf(tensors: ReadonlyMap<string, RepoTensor>): string {
  const bytes = new Map<string, number>();
  for (const { dtype, length } of tensors.values()) bytes.set(dtype, (bytes.get(dtype) ?? 0) + length);
  const [most = ['F32']] = [...bytes].sort(([, a], [, b]) => b - a);
  const [type] = most;
  return Object.hasOwn(DTYPES, type) ? (DTYPES[type] ?? 'fp32') : 'fp32';
}
