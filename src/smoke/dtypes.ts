/** What transformers.js appends to the name of a graph for each dtype (DEFAULT_DTYPE_SUFFIX_MAPPING, 4.3.1). */
export const DTYPE_SUFFIXES = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
  q2: '_q2',
  q2f16: '_q2f16',
  q1: '_q1',
  q1f16: '_q1f16',
} as const satisfies Readonly<Record<string, string>>;

/** A dtype of transformers.js. */
export type Dtype = keyof typeof DTYPE_SUFFIXES;
