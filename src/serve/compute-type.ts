/** What computes answers, in the words of the API; `cpu+optimized` where that is a quantized variant in place of the full one. */
export type ComputeType = 'cpu' | 'cpu+optimized' | 'gpu';
