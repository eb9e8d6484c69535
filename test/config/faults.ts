import { ConfigError } from '../../src/errors.js';

/** Files by path, for a folder. */
export const files = (entries: Record<string, string>) => new Map(Object.entries(entries));

/** The `ConfigError` that some work ends with. */
export async function fault(work: Promise<unknown>): Promise<ConfigError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ConfigError) return error;
  throw new Error(`expected a ConfigError, got ${String(error)}`);
}
