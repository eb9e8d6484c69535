import type { GgufHead } from '../../gguf/gguf-head.js';
import { FOLDERS } from '../../onnx/layouts.js';
import { type OnnxGraph, readOnnxGraph } from '../../onnx/onnx-graph.js';
import type { Repo, RepoFile } from '../../repo/repo.js';
import type { GraphFacts, Way } from '../../tasks/task.js';
import type { RunnerName } from '../session.js';
import type { FoundBase } from './base-model.js';
import { findShort, locateExternalData } from './external-data.js';
import { findOutside, findPointer } from './files.js';
import { findGguf, readGguf } from './gguf.js';
import { findGraphs, ONE_GRAPH } from './graphs.js';
import { type Build, type BuiltModel, buildFromWeights } from './weights.js';

/** The files of one variant, found and read as far as a plan does. */
export interface ReadVariant {
  readonly dtype: string;
  /** Path by role. */
  readonly graphs: Readonly<Record<string, string>>;
  /** Dtype by role. */
  readonly dtypes: Readonly<Record<string, string>>;
  /** The graphs and the files that hold their weights. */
  readonly files: readonly RepoFile[];
  /** What the head of each graph says, by role; null when it is too complex to be read. */
  readonly heads: Readonly<Record<string, OnnxGraph | null>>;
  /** What the head of the GGUF file says; absent for graphs. */
  readonly gguf?: GgufHead;
  /** The graph, where it is no file but was built for the weights. */
  readonly built?: BuiltModel;
  /** Why it cannot be loaded; never of the first variant. */
  readonly fault?: string;
}

/** What a way can load. */
export interface ReadGraphs {
  readonly kind: 'graphs';
  /** The one with full precision first. */
  readonly variants: readonly [ReadVariant, ...ReadVariant[]];
  /** Inputs and outputs of the first variant, by role. */
  readonly facts: Readonly<Record<string, GraphFacts>>;
  readonly tokenRows: number | null;
}

/** Why a way cannot load anything; `fault` when that is the model’s fault. */
export interface NoWay {
  readonly kind: 'none';
  readonly reason: string;
  readonly fault: boolean;
  /** What would have run it, where that is not the runner of the way. */
  readonly runner?: RunnerName;
  readonly files: readonly RepoFile[];
}

/** Most variants that are compared; repositories of GGUF files have up to forty. */
const MAX_VARIANTS = 100;

/** Finds the graphs of a way, in all variants or those asked for, and reads their heads. */
export async function readWay(
  way: Way,
  repo: Repo,
  files: readonly RepoFile[],
  config: unknown,
  dtypes: readonly string[] | undefined,
  base: FoundBase | null = null,
): Promise<ReadGraphs | NoWay> {
  const found = findVariants(way, files, config);
  if (found.kind === 'none') {
    if (found.fault) return found;
    // A link that leads out of the repository is not in the list.
    const outside = await findOutside(repo, expectedGraphs(way));
    if (outside !== null) return none(outside, true);
    const build = await buildFromWeights(way, repo, files, config, base);
    return build === null ? found : fromWeights(build, dtypes);
  }
  const { variants } = found;
  // Of what must be downloaded first, each variant has to be asked for: some repositories have forty.
  const usual = repo.root === null ? variants.slice(0, 1) : variants;
  const wanted = dtypes === undefined ? usual : variants.filter(({ dtype }) => dtypes.includes(dtype));
  if (dtypes !== undefined && wanted.length < new Set(dtypes).size) {
    const kind = way.runner === 'llama' ? 'GGUF file' : 'graph';
    const there = variants.map(({ dtype }) => dtype).join(', ');
    const missing = dtypes.filter((dtype) => !variants.some((one) => one.dtype === dtype)).join(' or ');
    return none(
      `There is no ${kind} of dtype ${missing}, only of ${there}. Add it, or name another with --dtype.`,
      true,
    );
  }

  if (wanted.length > MAX_VARIANTS) {
    return none(
      `There are ${wanted.length} variants of the model, and no more than ${MAX_VARIANTS} are compared. Name those to run with --dtype.`,
      true,
    );
  }

  const read: ReadVariant[] = [];
  const heads = new Map<string, OnnxGraph | null>();
  for (const { dtype, graphs } of wanted) {
    const holders: RepoFile[] = [];
    let fault: string | null = null;
    let gguf: GgufHead | undefined;
    for (const { file } of Object.values(graphs)) {
      const held: Held =
        way.runner === 'llama' ? await readGguf(repo, file, files) : await readHead(repo, file, files, heads);
      gguf ??= held.head;
      holders.push(...held.files);
      fault ??= held.fault;
    }
    const loaded = [...new Set([...Object.values(graphs).map(({ file }) => file), ...holders])];
    if (fault !== null && read.length === 0) {
      return none(fault, true, loaded);
    }
    const paths = Object.entries(graphs).map(([role, { file }]) => [role, file.path] as const);
    const types = Object.entries(graphs).map(([role, graph]) => [role, graph.dtype] as const);
    read.push({
      dtype,
      graphs: Object.fromEntries(paths),
      dtypes: Object.fromEntries(types),
      files: loaded,
      heads: Object.fromEntries(paths.map(([role, path]) => [role, heads.get(path) ?? null])),
      ...(gguf === undefined ? {} : { gguf }),
      ...(fault === null ? {} : { fault }),
    });
  }
  const [first, ...others] = read;
  if (first === undefined) return none('There is no graph.', false);
  const facts: Record<string, GraphFacts> = {};
  let tokenRows: number | null = null;
  for (const [role, head] of Object.entries(first.heads)) {
    if (head === null) continue;
    facts[role] = head;
    tokenRows ??= head.tokenRows;
  }
  return { kind: 'graphs', variants: [first, ...others], facts, tokenRows };
}

/** The one variant of a model whose weights are in safetensors files. */
function fromWeights(build: Build, dtypes: readonly string[] | undefined): ReadGraphs | NoWay {
  if (build.kind === 'none') return { ...build, runner: 'safetensors' };
  const { model } = build;
  const { dtype, heads, files } = model;
  const missing = (dtypes ?? []).filter((wanted) => wanted !== dtype);
  if (missing.length > 0) {
    const reason = `There is no graph of dtype ${missing.join(' or ')}, and the weights are ${dtype}. Add it, or name another with --dtype.`;
    return { ...none(reason, true), runner: 'safetensors' };
  }
  const each = (value: string) => Object.fromEntries(Object.keys(heads).map((role) => [role, value]));
  const tokenRows = Object.values(heads).find((head) => head.tokenRows !== null)?.tokenRows ?? null;
  const variant: ReadVariant = {
    dtype,
    graphs: each(files[0]?.path ?? ''),
    dtypes: each(dtype),
    files,
    heads,
    built: model,
  };
  return { kind: 'graphs', variants: [variant], facts: heads, tokenRows };
}

function none(reason: string, fault: boolean, files: readonly RepoFile[] = []): NoWay {
  return { kind: 'none', reason, fault, files };
}

/** Where the graphs of a way would be. */
function expectedGraphs(way: Way): readonly string[] {
  if (way.runner === 'llama') return [];
  return (way.layouts ?? [ONE_GRAPH]).flatMap((layout) =>
    Object.values(layout).flatMap((base) =>
      base.includes('/') ? `${base}.onnx` : FOLDERS.map((folder) => `${folder}${base}.onnx`),
    ),
  );
}

interface FoundVariant {
  readonly dtype: string;
  readonly graphs: Readonly<Record<string, { readonly file: RepoFile; readonly dtype: string }>>;
}

type Found = { readonly kind: 'found'; readonly variants: readonly FoundVariant[] } | NoWay;

function findVariants(way: Way, files: readonly RepoFile[], config: unknown): Found {
  if (way.runner === 'llama') {
    const found = findGguf(files);
    if (found.length === 0) return none('There is no GGUF file.', false);
    return {
      kind: 'found',
      variants: found.map((graph) => ({ dtype: graph.dtype, graphs: { model: graph } })),
    };
  }
  const found = findGraphs(files, config, way.layouts);
  return found.kind === 'none' ? none(found.reason.text, found.reason.fault) : found;
}

interface Held {
  /** Files with weights. */
  readonly files: readonly RepoFile[];
  readonly fault: string | null;
  /** Of a GGUF file. */
  readonly head?: GgufHead;
}

/** Reads the head of a graph, once, and finds the files that hold its weights. */
async function readHead(
  repo: Repo,
  file: RepoFile,
  files: readonly RepoFile[],
  heads: Map<string, OnnxGraph | null>,
): Promise<Held> {
  const unfit = (await findOutside(repo, [file.path])) ?? (await findPointer(repo, [file]));
  if (unfit !== null) return { files: [], fault: unfit };
  let graph = heads.get(file.path);
  if (graph === undefined) {
    const head = await readGraph(repo, file);
    if (typeof head === 'string') return { files: [], fault: head };
    graph = head;
    heads.set(file.path, graph);
  }
  const external = locateExternalData(graph, file, files);
  if (external.kind === 'broken') return { files: [], fault: external.reason };
  const holders = [...external.files.keys()];
  const fault =
    (await findOutside(
      repo,
      holders.map(({ path }) => path),
    )) ??
    (await findPointer(repo, holders)) ??
    findShort(external.files);
  return { files: holders, fault };
}

/** What the head of a graph says; null when it is too complex to be read; a sentence when it is no graph. */
async function readGraph(repo: Repo, file: RepoFile): Promise<OnnxGraph | null | string> {
  const found = await readOnnxGraph({
    size: file.size,
    read: async (start, length) => (await repo.readRange(file.path, start, length)) ?? new Uint8Array(0),
  });
  switch (found.kind) {
    case 'graph':
      return found.graph;
    case 'too-complex':
      return null;
    case 'truncated':
      return `${file.path} is cut off: it has ${file.size} bytes, but its content needs at least ${found.bytes}. Upload it again.`;
    case 'not-onnx':
      return `${file.path} is no ONNX graph: ${found.detail}. Export it again.`;
  }
}
