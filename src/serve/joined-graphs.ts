import { readOnnxGraph } from '../onnx/onnx-graph.js';
import type { Repo } from '../repo/repo.js';
import type { PlannedVariant } from '../smoke/plan/plan.js';

/** Operators whose result for an item depends on the others of the run: they quantize by the largest number in all of them. */
const BY_RUN: ReadonlySet<string> = new Set([
  'DynamicQuantizeLinear',
  'DynamicQuantizeMatMul',
  'DynamicQuantizeLSTM',
]);

/**
 * Whether several inferences can be one run of the graph, by its operators: not where it quantizes by what it sees, and where that cannot be found
 * out. Whatever else makes items change each other is found out by the runs themselves.
 */
export async function canJoin(
  repo: Repo,
  { graphs, files, built }: Pick<PlannedVariant, 'graphs' | 'files' | 'built'>,
): Promise<boolean> {
  if (built !== undefined) return true;
  const paths = new Set(Object.values(graphs));
  for (const { path, size } of files) {
    if (!paths.has(path)) continue;
    const read = async (start: number, length: number) =>
      (await repo.readRange(path, start, length)) ?? new Uint8Array(0);
    const found = await readOnnxGraph({ size, read });
    if (found.kind !== 'graph' || found.graph.operators.some(({ name }) => BY_RUN.has(name))) return false;
  }
  return true;
}
