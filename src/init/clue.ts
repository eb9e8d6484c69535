/** A value of the metadata: a text, a list of texts, or widget examples. */
export type MetadataValue = string | readonly string[] | readonly WidgetExample[];

/** A widget example as a mapping of the card. */
export type WidgetExample = Readonly<Record<string, unknown>>;

/** Keys of the metadata that files can tell, in the order a card has them. */
export const KEYS = [
  'language',
  'license',
  'license_name',
  'license_link',
  'library_name',
  'pipeline_tag',
  'tags',
  'datasets',
  'base_model',
  'base_model_relation',
  'widget',
] as const;

/** One of the keys that files can tell. */
export type Key = (typeof KEYS)[number];

/**
 * How well the files tell a value. `told`: a file says so, or leaves no other reading. `likely`: nearly always so; good for
 * a first draft, not for someone else's card. `guess`: one of several possibilities, offered in a comment.
 */
export type Certainty = 'told' | 'likely' | 'guess';

/** What the files tell of one key. */
export interface Clue {
  readonly key: Key;
  readonly value: MetadataValue;
  readonly certainty: Certainty;
  /** Where it was read, for a person: `BertForSequenceClassification in config.json`. */
  readonly evidence: string;
}
