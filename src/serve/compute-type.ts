/** What computes answers, in the words of the API. */
export type ComputeType = 'cpu' | 'cpu+optimized' | 'gpu';
