import { posix } from 'node:path';
import type { ExternalData, OnnxGraph } from '../../onnx/onnx-graph.js';
import type { RepoFile } from '../../repo/repo.js';

/** Where a graph’s weights lie that are not in the graph itself. */
export type External =
  | {
      readonly kind: 'found';
      /** The files that hold weights, each with what the graph needs of it. */
      readonly files: ReadonlyMap<RepoFile, readonly ExternalData[]>;
    }
  | { readonly kind: 'broken'; readonly reason: string };

/** Finds the files that hold a graph’s weights. */
export function locateExternalData(
  graph: OnnxGraph | null,
  file: RepoFile,
  files: readonly RepoFile[],
): External {
  const byPath = new Map(graph?.external.length === 0 ? [] : files.map((one) => [one.path, one]));
  const found = new Map<RepoFile, ExternalData[]>();
  for (const data of graph?.external ?? []) {
    const { location } = data;
    const path = posix.normalize(posix.join(posix.dirname(file.path), location));
    if (posix.isAbsolute(location) || path.startsWith('..') || location.includes('\\')) {
      return {
        kind: 'broken',
        reason: `${file.path} refers to weights outside the repository (${location}). Save them beside the graph and export it again.`,
      };
    }
    const holder = byPath.get(path);
    if (holder === undefined) {
      return {
        kind: 'broken',
        reason: `The weights of ${file.path} lie in ${path}, which is missing. Upload it too (do not rename it: the graph names it).`,
      };
    }
    const tensors = found.get(holder);
    if (tensors === undefined) found.set(holder, [data]);
    else tensors.push(data);
  }
  return { kind: 'found', files: found };
}

/** Which file of weights is shorter than the graph needs, in a sentence; null when none is. */
export function findShort(files: ReadonlyMap<RepoFile, readonly ExternalData[]>): string | null {
  for (const [file, tensors] of files) {
    const short = tensors.find(({ end }) => end !== null && end > file.size);
    if (short !== undefined) {
      return `${file.path} is cut off: the tensor ${short.tensor} reaches to byte ${short.end}, but the file has ${file.size}. Upload it again.`;
    }
  }
  return null;
}
