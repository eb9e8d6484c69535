import { checkArchitecture } from './architecture.js';

/**
 * Whether config.json names a class with a head for another task. `checkArchitecture` says so before the model is loaded; what
 * the outputs show of it need not be said as well.
 */
export function hasOtherHead(config: Readonly<Record<string, unknown>>, tag: string): boolean {
  return checkArchitecture({ config, graph: null, graphs: {}, json: {} }, tag).some(
    ({ status }) => status === 'failed',
  );
}
