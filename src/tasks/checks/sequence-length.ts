import { checkDynamicShape } from '../../onnx/checks/dynamic-shape.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { ModelFacts } from '../task.js';

/** Whether the graph takes texts of any length; one that does not was exported without dynamic axes. */
export function checkSequenceLength({ graph }: ModelFacts): readonly SmokeCheck[] {
  return checkDynamicShape({ inputs: graph?.inputs.filter(({ name }) => name === 'input_ids') ?? [] });
}
