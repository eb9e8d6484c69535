import { architectureOf } from '../architectures/index.js';
import { preview } from '../preview.js';
import type { BuiltModel } from './plan/weights.js';

/** How a model is run that has weights and no graph: what is built, what it takes, what will not be seen. Sizes in bytes. */
export interface BuiltPlan {
  /** The class of transformers, and of transformers.js. */
  readonly className: string;
  readonly modelType: string;
  /** The model type whose graph it is given, with its own differences; its own where it is the first of its kind. */
  readonly builder: string;
  readonly tensors: number;
  readonly weightBytes: number;
  /** Read where they lie, through the memory that the system keeps files in and takes back at will. */
  readonly inPlaceBytes: number;
  /** Memory for what is widened to float32, with the peak while it is done. */
  readonly memoryBytes: number;
  /** What will not be checked, as sentences. */
  readonly unchecked: readonly string[];
}

/** Memory that half precision takes, by the bytes it has in the file: twice as much, and a peak while it is widened. */
const WIDENED = 2.3;
/** What is read of numbers in the time that there is for it, roughly. */
const READ_BYTES = 1e9;

/** Says how a built model would be run. */
export function builtPlan(
  { className, longest, unchecked = [], numbers: own, base }: BuiltModel,
  config: Readonly<Record<string, unknown>> | null,
): BuiltPlan {
  const numbers = [...own, ...(base?.numbers ?? [])];
  const bytesOf = (of: BuiltModel['numbers']) => of.reduce((sum, { length }) => sum + length, 0);
  const weightBytes = bytesOf(numbers);
  const inPlaceBytes = bytesOf(numbers.filter(({ dtype }) => dtype === 'F32'));
  const modelType = String(config?.model_type);
  const half = weightBytes - inPlaceBytes;
  return {
    className,
    modelType,
    builder: (config === null ? undefined : architectureOf(config)?.modelTypes[0]) ?? modelType,
    tensors: numbers.length,
    weightBytes,
    inPlaceBytes,
    memoryBytes: Math.round(WIDENED * half),
    unchecked: [
      ...(longest > 1_000_000 ? [] : [`Texts of more than ${longest} tokens.`]),
      ...(base === undefined
        ? []
        : [
            `Whether the numbers of the base model ${preview(base.name)} are finite: only those of the adapter are looked at.`,
          ]),
      ...(half === 0 ? [] : ['What half precision loses on the way: all is computed in float32 here.']),
      ...(bytesOf(own) <= READ_BYTES
        ? []
        : [
            'Whether every single number is finite: they are looked at for a second, spread over all tensors.',
          ]),
      ...unchecked,
      'What transformers itself would do: the graph is built after its classes, and no Python is run.',
    ],
  };
}
