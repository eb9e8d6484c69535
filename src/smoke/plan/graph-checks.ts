import { checkGraph } from '../../onnx/checks.js';
import type { ModelFacts, Way } from '../../tasks/task.js';
import { DTYPE_SUFFIXES, type Dtype } from '../dtypes.js';
import type { SmokeCheck } from '../report.js';
import { checkGguf } from './gguf.js';
import type { ReadVariant } from './ways.js';

const RANK = { failed: 0, warning: 1, passed: 2, skipped: 3 } as const satisfies Record<
  SmokeCheck['status'],
  number
>;

/** What is no merit of the model in a graph that was built here. */
const OURS: ReadonlySet<string> = new Set(['dtype', 'dynamic-shape', 'input-names', 'operators', 'opset']);

/** What the heads of a variant’s graphs show: of each check the worst over all graphs, a fault of each graph by itself. */
export function checkHeads(
  { graphs, dtypes, heads, gguf, built }: ReadVariant,
  { config, json }: ModelFacts,
  { feeds }: Way,
): readonly SmokeCheck[] {
  if (gguf !== undefined && graphs.model !== undefined) return checkGguf(gguf, graphs.model);
  const found = Object.entries(heads).flatMap(([role, head]): readonly SmokeCheck[] => {
    const path = graphs[role];
    // A graph that was built here holds whatever type the weights have.
    const dtype = built === undefined ? dtypes[role] : 'fp32';
    if (head === null || path === undefined || dtype === undefined || !isDtype(dtype)) return [];
    // Graphs in folders of their own have their own config.json beside them.
    const described = path.split('/').length <= 2 && (path.startsWith('onnx/') || !path.includes('/'));
    return checkGraph(head, {
      path,
      dtype,
      ...(described ? { config, preprocessor: json['preprocessor_config.json'] } : {}),
      ...(feeds !== undefined && role === 'model' ? { fed: feeds } : {}),
    });
  });
  const shown = built === undefined ? found : [built.check, ...found.filter(({ id }) => !OURS.has(id))];
  return [...new Set(shown.map(({ id }) => id))].flatMap((id) => {
    const checks = shown.filter((check) => check.id === id).sort((x, y) => RANK[x.status] - RANK[y.status]);
    const bad = checks.filter(({ status }) => status === 'failed' || status === 'warning');
    return bad.length > 0 ? bad : together(checks);
  });
}

/** What graphs have passed, as one check: the message of the first names that graph, and stands for the others. */
function together(checks: readonly SmokeCheck[]): readonly SmokeCheck[] {
  const [first] = checks;
  if (first === undefined) return [];
  const passed = checks.filter(({ status, message }) => status === 'passed' && message !== first.message);
  if (first.status !== 'passed' || passed.length === 0) return [first];
  const others =
    passed.length === 1 ? 'The other graph passed too.' : `The other ${passed.length} graphs passed too.`;
  return [{ ...first, message: `${first.message} ${others}` }];
}

function isDtype(dtype: string): dtype is Dtype {
  return Object.hasOwn(DTYPE_SUFFIXES, dtype);
}
