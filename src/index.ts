/**
 * The library: everything the command does, as functions over values. Importing it has no side effects, and loads
 * neither the network client nor the inference runtimes; those are loaded by the call that needs them.
 */
export type { Card, FrontMatter, Metadata, Part } from './card/card.js';
export { parseCard } from './card/parse.js';
export type { JsonPath } from './card/path.js';
export type { Position, Range, Span } from './card/position.js';
export type { Config, FailLevel, Judgement, Override } from './config/config.js';
export { loadSettings, type Settings, type SettingsOptions } from './config/load.js';
export type { PolicyConfig } from './config/policy.js';
export { createServer } from './create-server.js';
export type { Diagnostic, Fix, HubSeverity, Severity, TextEdit } from './diagnostic.js';
export { ConfigError, EXIT, RepoError, SmokeSetupError, UsageError, UserError } from './errors.js';
export { applyFixes } from './fix.js';
export type {
  Gap,
  HubFacts,
  InferenceProvider,
  ModelPage,
  RepoAnswer,
  ValidatorDifference,
} from './hub/facts.js';
export { TABLES, type Tables } from './hub/tables.js';
export { type LintOptions, lintCard } from './lint.js';
export type { OnlineOptions } from './online/card-questions.js';
export { type FindOptions, findRepositories } from './repo/find-repositories.js';
export type { HubAccess } from './repo/hub.js';
export { memoryRepo } from './repo/memory.js';
export { type OpenOptions, openRepo } from './repo/open.js';
export type { DownloadOptions, DownloadProgress, Repo, RepoFile, RepoTarget } from './repo/repo.js';
export { type FormatName, type FormatOptions, formatReport } from './report/index.js';
export type { Report } from './report/report.js';
export type { Finding, Rule, RuleContext, RuleExample, UserRule } from './rules/rule.js';
export type { CatalogOptions } from './serve/catalog.js';
export type {
  ErrorKind,
  FaultEvent,
  LoadEvent,
  RequestEvent,
  ServerEvent,
  UsageFileEvent,
  WorkerEnd,
  WorkerEndEvent,
} from './serve/events.js';
export type { ServedModels, ServerOptions } from './serve/server-options.js';
export type { SmokeFile, SmokeMedia } from './smoke/files.js';
export type { SavedFile, SmokeCase, SmokeCheck, SmokeComparison, SmokeReport } from './smoke/report.js';
export type { SmokeOptions, SmokePlanReport, SmokeProgress } from './smoke/smoke.js';
export { planSmokeTest, smokeTest } from './smoke-test.js';
export { decideSupport, type SupportInput } from './support/decide.js';
export type {
  ApiReason,
  Detection,
  OnlineVerdict,
  Remedy,
  SupportVerdict,
  WidgetState,
} from './support/verdict.js';
export {
  type ProgressEvent,
  type ValidateOptions,
  type Validation,
  validateRepo,
  validateWithSources,
} from './validate.js';
