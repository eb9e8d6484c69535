import type { SmokeCheck } from '../smoke/report.js';
import type { ModelFacts } from './task.js';

/** Whether the graph takes texts of any length; one that does not was exported without dynamic axes. */
export function checkSequenceLength({ graph }: ModelFacts): readonly SmokeCheck[] {
  const id = 'dynamic-shape';
  const input = graph?.inputs.find(({ name }) => name === 'input_ids');
  const length = input?.shape?.[1];
  if (length === undefined) return [];
  if (typeof length !== 'number') {
    return [{ id, status: 'passed', message: 'The graph takes texts of any length.' }];
  }
  return [
    {
      id,
      status: 'failed',
      message: `The graph takes exactly ${length} tokens: it was exported with fixed shapes. Export it again with dynamic axes for batch and sequence (Optimum does so by default).`,
    },
  ];
}
