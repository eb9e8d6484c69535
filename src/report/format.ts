import type { FailLevels } from '../config/policy.js';
import type { UserRule } from '../rules/rule.js';
import type { SmokeMedia } from '../smoke/files.js';
import type { Report } from './report.js';

/** What a format may use beside the report. Formats are pure: they read no disk, environment, clock or console. */
export interface FormatOptions {
  /** Terminal colours (SGR codes); off by default. Only `pretty` has any. */
  readonly color?: boolean;
  /** Symbols and box lines beyond ASCII; on by default. Only `pretty` asks. */
  readonly unicode?: boolean;
  /** Columns of the terminal; 80 by default, held between 60 and 120. */
  readonly width?: number;
  /** Only the findings that make the run fail, errors at least, and the summary line; `pretty` alone. */
  readonly quiet?: boolean;
  /** Whether a smoke inference was asked for and could not be started; off by default. `pretty` alone. */
  readonly smokeNotStarted?: boolean;
  /** From which severity on a finding makes the run fail; `error` by default. `pretty` and `junit` ask. */
  readonly failLevel?: FailLevels;
  /**
   * Folder of the repository as the reader sees it, with forward slashes (`models/bert`); file names are joined onto
   * it. Empty by default: names are relative to the repository.
   */
  readonly base?: string;
  /** Absolute folder that the page lies in, for links to saved pictures and sounds; `markdown` alone. */
  readonly linksFrom?: string;
  /** Rules of the settings' own, for their descriptions; `sarif` alone. */
  readonly rules?: readonly UserRule[];
  /** Pictures and sounds of the smoke inference, by the index of their case; `html` alone puts them into the page. */
  readonly media?: SmokeMedia;
  /** Texts of files by repository-relative path, for source lines, carets and small diffs. */
  readonly sources?: Readonly<Record<string, string>>;
}

/** A view of the report as text that ends with a line break. */
export type Format = (report: Report, options: FormatOptions) => string;

/** The path of a repository file as the reader sees it. */
export function shownPath(file: string, options: FormatOptions): string {
  return options.base ? `${options.base}/${file}` : file;
}

/** Repository-relative path of the card the report is about. */
export function cardFile(report: Report): string {
  if (report.target.kind !== 'card') return 'README.md';
  return report.target.path.split(/[\\/]/).at(-1) ?? 'README.md';
}
