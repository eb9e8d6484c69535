/** Whether a model can answer at once. */
export type ModelState =
  | { readonly state: 'cold' }
  /** `estimatedMs` until it answers. */
  | { readonly state: 'loading'; readonly estimatedMs: number }
  | { readonly state: 'loaded'; readonly memoryBytes: number | null };
