import type { ServedModels, ServerOptions } from './serve/server-options.js';

/**
 * Serves models by the Inference API of Hugging Face. Throws `UsageError` for targets that cannot be served, for numbers that cannot be, and for an
 * address that others can reach without a token, `RepoError` for a repository that cannot be read, `SmokeSetupError` for a device that does not work.
 */
export async function createServer(options: ServerOptions = {}): Promise<ServedModels> {
  // Most users of the library only lint.
  const server = await import('./serve/model-server.js');
  return server.createServer(options);
}
