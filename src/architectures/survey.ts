import { type Head, headOfClass } from './architecture.js';
import { classOf, type ModelConfig } from './config.js';
import { architectureOf } from './index.js';
import { expectUnpacked } from './quantized.js';
import { Contradiction, type TensorFault, Unsupported } from './refusal.js';
import type { LocatedTensor, ModelTensors } from './weights.js';

/** All that does not fit between config.json and the tensors of a model. */
export interface Survey {
  /** The class that config.json names. */
  readonly className: string;
  readonly faults: readonly TensorFault[];
  /** False where one of the faults hides whether there are more. */
  readonly whole: boolean;
}

/**
 * Holds the tensors in the headers of weight files against the class in config.json, each by name and shape; nothing is loaded. Null where
 * that cannot be told for certain: no graph is built for such a model. `vectors`: whoever loads it takes the states of a model that writes, whether
 * its head is there or not.
 */
export function surveyWeights(
  config: ModelConfig,
  tensors: ReadonlyMap<string, LocatedTensor>,
  vectors = false,
): Survey | null {
  const architecture = architectureOf(config);
  if (architecture === undefined) return null;
  const faults: TensorFault[] = [];
  const noted: ModelTensors = Object.assign(new Map(tensors), { faults });
  let className: string;
  try {
    className = classOf(config);
    expectUnpacked(tensors.keys());
    const head = headFor(className, vectors);
    if (head === null) return null;
    architecture.build(config, noted, head);
  } catch (error) {
    if (error instanceof Unsupported) return null;
    if (!(error instanceof Contradiction)) throw error;
    // What is no tensor’s fault may be harmless in Python.
    if (error.fault === undefined) return null;
    const whole = error.fault.kind === 'unused';
    return { className: classOf(config), faults: once([...faults, error.fault]), whole };
  }
  return { className, faults: once(faults), whole: true };
}

/** What the weights of a class are held against. */
function headFor(className: string, vectors: boolean): Head | null {
  const head = headOfClass(className);
  return vectors && (head === 'ForMaskedLM' || head === 'ForCausalLM') ? 'Model' : head;
}

/** A table that is used in several places is missing once. */
function once(faults: readonly TensorFault[]): readonly TensorFault[] {
  const seen = new Set<string>();
  return faults.filter((fault) => {
    const key = fault.kind === 'unused' ? '' : `${fault.kind} ${fault.tensor}`;
    return seen.size < seen.add(key).size;
  });
}
