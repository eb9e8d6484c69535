import type { BuiltGraph, Head } from '../../architectures/architecture.js';
import { buildGraph } from '../../architectures/index.js';
import { isMapping } from '../../mapping.js';
import { type OnnxGraph, readOnnxGraph } from '../../onnx/onnx-graph.js';
import type { Repo, RepoFile } from '../../repo/repo.js';
import {
  hasWeightFiles,
  type RepoTensor,
  readWeightFiles,
  weightHolders,
} from '../../safetensors/weight-files.js';
import type { Way } from '../../tasks/task.js';
import { hasNumbers, type NumbersAt } from '../finite.js';
import type { SmokeCheck } from '../report.js';
import { findOutside, findPointer } from './files.js';
import { ONE_GRAPH } from './graphs.js';

/** A graph that was built of config.json, whose weights stay in the files of the model. */
export interface BuiltModel extends BuiltGraph {
  /** The graphs with the names of the weight files behind `prefix`, a path with a slash at its end. */
  readonly placed: (prefix: string) => BuiltGraph['graphs'];
  /** `fp32`, `fp16` or `bf16`; the type of most bytes. */
  readonly dtype: string;
  /** What the graphs say of themselves, by role. */
  readonly heads: Readonly<Record<string, OnnxGraph>>;
  readonly files: readonly RepoFile[];
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

/** Builds the graph of a repository that has weights without one; null where it has none, or where the way takes no such graph. */
export async function buildFromWeights(
  way: Way,
  repo: Repo,
  files: readonly RepoFile[],
  config: unknown,
): Promise<Build | null> {
  if (!isMapping(config)) return null;
  const head = headFor(way, config);
  if (head === null || !takes(way, head) || !hasWeightFiles(files)) return null;
  const holders = weightHolders(files);
  const unfit =
    (await findOutside(
      repo,
      holders.map(({ path }) => path),
    )) ?? (await findPointer(repo, holders));
  if (unfit !== null) return { kind: 'none', reason: unfit, fault: true, files: holders };
  const weights = await readWeightFiles(repo, files);
  if (weights.kind === 'none') return null;
  if (weights.kind !== 'tensors') return { ...weights, kind: 'none', fault: weights.kind === 'broken' };

  const { tensors } = weights;
  const build = (prefix: string) =>
    buildGraph(
      config,
      new Map([...tensors].map(([name, tensor]) => [name, { ...tensor, location: prefix + tensor.path }])),
      head,
    );
  const building = build('');
  const named = weights.files.length === 1 ? weights.files[0]?.path : 'the files with its weights';
  if (building.kind === 'unsupported') {
    return {
      kind: 'none',
      reason: `There is no ONNX graph, and none can be built for ${named}: ${building.reason}. Add onnx/model.onnx, made with \`optimum-cli export onnx --model . onnx\`, to have the model run.`,
      fault: false,
      files: weights.files,
    };
  }
  if (building.kind === 'contradiction') {
    return {
      kind: 'none',
      reason: `config.json and ${named} contradict one another: ${building.reason}. Upload both as the same \`save_pretrained\` wrote them.`,
      fault: true,
      files: weights.files,
    };
  }
  const { graphs, className, longest } = building.graph;
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
  return {
    kind: 'built',
    model: {
      graphs,
      className,
      longest,
      placed(prefix) {
        const again = prefix === '' ? building : build(prefix);
        return again.kind === 'built' ? again.graph.graphs : graphs;
      },
      dtype: dtypeOf(weights.tensors),
      heads,
      files: weights.files,
      numbers: numbersOf(weights.tensors),
      check: {
        id: 'weights',
        status: 'passed',
        message: `The ${weights.tensors.size} tensors of ${named} are those of a ${className} as config.json describes it.`,
      },
    },
  };
}

/** What a way needs this model to end in; null when it takes no model that is built here. */
function headFor(way: Way, { architectures }: Readonly<Record<string, unknown>>): Head | null {
  const heads =
    way.runner === 'transformers' && Object.hasOwn(HEADS, way.pipeline) ? HEADS[way.pipeline] : undefined;
  if (heads === undefined) return null;
  const name = Array.isArray(architectures) ? String(architectures[0]) : '';
  return heads.find((head) => name.endsWith(head)) ?? heads[0];
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
