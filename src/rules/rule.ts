import type { Card, Part } from '../card/card.js';
import type { JsonPath } from '../card/path.js';
import type { Span } from '../card/position.js';
import type { Fix, HubSeverity, Severity } from '../diagnostic.js';
import type { HubFacts } from '../hub/facts.js';
import type { Medium } from '../media/medium.js';
import type { CardFile } from '../repo/card-file.js';
import type { Surroundings } from '../repo/surroundings.js';
import type { WeightFault } from '../safetensors/weight-fault.js';
import type { Secret } from '../secrets/find.js';
import type { Commented } from '../silence/apply.js';

/** What a rule sees. Rules are pure: no disk, clock, network or console. */
export interface RuleContext extends Surroundings {
  readonly card: Card;
  /** What was found in the place of the card; for anything but text, `card` is that of an empty text. */
  readonly cardFile: CardFile;
  /** Repository-relative path of the card. */
  readonly cardPath: string;
  /** Ids of all rules there are, for what names a rule. */
  readonly knownRules: ReadonlySet<string>;
  /** The comments that silence findings, by file; no file without any. */
  readonly comments: ReadonlyMap<string, Commented>;
  /** Fields that the settings require in this card, as they write them. */
  readonly required: readonly string[];
  /** Credentials in the card. No finding may quote one; the engine hides those that slip into a message. */
  readonly secrets: readonly Secret[];
  readonly report: (finding: Finding) => void;
}

/** What a rule returns: a path in the metadata (the engine turns it into a range), or a span of the text. */
export interface Finding {
  readonly message: string;
  /** Path in the metadata; the root when absent. A path that does not exist points at its nearest parent. */
  readonly path?: JsonPath;
  readonly part?: Part;
  /** A place in the text that has no path, such as a broken fence. Wins over `path` for the range. */
  readonly span?: Span;
  /** No place in the text at all (a missing file). */
  readonly noRange?: true;
  /** Another file than the card. `path` and `span` are then those of that file, where it is one that is read. */
  readonly file?: string;
  /** What the Hub does on push; absent means it stays silent. */
  readonly hub?: Exclude<HubSeverity, null>;
  /** The Hub's own message, where it is known. */
  readonly hubMessage?: string;
  /** Overrides the rule's default severity (a user's config overrides both). */
  readonly severity?: Severity;
  /** What to do next. */
  readonly help?: string;
  readonly fix?: Fix;
}

/** A card used to document and test a rule. `files` are paths of an imagined repository. */
export interface RuleExample {
  readonly text: string;
  readonly files?: readonly string[];
  /** The texts of some files of that repository, by path; they need not be in `files` too. */
  readonly contents?: Readonly<Record<string, string>>;
  /** What media files of that repository are, by path; they are named in `files` too. */
  readonly media?: Readonly<Record<string, Medium>>;
  /** What the heads of its safetensors files show; those files are named in `files` too. */
  readonly weightFaults?: readonly WeightFault[];
  /** Id of that repository on the Hub. */
  readonly repoId?: string;
  /** When the example is about the card file itself; `text` is empty then. */
  readonly cardFile?: Exclude<CardFile, { source: 'text' }>;
  /** Fields that the settings require. */
  readonly required?: readonly string[];
  /** What the Hub answers; what is left out it was not asked. */
  readonly hubFacts?: Partial<HubFacts>;
}

/** What a rule can be about that few cards have, or that is known of few. */
export type Need =
  /** The file of the card is missing or no text. */
  | 'no text'
  /** The card has no mapping as its front matter. */
  | 'no metadata'
  /** A scalar that readers of YAML may take for different things. */
  | 'ambiguity'
  | 'secrets'
  | 'comments'
  | 'required'
  | 'files'
  | 'gitAttributes'
  | 'brokenJson'
  | 'evalResults'
  | 'weightFaults'
  /** Answers of the Hub; a rule that needs them reports findings marked `online`. */
  | 'hubFacts';

/** One rule: everything about it lives in its file, `rules/<id>.ts`. */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  /** One line: what is checked. */
  readonly description: string;
  /** Why it matters to the author of a model. */
  readonly why: string;
  /** Where the rule comes from. */
  readonly source: string;
  /** True when some finding of the rule carries a fix with one right answer. */
  readonly fixable: boolean;
  /** Keys at the top of the metadata: a card with none of them is not handed to the rule. Absent: it looks at every card. */
  readonly keys?: readonly string[];
  /** What the rule is about, where that is nothing most cards have: without it the rule is not asked. */
  readonly needs?: Need;
  readonly good: readonly RuleExample[];
  readonly bad: readonly RuleExample[];
  readonly check: (context: RuleContext) => void;
}

/**
 * A rule of the user's own. Its id begins with a name and a slash (`acme/team-named`), so that it never meets one of the
 * package. What a reference page needs may be left out.
 */
export type UserRule = Pick<Rule, 'id' | 'severity' | 'description' | 'check'> & Partial<Rule>;
