import type { Diagnostic } from '../diagnostic.js';
import { ConfigError } from '../errors.js';
import { isMapping, own } from '../mapping.js';
import type { SilencedDiagnostic } from './apply.js';

/** Raised with every incompatible change of the file. */
const BASELINE_VERSION = 1;

/** A kind of finding that a repository is known to have, and how often. */
export interface BaselineEntry {
  /** Folder of the repository, from the folder of the baseline, with forward slashes (`.`: that folder); or its id on the Hub. */
  readonly repository: string;
  readonly rule: string;
  /** Path of the file in the repository. */
  readonly file: string;
  /** JSON pointer into the metadata, the places of list items left open (`/tags/*`). */
  readonly path: string;
  readonly message: string;
  readonly count: number;
}

/** Findings that are known already: only others are reported. */
export type Baseline = readonly BaselineEntry[];

/** What is left of the findings, what the baseline knew, and the entries that fewer findings match than they count. */
export interface Compared {
  readonly diagnostics: readonly Diagnostic[];
  readonly silenced: readonly SilencedDiagnostic[];
  readonly gone: readonly BaselineEntry[];
}

/**
 * Reads the text of a baseline file.
 * @param shown Name of the file, for messages.
 * @throws ConfigError (`baseline`) when it is none.
 */
export function parseBaseline(text: string, shown: string): Baseline {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw notBaseline(`${shown} is not JSON.`, cause);
  }
  const version = own(value, 'version');
  const findings = own(value, 'findings');
  if (version !== BASELINE_VERSION || !Array.isArray(findings)) {
    const other = typeof version === 'number' && version !== BASELINE_VERSION;
    throw notBaseline(
      other
        ? `${shown} is a baseline of version ${version}, not ${BASELINE_VERSION}.`
        : `${shown} is no baseline.`,
    );
  }
  return findings.map((entry: unknown, index) => {
    if (!isEntry(entry))
      throw notBaseline(
        `${shown}: finding ${index + 1} lacks repository, rule, file, path, message or count.`,
      );
    return entry;
  });
}

function notBaseline(message: string, cause?: unknown): ConfigError {
  return new ConfigError('baseline', message, {
    hint: 'If it is a baseline all the same, delete it and write it anew with --update-baseline.',
    ...(cause === undefined ? {} : { cause }),
  });
}

function isEntry(entry: unknown): entry is BaselineEntry {
  return (
    isMapping(entry) &&
    ['repository', 'rule', 'file', 'path', 'message'].every((key) => typeof own(entry, key) === 'string') &&
    Number.isSafeInteger(own(entry, 'count')) &&
    Number(own(entry, 'count')) > 0
  );
}

/**
 * Tells new findings from those the baseline knows. Lines do not matter, nor do places in a list. When there are more of a
 * kind than were known, the first ones count as known.
 */
export function compareWithBaseline(
  found: readonly Diagnostic[],
  baseline: Baseline,
  repository: string,
): Compared {
  const left = new Map<string, { readonly entry: BaselineEntry; count: number }>();
  for (const entry of baseline) {
    const key = keyOf(entry);
    const known = left.get(key);
    left.set(key, { entry, count: entry.count + (known?.count ?? 0) });
  }
  const diagnostics: Diagnostic[] = [];
  const silenced: SilencedDiagnostic[] = [];
  for (const diagnostic of found) {
    const known = left.get(keyOf(kindOf(diagnostic, repository)));
    if (known === undefined || known.count === 0) diagnostics.push(diagnostic);
    else {
      known.count--;
      silenced.push({ ...diagnostic, silencedBy: 'baseline' });
    }
  }
  const gone = [...left.values()].filter(({ entry, count }) => count > 0 && entry.repository === repository);
  return { diagnostics, silenced, gone: gone.map(({ entry, count }) => ({ ...entry, count })) };
}

/** The baseline with the findings of one repository in the place of those it had; entries of other repositories stay. */
export function updatedBaseline(
  baseline: Baseline,
  found: readonly Diagnostic[],
  repository: string,
): Baseline {
  const entries = new Map<string, BaselineEntry>();
  for (const diagnostic of found) {
    const kind = kindOf(diagnostic, repository);
    const key = keyOf(kind);
    entries.set(key, { ...kind, count: (entries.get(key)?.count ?? 0) + 1 });
  }
  const others = baseline.filter((entry) => entry.repository !== repository);
  return [...others, ...entries.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** The text of a baseline file, ordered so that version control shows small changes. */
export function baselineText(baseline: Baseline): string {
  return `${JSON.stringify({ version: BASELINE_VERSION, findings: baseline }, null, 2)}\n`;
}

function kindOf({ rule, file, path, message }: Diagnostic, repository: string): Omit<BaselineEntry, 'count'> {
  return { repository, rule, file, path: path.replace(/\/\d+(?=\/|$)/g, '/*'), message };
}

function keyOf({ repository, file, rule, path, message }: Omit<BaselineEntry, 'count'>): string {
  return JSON.stringify([repository, file, rule, path, message]);
}
