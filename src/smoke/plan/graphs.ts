import { posix } from 'node:path';
import { own } from '../../mapping.js';
import {
  FOLDERS,
  findGraphs as findLayouts,
  type GraphIndex,
  type GraphVariant,
  indexGraphs,
  variantsAt,
} from '../../onnx/layouts.js';
import type { RepoFile } from '../../repo/repo.js';
import type { Layout } from '../../tasks/task.js';
import { DTYPE_SUFFIXES, type Dtype } from '../dtypes.js';

/** The graphs of a model in one dtype, by role in the layout. A role that has no graph of this dtype takes another. */
export interface Variant {
  readonly dtype: Dtype;
  readonly graphs: Readonly<Record<string, GraphVariant>>;
}

/** The graphs of a layout. */
export interface FoundGraphs {
  readonly kind: 'found';
  /** The one with full precision first, or what comes nearest to it. */
  readonly variants: readonly [Variant, ...Variant[]];
}

/** Why there are none; `fault` when it is the model’s fault. */
export interface NoGraphs {
  readonly kind: 'none';
  readonly reason: { readonly text: string; readonly fault: boolean };
}

/** A single graph of any name. */
export const ONE_GRAPH: Layout = { model: 'model' };

/** Dtypes in the order in which they are preferred: the exact one first. */
const DTYPES = Object.keys(DTYPE_SUFFIXES) as readonly Dtype[];

/**
 * Finds the graphs of the first layout that is there: in `onnx/` or at the root, or where a path of the layout says. A single
 * graph may also be the file that config.json names (skops), or the only one there is.
 */
export function findGraphs(
  files: readonly RepoFile[],
  config: unknown,
  layouts: readonly Layout[] = [ONE_GRAPH],
): FoundGraphs | NoGraphs {
  const graphs = indexGraphs(files);
  const single = layouts.some((layout) => layout.model === ONE_GRAPH.model);
  const named = own(own(own(config, 'sklearn'), 'model'), 'file');
  if (single && typeof named === 'string' && named.endsWith('.onnx')) {
    const file = graphs.get(posix.normalize(named));
    if (file !== undefined) return only({ file, dtype: 'fp32' });
    return none(`config.json names the model file ${named}, which is missing. Upload it.`, true);
  }
  if (graphs.size === 0) return none(whyNoGraph(files), false);
  for (const layout of layouts) {
    for (const folder of FOLDERS) {
      const found = variantsOf(layout, folder, graphs);
      if (found !== null) return { kind: 'found', variants: found };
    }
  }
  // Checkpoints of a training often lie in a folder beside the model itself.
  const atRoot = [...graphs.values()].filter(({ path }) => !path.includes('/'));
  const [file, another] = graphs.size === 1 ? graphs.values() : atRoot;
  if (single && file !== undefined && another === undefined) {
    return only({ file, dtype: dtypeOf(file.path) });
  }
  return none(whyNoLayout(files, [...graphs.keys()], layouts), false);
}

function only(graph: GraphVariant): FoundGraphs {
  return { kind: 'found', variants: [{ dtype: graph.dtype, graphs: { model: graph } }] };
}

/** The variants of a layout in a folder; null when a role has no graph at all. */
function variantsOf(layout: Layout, folder: string, graphs: GraphIndex): FoundGraphs['variants'] | null {
  const roles = Object.entries(layout).map(([role, base]) => {
    const found = variantsAt(graphs, base.includes('/') ? base : `${folder}${base}`);
    return { role, byDtype: new Map(found.map((graph) => [graph.dtype, graph])) };
  });
  if (roles.some(({ byDtype }) => byDtype.size === 0)) return null;
  const variants = DTYPES.flatMap((dtype): Variant[] => {
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
  const found = DTYPES.filter((one) => one !== 'fp32' && base.endsWith(DTYPE_SUFFIXES[one]));
  return found.sort((a, b) => DTYPE_SUFFIXES[b].length - DTYPE_SUFFIXES[a].length)[0] ?? 'fp32';
}

function none(text: string, fault: boolean): NoGraphs {
  return { kind: 'none', reason: { text, fault } };
}

function whyNoLayout(
  files: readonly RepoFile[],
  paths: readonly string[],
  layouts: readonly Layout[],
): string {
  const there = `${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ', …' : ''}`;
  const wanted = layouts
    .map((layout) =>
      Object.values(layout).map((base) => (base.includes('/') ? `${base}.onnx` : `onnx/${base}.onnx`)),
    )
    .map((names) => names.join(' and '))
    .join(', or ');
  const are = paths.length === 1 ? 'There is 1 graph' : `There are ${paths.length} graphs`;
  const [known] = findLayouts(files).layouts;
  const what = known === undefined ? '' : `, ${known.layout.name}`;
  return `${are} (${there})${what}, but not ${wanted}. Export the model for this task, or name ${paths.length === 1 ? 'it' : 'them'} so.`;
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
