export { DETECTION_RULES, TRANSFORMERS_FROM_CONFIG_UNTIL } from './tables/detection.generated.js';

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
