import type { Dtype } from '../smoke/dtypes.js';
import type { SmokeCheck } from '../smoke/report.js';
import { checkDtype } from './checks/dtype.js';
import { checkDynamicShape } from './checks/dynamic-shape.js';
import { checkInputNames, type FedInputs } from './checks/input-names.js';
import { checkCache } from './checks/kv-cache.js';
import { checkLabelCount } from './checks/label-count.js';
import { checkOperators } from './checks/operators.js';
import { checkOpset } from './checks/opset.js';
import { checkVocabularySize } from './checks/vocabulary.js';
import type { OnnxGraph } from './onnx-graph.js';

/** What is known around a graph. */
export interface GraphSurroundings {
  /** Path of its file in the repository. */
  readonly path: string;
  /** What the name of the file tells. */
  readonly dtype: Dtype;
  /** The parsed config.json that describes this graph. */
  readonly config?: unknown;
  /** The parsed preprocessor_config.json. */
  readonly preprocessor?: unknown;
  /** What the runner gives it, where that is known. */
  readonly fed?: FedInputs;
}

/** All checks of a graph that need nothing but its head and small files. */
export function checkGraph(graph: OnnxGraph, around: GraphSurroundings): readonly SmokeCheck[] {
  const { path, dtype, config, preprocessor, fed } = around;
  return [
    checkOpset(graph, path),
    checkOperators(graph, path),
    ...checkDtype(graph, path, dtype),
    ...checkDynamicShape(graph, path, preprocessor),
    ...checkLabelCount(graph, path, config),
    ...checkVocabularySize(graph, path, config),
    ...checkCache(graph, path, config),
    ...(fed === undefined ? [] : [checkInputNames(graph, path, fed)]),
  ];
}
