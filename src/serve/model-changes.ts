/** Tells whoever wants to know which models were read anew. */
export interface ModelChanges {
  readonly subscribe: (listener: (id: string) => void) => void;
  readonly tell: (id: string) => void;
}

/** Nobody listens yet. */
export function modelChanges(): ModelChanges {
  const listeners: ((id: string) => void)[] = [];
  return {
    subscribe: (listener) => {
      listeners.push(listener);
    },
    tell: (id) => {
      for (const listener of listeners) listener(id);
    },
  };
}
