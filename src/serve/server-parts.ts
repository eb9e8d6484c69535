import type { Catalog } from './catalog.js';
import type { FilePasses } from './file-passes.js';
import type { Metrics } from './metrics.js';
import type { ModelChanges } from './model-changes.js';
import type { ModelPool } from './model-pool.js';
import type { ServerSettings } from './settings.js';
import type { Usage } from './usage/usage.js';

/** What the routes of a server share. */
export interface ServerParts {
  readonly catalog: Catalog;
  readonly pool: ModelPool;
  /** Ids of models that are loaded at the start and stay. */
  readonly pinned: ReadonlySet<string>;
  readonly metrics: Metrics;
  readonly usage: Usage;
  readonly changes: ModelChanges;
  readonly passes: FilePasses;
  readonly settings: ServerSettings;
}
