import { checkDynamicShape } from '../../onnx/checks/dynamic-shape.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { ModelFacts } from '../task.js';

/** Whether the graph takes any number of pictures, of the size that preprocessor_config.json makes. */
export function checkPictureShape({ graph, graphs, json }: ModelFacts): readonly SmokeCheck[] {
  const eyes = graphs.encoder ?? graph;
  return eyes === null ? [] : checkDynamicShape(eyes, undefined, json['preprocessor_config.json']);
}
