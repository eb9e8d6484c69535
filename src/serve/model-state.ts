/** Whether a model can answer at once. */
export type ModelState =
  | {
      readonly state: 'cold';
      /** Why it could not be loaded the last time; absent where it could, or nobody tried. */
      readonly fault?: string;
    }
  /** `estimatedMs` until it answers. */
  | { readonly state: 'loading'; readonly estimatedMs: number }
  | { readonly state: 'loaded'; readonly memoryBytes: number | null };
