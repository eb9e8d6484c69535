import { DEVICES } from '../cli/option-table.js';
import { FAIL_LEVELS, type FailLevel } from '../config/config.js';
import { UsageError } from '../errors.js';
import { didYouMean, nearest } from '../hub/nearest.js';
import { FORMAT_NAMES, type FormatName, isFormatName } from '../report/names.js';
import type { DeviceRequest } from '../smoke/report.js';

/** Names of the inputs. Their defaults and descriptions stand in `action.yml`, and nowhere else. */
export const INPUT_NAMES = [
  'path',
  'changed-only',
  'smoke',
  'device',
  'input',
  'fail-level',
  'config',
  'trust-config',
  'format',
  'comment',
  'fix',
  'token',
  'hub-repo',
  'hub-pr',
] as const;
export type InputName = (typeof INPUT_NAMES)[number];

/** What the input `fix` can ask for; empty for nothing. */
const FIX_MODES = ['suggest', 'patch'] as const;
export type FixMode = (typeof FIX_MODES)[number];

/** A report to write beside annotations and summary. */
export interface ReportFile {
  readonly format: FormatName;
  /** As the workflow wrote it: relative to the workspace. */
  readonly file: string;
}

/** The inputs after reading. What is absent was left empty. */
export interface ActionInputs {
  /** Folders, cards and globs, a line each. */
  readonly paths: readonly string[];
  /** Whether to check only what the push or pull request touched. */
  readonly changedOnly: boolean;
  readonly smoke: boolean;
  readonly device?: DeviceRequest;
  readonly input?: string;
  readonly failLevel?: FailLevel;
  readonly config?: string;
  /** Whether settings may run code: rules of modules in the workspace. */
  readonly trustConfig: boolean;
  readonly reports: readonly ReportFile[];
  /** Whether to write the report as a comment of the pull request. */
  readonly comment: boolean;
  readonly fix?: FixMode;
  /** Token for the comment; a secret. */
  readonly token?: string;
  /** A model on the Hub, `org/name[@revision]`, to check in place of paths. */
  readonly hubRepo?: string;
  /** Whether to open a pull request there with the fixes. */
  readonly hubPr: boolean;
}

/** What people write for a boolean, beside YAML's own words. */
const BOOLEANS = ['true', 'false'] as const;
const BOOLEAN_SLIPS: Readonly<Record<string, 'true' | 'false'>> = {
  yes: 'true',
  on: 'true',
  '1': 'true',
  no: 'false',
  off: 'false',
  '0': 'false',
};

/**
 * Reads every input once. `read` gives the value of an input as the runner passes it: trimmed, the default of
 * `action.yml` already filled in. Throws `UsageError` (`input`) for a value that is none of those allowed.
 */
export function parseInputs(read: (name: InputName) => string): ActionInputs {
  const device = read('device');
  const input = read('input');
  const failLevel = read('fail-level');
  const config = read('config');
  const fix = read('fix');
  const token = read('token');
  const hubRepo = read('hub-repo');
  const hubPr = flag('hub-pr', read('hub-pr'));
  checkHubInputs(read, hubRepo, hubPr);
  return {
    paths: linesOf(read('path')),
    changedOnly: flag('changed-only', read('changed-only')),
    smoke: flag('smoke', read('smoke')),
    ...(device === '' ? {} : { device: oneOf('device', device, DEVICES) }),
    ...(input === '' ? {} : { input }),
    ...(failLevel === '' ? {} : { failLevel: oneOf('fail-level', failLevel, FAIL_LEVELS) }),
    ...(config === '' ? {} : { config }),
    trustConfig: flag('trust-config', read('trust-config')),
    reports: linesOf(read('format')).map(parseReport),
    comment: flag('comment', read('comment')),
    ...(fix === '' ? {} : { fix: oneOf('fix', fix, FIX_MODES) }),
    ...(token === '' ? {} : { token }),
    ...(hubRepo === '' ? {} : { hubRepo }),
    hubPr,
  };
}

/** What is about the workspace makes no sense for a model on the Hub, and the other way round. */
function checkHubInputs(read: (name: InputName) => string, hubRepo: string, hubPr: boolean): void {
  if (hubRepo === '') {
    if (!hubPr) return;
    throw new UsageError(
      'input',
      'The input hub-pr opens a pull request on the Hub, and hub-repo names no model there.',
      {
        hint: 'Add hub-repo: org/name. For a repository in the workspace there is fix: patch.',
      },
    );
  }
  if (read('path') === '.' && read('changed-only').toLowerCase() !== 'true') return;
  const other = read('path') === '.' ? 'changed-only' : 'path';
  throw new UsageError('input', `The input hub-repo takes the place of path, and cannot go with ${other}.`, {
    hint: 'Use a step for each of them.',
  });
}

/**
 * Refuses inputs that do not exist, where it is clear which one was meant; gives a note for each of the others, which may be
 * somebody's own variables. The runner hands over every input as `INPUT_NAME`, whether `action.yml` knows it or not.
 */
export function unknownInputs(env: NodeJS.ProcessEnv): readonly string[] {
  const known = new Set<string>(INPUT_NAMES);
  const notes: string[] = [];
  for (const variable of Object.keys(env)) {
    if (!variable.startsWith(PREFIX)) continue;
    const name = variable.slice(PREFIX.length).toLowerCase();
    if (known.has(name)) continue;
    const meant = nearest(name, INPUT_NAMES);
    const message = `There is no input ${quoted(name)}.`;
    if (meant !== undefined) throw new UsageError('input', message, { hint: `Did you mean ${meant}?` });
    notes.push(`${message} Inputs: ${INPUT_NAMES.join(', ')}.`);
  }
  return notes;
}

const PREFIX = 'INPUT_';

function linesOf(text: string): readonly string[] {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function flag(name: InputName, value: string): boolean {
  return oneOf(name, value.toLowerCase(), BOOLEANS, BOOLEAN_SLIPS) === 'true';
}

function parseReport(line: string): ReportFile {
  const at = line.indexOf('=');
  const format = at === -1 ? line : line.slice(0, at).trim();
  const file = at === -1 ? '' : line.slice(at + 1).trim();
  if (!isFormatName(format)) throw wrongValue('format', format, FORMAT_NAMES, nearest(format, FORMAT_NAMES));
  if (file === '') {
    throw new UsageError('input', `The input format has ${quoted(line)}, which names no file.`, {
      hint: `Write ${format}=FILE, with a file inside the workspace.`,
    });
  }
  return { format, file };
}

function oneOf<Value extends string>(
  name: InputName,
  given: string,
  allowed: readonly Value[],
  slips: Readonly<Record<string, Value>> = {},
): Value {
  const found = allowed.find((value) => value === given);
  if (found !== undefined) return found;
  const meant = Object.hasOwn(slips, given) ? slips[given] : nearest(given, allowed);
  throw wrongValue(name, given, allowed, meant);
}

function wrongValue(
  name: InputName,
  given: string,
  allowed: readonly string[],
  meant: string | undefined,
): UsageError {
  return new UsageError('input', `The input ${name} cannot be ${quoted(given)}.`, {
    hint: `${didYouMean(meant)}Allowed: ${allowed.join(', ')}.`,
  });
}

/** A value in a message, cut: it may be a whole file put there by mistake. */
function quoted(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
