/**
 * What the Hub answered to questions about a card; the rules that need it stay pure. Absent where it was not asked: online
 * checks are off by default for folders, so that a linter says the same every time.
 */
export interface HubFacts {
  /** Models that the card names, by id as the card writes it; those without an answer are not in it. */
  readonly models: ReadonlyMap<string, RepoAnswer>;
  /** Datasets, likewise. */
  readonly datasets: ReadonlyMap<string, RepoAnswer>;
  /** What the Hub made of the model itself; null when its id is not known, or it is not there (for us). */
  readonly page: ModelPage | null;
  /** Why questions are left without an answer; null when there are none. */
  readonly gap: Gap | null;
  /** Where the Hub's own validator judges otherwise than our rules; empty when it was not asked. */
  readonly validator: readonly ValidatorDifference[];
}

/** Nothing was found out, and nothing left open. */
export const NO_ANSWERS: HubFacts = {
  models: new Map(),
  datasets: new Map(),
  page: null,
  gap: null,
  validator: [],
};

/**
 * Whether a repository is on the Hub. `hidden`: private, disabled, or missing; the Hub gives the same answer for all of these to
 * whoever may not know.
 */
export type RepoAnswer =
  | {
      readonly kind: 'found' /** Its id today, which is another one where it was renamed. */;
      readonly id: string;
    }
  | { readonly kind: 'missing' }
  | { readonly kind: 'hidden' };

/** What the Hub computed for the page of a model. */
export interface ModelPage {
  readonly id: string;
  /** Pipeline tag of the page; null when the Hub found none. */
  readonly task: string | null;
  /** Library of the page; null likewise. */
  readonly library: string | null;
  /** What the card says that the Hub computed this from; it may be older than the card at hand. */
  readonly declared: { readonly task: string | null; readonly library: string | null };
  readonly providers: readonly InferenceProvider[];
}

/** A provider that the Hub has registered for a model. */
export interface InferenceProvider {
  readonly name: string;
  /** `live` serves requests; `staging` is being tried, `error` does not work. */
  readonly status: 'live' | 'staging' | 'error';
  /** What the provider serves it for, such as `conversational`; null when the Hub does not say. */
  readonly task: string | null;
}

/** Why the Hub was not asked all there was to ask. */
export interface Gap {
  readonly reason: 'unreachable' | 'rate-limited' | 'token' | 'budget' | 'odd-answer';
  /** What happened, in one sentence. */
  readonly detail: string;
  /** How many questions have no answer. */
  readonly unanswered: number;
}

/** A judgement on which the Hub's validator and our rules differ. */
export type ValidatorDifference =
  /** The Hub complains, and no finding of ours says so. */
  | {
      readonly kind: 'hub-only';
      readonly severity: 'error' | 'warning';
      /** The Hub's words. */
      readonly message: string;
      /** Top-level field it is about, where its words tell. */
      readonly field: string | null;
    }
  /** A rule of ours says that the Hub complains, and it does not. */
  | {
      readonly kind: 'ours-only';
      readonly severity: 'error' | 'warning';
      readonly rule: string;
      /** JSON pointer of the finding. */
      readonly path: string;
    };
