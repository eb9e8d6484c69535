/** A trace that a library leaves in a repository. Exactly one of the conditions is set. */
export interface DetectionRule {
  readonly library: string;
  /**
   * `hub`: the Hub is documented to detect it. `tool`: the named tool recognises its own files by it. `inferred`: read
   * off typical layouts. Only the first decides anything on the Hub.
   */
  readonly by: 'hub' | 'tool' | 'inferred';
  /** Where the rule is stated. */
  readonly basis: string;
  /** A file at the root. */
  readonly path?: string;
  /** Files at the root, all of them. */
  readonly paths?: readonly string[];
  /** Any file that ends so. */
  readonly extension?: string;
  /** config.json has one of the keys. */
  readonly config?: readonly string[];
  /** config.json has all of the keys. */
  readonly configAll?: readonly string[];
  /** config.json names the class in `architectures`. */
  readonly architecture?: string;
}

/** What the Hub puts into a widget when the card has no examples: texts, or objects in the shape of widget examples. */
export interface DefaultInputs {
  /** Language code of the inputs: `en`, or the first that has any. */
  readonly language: string;
  /** Texts hold `<mask>` where the mask token of the model belongs. */
  readonly inputs: readonly unknown[];
}

/** JSON Schemas (draft-06) of what goes into an inference of a task and what comes out, without descriptions. */
export interface TaskSchemas {
  readonly input?: object;
  readonly output?: object;
}
