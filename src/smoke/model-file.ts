import { posix } from 'node:path';
import { own } from '../mapping.js';
import type { RepoFile } from '../repo/repo.js';
import { DTYPE_SUFFIXES, type Dtype } from './dtypes.js';

/** The graph that is loaded. */
export interface ModelFile {
  readonly kind: 'file';
  readonly file: RepoFile;
  readonly dtype: Dtype;
}

/** Why there is none; `fault` when it is the model's fault. */
export interface NoModelFile {
  readonly kind: 'none';
  readonly reason: { readonly text: string; readonly fault: boolean };
}

/** The order in which variants are preferred when none is asked for: the exact one first. */
const PREFERRED: readonly Dtype[] = [
  'fp32',
  'fp16',
  'q8',
  'int8',
  'uint8',
  'q4',
  'q4f16',
  'bnb4',
  'q2',
  'q2f16',
  'q1',
  'q1f16',
];

/**
 * Chooses the graph: the file that config.json names (skops), else `model.onnx` or a variant of it in `onnx/` or at the root,
 * else the only graph there is.
 */
export function chooseModelFile(
  files: readonly RepoFile[],
  config: unknown,
  dtype?: string,
): ModelFile | NoModelFile {
  const graphs = files.filter((file) => file.path.endsWith('.onnx'));
  const named = own(own(own(config, 'sklearn'), 'model'), 'file');
  if (typeof named === 'string' && named.endsWith('.onnx')) {
    const file = graphs.find(({ path }) => path === posix.normalize(named));
    if (file === undefined) {
      return none(`config.json names the model file ${named}, which is missing. Upload it.`, true);
    }
    return { kind: 'file', file, dtype: 'fp32' };
  }
  if (graphs.length === 0) return none(whyNoGraph(files), false);

  const wanted = dtype === undefined ? PREFERRED : PREFERRED.filter((one) => one === dtype);
  for (const folder of ['onnx', '.']) {
    for (const one of wanted) {
      const path = posix.join(folder, `model${DTYPE_SUFFIXES[one]}.onnx`);
      const file = graphs.find((graph) => graph.path === path);
      if (file !== undefined) return { kind: 'file', file, dtype: one };
    }
  }
  const [only, ...others] = graphs;
  if (dtype !== undefined) return none(`There is no graph of dtype ${dtype} (onnx/model…onnx).`, true);
  if (only !== undefined && others.length === 0)
    return { kind: 'file', file: only, dtype: dtypeOf(only.path) };
  return none(
    `There are ${graphs.length} graphs (${graphs
      .slice(0, 3)
      .map(({ path }) => path)
      .join(', ')}${graphs.length > 3 ? ', …' : ''}), and none is onnx/model.onnx. Name the one to load so.`,
    false,
  );
}

/** The dtype that the name of a graph tells. */
function dtypeOf(path: string): Dtype {
  const base = posix.basename(path, '.onnx');
  const found = PREFERRED.filter((one) => one !== 'fp32' && base.endsWith(DTYPE_SUFFIXES[one]));
  return found.sort((a, b) => DTYPE_SUFFIXES[b].length - DTYPE_SUFFIXES[a].length)[0] ?? 'fp32';
}

function none(text: string, fault: boolean): NoModelFile {
  return { kind: 'none', reason: { text, fault } };
}

/** What there is instead of a graph, and how to make one of it. */
function whyNoGraph(files: readonly RepoFile[]): string {
  const some = (pattern: RegExp) => files.find(({ path }) => pattern.test(path))?.path;
  const pickle = some(/\.(?:pkl|pickle|joblib|skops)$/);
  if (pickle !== undefined) {
    return `There is ${pickle}, which is never opened, since loading such a file can run code. Add model.onnx, made with skl2onnx, to have the model run.`;
  }
  const weights = some(/\.(?:safetensors|bin|pt|pth|h5|msgpack)$/);
  if (weights !== undefined) {
    return `There is ${weights}, but no ONNX graph. Add onnx/model.onnx, made with \`optimum-cli export onnx --model . onnx\`, to have the model run.`;
  }
  return 'There is no ONNX graph. Add onnx/model.onnx (or model.onnx) to have the model run.';
}
