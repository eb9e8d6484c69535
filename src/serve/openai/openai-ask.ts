import type { CatalogModel } from '../catalog.js';
import type { ComputeType } from '../compute-type.js';
import type { ModelPool } from '../model-pool.js';
import type { RequestFacts } from '../request-facts.js';
import type { SharedRuns } from '../shared-runs.js';

/** A request to OpenAI's API, but for what it asks. */
export interface Asker {
  readonly model: CatalogModel;
  /** Whether it may be answered with what was answered before. */
  readonly useCache: boolean;
  /** Whether it waits until the model is loaded. */
  readonly wait: boolean;
  /** Whether the model is to be loaded for it. */
  readonly load: boolean;
  /** Time limit of its inferences together, in milliseconds. */
  readonly inferenceMs: number;
  /** Aborted when the client went away. */
  readonly left: AbortSignal;
  /** Told what is found out about the request. */
  readonly note: (facts: RequestFacts) => void;
}

/** What answers need. */
export interface OpenAiParts {
  readonly runs: SharedRuns;
  readonly pinned: ReadonlySet<string>;
  /** What computes the answers of a model. */
  readonly computeType: ModelPool['computeType'];
}

/** An answer that comes as a whole. */
export interface OpenAiWhole {
  readonly kind: 'whole';
  readonly value: unknown;
  readonly computeType: ComputeType | 'cache';
  /** In milliseconds. */
  readonly computeMs: number;
  /** What the model page would say of the API; null where it is on. */
  readonly apiOff: string | null;
}
