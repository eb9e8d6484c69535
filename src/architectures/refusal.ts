/** How a tensor and config.json do not fit one another; shapes as lists of sizes. */
export type TensorFault =
  /** The model that config.json describes has it, the files do not. */
  | { readonly kind: 'missing'; readonly tensor: string }
  | {
      readonly kind: 'shape';
      readonly tensor: string;
      readonly shape: readonly number[];
      readonly wanted: readonly number[];
    }
  /** The last layer has another number of rows than config.json names labels. */
  | { readonly kind: 'labels'; readonly tensor: string; readonly rows: number; readonly labels: number }
  /** These are in the files, and the model that config.json describes has no place for them. */
  | { readonly kind: 'unused'; readonly tensors: readonly string[] };

/** The model is sound, as far as can be told, but no graph can be built for it; the message is the rest of a sentence. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
}

/** config.json and the weights contradict one another; the message is the rest of a sentence. */
export class Contradiction extends Error {
  override readonly name = 'Contradiction';

  constructor(
    message: string,
    /** Where it is about a tensor, and certain: the metadata run reports these. */
    readonly fault?: TensorFault,
  ) {
    super(message);
  }
}

/** A tensor is missing that the model cannot do without; `why` goes on in the sentence. */
export function missingTensor(tensor: string, why = ''): Contradiction {
  return new Contradiction(`the tensor ${tensor} is missing${why}`, { kind: 'missing', tensor });
}
