import { createHash } from 'node:crypto';

/** Answers that were given, by everything that they depend on; the ones that nobody asked for longest go first. */
export interface ResultCache<T> {
  get(key: string): T | undefined;
  /** `bytes` is what it takes to keep. */
  set(key: string, value: T, bytes: number): void;
}

/** A cache of at most `most` bytes. */
export function resultCache<T>(most: number): ResultCache<T> {
  const entries = new Map<string, { readonly value: T; readonly bytes: number }>();
  let taken = 0;
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value, bytes) {
      if (bytes > most / 4) return;
      taken += bytes - (entries.get(key)?.bytes ?? 0);
      entries.delete(key);
      entries.set(key, { value, bytes });
      for (const [oldest, entry] of entries) {
        if (taken <= most) break;
        entries.delete(oldest);
        taken -= entry.bytes;
      }
    },
  };
}

/** The key of a request: no two parts can be mistaken for two others. */
export function cacheKey(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(`${part.length}:`);
    hash.update(part);
  }
  return hash.digest('base64');
}
