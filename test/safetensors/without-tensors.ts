/** A safetensors file with no tensors, which is sound. */
export const WITHOUT_TENSORS = Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from('{}')]);
