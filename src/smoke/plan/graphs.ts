import { posix } from 'node:path';
import { own } from '../../mapping.js';
import type { RepoFile } from '../../repo/repo.js';
import type { Layout } from '../../tasks/task.js';
import { DTYPE_SUFFIXES, type Dtype } from '../dtypes.js';

/** One graph of a model. */
export interface GraphFile {
  readonly file: RepoFile;
  readonly dtype: Dtype;
}

/** The graphs of a model in one dtype, by role in the layout. A role that has no graph of this dtype takes another. */
export interface Variant {
  readonly dtype: Dtype;
  readonly graphs: Readonly<Record<string, GraphFile>>;
}

/** The graphs of a layout. */
export interface FoundGraphs {
  readonly kind: 'found';
  /** The one with full precision first, or what comes nearest to it. */
  readonly variants: readonly [Variant, ...Variant[]];
}

/** Why there are none; `fault` when it is the model's fault. */
export interface NoGraphs {
  readonly kind: 'none';
  readonly reason: { readonly text: string; readonly fault: boolean };
}

/** A single graph of any name. */
export const ONE_GRAPH: Layout = { model: 'model' };

/** The order in which dtypes are preferred: the exact one first. */
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
 * Finds the graphs of the first layout that is there: in `onnx/` or at the root, or where a path of the layout says. A single
 * graph may also be the file that config.json names (skops), or the only one there is.
 */
export function findGraphs(
  files: readonly RepoFile[],
  config: unknown,
  layouts: readonly Layout[] = [ONE_GRAPH],
): FoundGraphs | NoGraphs {
  const graphs = new Map(files.filter(({ path }) => path.endsWith('.onnx')).map((file) => [file.path, file]));
  const single = layouts.some((layout) => layout.model === ONE_GRAPH.model);
  const named = own(own(own(config, 'sklearn'), 'model'), 'file');
  if (single && typeof named === 'string' && named.endsWith('.onnx')) {
    const file = graphs.get(posix.normalize(named));
    if (file !== undefined) return only({ file, dtype: 'fp32' });
    return none(`config.json names the model file ${named}, which is missing. Upload it.`, true);
  }
  if (graphs.size === 0) return none(whyNoGraph(files), false);
  for (const layout of layouts) {
    for (const folder of ['onnx', '.']) {
      const found = variantsOf(layout, folder, graphs);
      if (found !== null) return { kind: 'found', variants: found };
    }
  }
  const [file] = graphs.values();
  if (single && graphs.size === 1 && file !== undefined) return only({ file, dtype: dtypeOf(file.path) });
  return none(whyNoLayout([...graphs.keys()], layouts), false);
}

function only(graph: GraphFile): FoundGraphs {
  return { kind: 'found', variants: [{ dtype: graph.dtype, graphs: { model: graph } }] };
}

/** The variants of a layout in a folder; null when a role has no graph at all. */
function variantsOf(
  layout: Layout,
  folder: string,
  graphs: ReadonlyMap<string, RepoFile>,
): FoundGraphs['variants'] | null {
  const roles = Object.entries(layout).map(([role, base]) => {
    const byDtype = new Map<Dtype, GraphFile>();
    for (const dtype of PREFERRED) {
      const path = posix.join(base.includes('/') ? '.' : folder, `${base}${DTYPE_SUFFIXES[dtype]}.onnx`);
      const file = graphs.get(path);
      if (file !== undefined) byDtype.set(dtype, { file, dtype });
    }
    return { role, byDtype };
  });
  if (roles.some(({ byDtype }) => byDtype.size === 0)) return null;
  const variants = PREFERRED.flatMap((dtype): Variant[] => {
    if (!roles.some(({ byDtype }) => byDtype.has(dtype))) return [];
    const chosen = roles.map(({ role, byDtype }) => {
      const [best] = byDtype.values();
      return [role, byDtype.get(dtype) ?? best] as const;
    });
    return [
      {
        dtype,
        graphs: Object.fromEntries(chosen.flatMap(([role, graph]) => (graph ? [[role, graph]] : []))),
      },
    ];
  });
  const [first, ...others] = variants;
  return first === undefined ? null : [first, ...others];
}

/** The dtype that the name of a graph tells. */
function dtypeOf(path: string): Dtype {
  const base = posix.basename(path, '.onnx');
  const found = PREFERRED.filter((one) => one !== 'fp32' && base.endsWith(DTYPE_SUFFIXES[one]));
  return found.sort((a, b) => DTYPE_SUFFIXES[b].length - DTYPE_SUFFIXES[a].length)[0] ?? 'fp32';
}

function none(text: string, fault: boolean): NoGraphs {
  return { kind: 'none', reason: { text, fault } };
}

function whyNoLayout(paths: readonly string[], layouts: readonly Layout[]): string {
  const there = `${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ', …' : ''}`;
  const wanted = layouts
    .map((layout) =>
      Object.values(layout).map((base) => (base.includes('/') ? `${base}.onnx` : `onnx/${base}.onnx`)),
    )
    .map((names) => names.join(' and '))
    .join(', or ');
  const are = paths.length === 1 ? 'There is 1 graph' : `There are ${paths.length} graphs`;
  return `${are} (${there}), but not ${wanted}. Export the model for this task, or name ${paths.length === 1 ? 'it' : 'them'} so.`;
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
