import type { Card } from './card/card.js';
import { parseCard } from './card/parse.js';
import type { Config } from './config/config.js';
import type { Diagnostic } from './diagnostic.js';
import { SmokeSetupError, UsageError } from './errors.js';
import type { HubFacts } from './hub/facts.js';
import { TABLES, type Tables } from './hub/tables.js';
import { type Findings, type LintOptions, lintWithSilenced } from './lint.js';
import type { OnlineOptions } from './online/card-questions.js';
import { readCard } from './repo/card-file.js';
import type { HubAccess } from './repo/hub-fetch.js';
import { type OpenOptions, openRepo } from './repo/open.js';
import type { Repo } from './repo/repo.js';
import { readSurroundings, type Surroundings, textsAround } from './repo/surroundings.js';
import { REPORT_SCHEMA_VERSION, type Report } from './report/report.js';
import type { UserRule } from './rules/rule.js';
import { type Baseline, compareWithBaseline } from './silence/baseline.js';
import type { SmokeFile, SmokeMedia } from './smoke/files.js';
import type { SmokeReport, SmokeStage } from './smoke/report.js';
import type { Sandbox } from './smoke/sandbox.js';
import type { SmokeOptions } from './smoke/smoke.js';
import { decideSupport } from './support/decide.js';
import { decideOnline } from './support/online.js';
import { TOOL } from './version.js';

/** How to validate; everything is optional. */
export interface ValidateOptions extends OpenOptions {
  readonly config?: Config;
  /** Path of the repository seen from the folder that paths in `config` are relative to; empty for that folder itself. */
  readonly basePath?: string;
  /** Rules beside those of the package. */
  readonly rules?: readonly UserRule[];
  /** Runs a smoke inference, with options where needed. */
  readonly smoke?: boolean | SmokeOptions;
  /** Hands out the pictures and sounds of the smoke inference, for a format that shows them. */
  readonly keepMedia?: boolean;
  /** Replaces tables of the Hub, such as the library-to-tasks map. */
  readonly tables?: Tables;
  /**
   * Asks the Hub what only it knows: whether base models and datasets exist, what became of the page, who serves the model.
   * Absent, that is so for a target named as `org/name`, and not for folders, cards and a `Repo`; never when `offline`.
   */
  readonly online?: boolean | OnlineOptions;
  /** Asks the Hub's own validator about the card too (which is sent there), and reports where it judges otherwise. */
  readonly remoteValidate?: boolean;
  /** Findings that are known already and not reported again, and the name of this repository among them. */
  readonly baseline?: { readonly entries: Baseline; readonly repository: string };
  /** Told when a stage begins, for a progress line. */
  readonly onProgress?: (event: ProgressEvent) => void;
  readonly signal?: AbortSignal;
}

/** A stage that begins; `detail` names a file or a case. Of a download also how far it is, in bytes. */
export interface ProgressEvent {
  readonly stage: 'read' | 'ask' | 'lint' | 'support' | 'download' | SmokeStage;
  readonly detail?: string;
  readonly done?: number;
  readonly total?: number;
}

/** A report together with the texts its ranges point into, for formats that quote the source. */
export interface Validation {
  readonly report: Report;
  readonly sources: Readonly<Record<string, string>>;
  /** What the model was shown and what it made; only where `keepMedia` asks for it. */
  readonly media?: SmokeMedia;
}

/**
 * Validates a model repository: card, support verdict and, when asked, a smoke inference. Findings and a failed smoke
 * inference are data; throws `UserError` only when the repository cannot be read or the options make no sense.
 */
export async function validateRepo(target: string | Repo, options: ValidateOptions = {}): Promise<Report> {
  return (await validateWithSources(target, options)).report;
}

/** As `validateRepo`, and hands out the card's text too. */
export async function validateWithSources(
  target: string | Repo,
  options: ValidateOptions = {},
): Promise<Validation> {
  const { setupError, ...validation } = await validateAsFarAsPossible(target, options);
  if (setupError !== undefined) throw setupError;
  return validation;
}

/** A validation, and why its smoke inference could not be tried: the runtime is missing, the device does not work. */
export interface PartialValidation extends Validation {
  readonly setupError?: SmokeSetupError;
}

/** As `validateWithSources`; what stops only the smoke inference comes back beside the report on all the rest. */
export async function validateAsFarAsPossible(
  target: string | Repo,
  options: ValidateOptions = {},
): Promise<PartialValidation> {
  options.onProgress?.({ stage: 'read' });
  const folder = typeof target === 'string' ? target : target.root;
  const early = options.smoke && folder !== null ? await startEarly(folder) : null;
  try {
    return await validateIn(early, target, options);
  } finally {
    await early?.stop();
  }
}

/** Starts the child process of the smoke inference before anything is read: it needs longer than all the rest. */
async function startEarly(target: string): Promise<Sandbox | null> {
  const { startEarly } = await import('./smoke/start-child.js');
  return startEarly(target);
}

async function validateIn(
  early: Sandbox | null,
  target: string | Repo,
  options: ValidateOptions,
): Promise<PartialValidation> {
  const progress = options.onProgress ?? (() => undefined);
  const tables = options.tables ?? TABLES;
  const repo = typeof target === 'string' ? await openRepo(target, options) : target;
  const [files, cardFile] = await Promise.all([repo.list(), readCard(repo)]);
  const text = cardFile.source === 'text' ? cardFile.text : '';
  const card = parseCard(text);
  const around = await readSurroundings(repo, card, files);
  const asked = options.online ?? (typeof target === 'string' && repo.target.kind === 'hub');
  const access = accessOf(options);
  const online = asked !== false && access !== null;
  if (online) progress({ stage: 'ask' });
  const hubFacts = online ? await askHub(card, around.repoId, asked, access, options) : null;
  const surroundings: Surroundings = { ...around, hubFacts };

  progress({ stage: 'lint' });
  const linting: LintOptions = {
    ...surroundings,
    cardFile,
    cardPath: repo.cardPath,
    ...(options.config === undefined ? {} : { config: options.config }),
    ...(options.basePath === undefined ? {} : { basePath: options.basePath }),
    ...(options.rules === undefined ? {} : { rules: options.rules }),
  };
  const byRules = lintWithSilenced(card, linting);
  const found =
    options.remoteValidate && cardFile.source === 'text'
      ? await withRemoteValidator(byRules, card, linting, access)
      : byRules;

  const { baseline } = options;
  const compared =
    baseline === undefined
      ? undefined
      : compareWithBaseline(found.diagnostics, baseline.entries, baseline.repository);
  const diagnostics = compared?.diagnostics ?? found.diagnostics;
  const silenced = [...found.silenced, ...(compared?.silenced ?? [])];

  progress({ stage: 'support' });
  const decided = decideSupport({
    metadata: card.metadata,
    card,
    cardFile: repo.cardPath,
    tables,
    files,
    modelConfig: surroundings.modelConfig,
    tokenizerConfig: surroundings.tokenizerConfig,
  });
  const page = hubFacts?.page ?? null;
  const support =
    page === null ? decided : { ...decided, online: decideOnline(decided, card.metadata, page) };

  let smoke: SmokeReport | undefined;
  const media = { inputs: [] as SmokeFile[], outputs: [] as SmokeFile[] };
  let setupError: SmokeSetupError | undefined;
  if (options.smoke) {
    const { smokeTestIn } = await import('./smoke/smoke.js');
    try {
      smoke = await smokeTestIn(early, repo, {
        ...(options.config?.smoke ?? {}),
        ...(options.smoke === true ? {} : options.smoke),
        ...(options.keepMedia ? listeners(media, options.smoke) : {}),
        card,
        support,
        onProgress: progress,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
    } catch (error) {
      if (!(error instanceof SmokeSetupError)) throw error;
      setupError = error;
    }
  }

  return {
    report: assemble(repo, tables, { diagnostics, silenced }, support, smoke),
    sources: { ...Object.fromEntries(textsAround(surroundings)), [repo.cardPath]: text },
    ...(options.keepMedia ? { media } : {}),
    ...(setupError === undefined ? {} : { setupError }),
  };
}

/** Keeps what passes by; the caller's own listeners hear it too. */
function listeners(
  media: { readonly inputs: SmokeFile[]; readonly outputs: SmokeFile[] },
  given: true | SmokeOptions,
): Pick<SmokeOptions, 'onFile' | 'onInputFile'> {
  const { onFile, onInputFile } = given === true ? {} : given;
  return {
    onFile(file) {
      media.outputs.push(file);
      onFile?.(file);
    },
    onInputFile(file) {
      media.inputs.push(file);
      onInputFile?.(file);
    },
  };
}

/** Loaded only where it is used: it needs the network. */
async function askHub(
  card: Card,
  repoId: string | null,
  online: true | OnlineOptions,
  access: HubAccess,
  { signal }: ValidateOptions,
): Promise<HubFacts> {
  const { askAboutCard } = await import('./online/card-questions.js');
  return askAboutCard(card, repoId, access, online === true ? {} : online, signal);
}

/** How to reach the Hub; null when it must not be. */
function accessOf({ hub = {}, offline, signal }: ValidateOptions): HubAccess | null {
  return offline || hub.offline ? null : { ...hub, ...(signal === undefined ? {} : { signal }) };
}

/**
 * Asks the Hub's validator, and makes findings of what it judges otherwise. Throws `UsageError` when it must not be asked, and
 * `RepoError` when it cannot be.
 */
async function withRemoteValidator(
  found: Findings,
  card: Card,
  linting: LintOptions,
  access: HubAccess | null,
): Promise<Findings> {
  if (access === null) {
    throw new UsageError('remote-validate-offline', 'The validator of the Hub cannot be asked offline.', {
      hint: 'Leave out --remote-validate, or --offline and HF_HUB_OFFLINE.',
    });
  }
  const { remoteFindings } = await import('./online/remote-findings.js');
  return remoteFindings(found, card, linting, access);
}

function assemble(
  repo: Repo,
  tables: Tables,
  { diagnostics, silenced }: Findings,
  support: Report['support'],
  smoke: SmokeReport | undefined,
): Report {
  const count = (severity: Diagnostic['severity']) =>
    diagnostics.reduce((sum, diagnostic) => sum + (diagnostic.severity === severity ? 1 : 0), 0);
  const errors = count('error');
  const rejected = [...diagnostics, ...silenced].some((diagnostic) => diagnostic.hub === 'error');
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool: TOOL,
    tables: { source: tables.source, date: tables.date },
    target: repo.target,
    diagnostics,
    ...(silenced.length === 0 ? {} : { silenced }),
    support,
    ...(smoke === undefined ? {} : { smoke }),
    summary: {
      errors,
      warnings: count('warning'),
      infos: count('info'),
      publishable: errors === 0 && !rejected && smoke?.status !== 'failed',
    },
  };
}
