/**
 * The part of the library that needs no disk, network or process, for pages in a browser: what a card says, what is wrong with
 * it, whether the model page will have API and widget, and the fixes. The package gives it to bundlers that ask for the condition
 * `browser`, and under `validate-model-card/browser`.
 */
export type { Card, FrontMatter, Metadata, Part } from './card/card.js';
export { parseCard } from './card/parse.js';
export type { JsonPath } from './card/path.js';
export type { Position, Range, Span } from './card/position.js';
export type { PolicyConfig } from './config/policy.js';
export type { Diagnostic, Fix, HubSeverity, Severity, TextEdit } from './diagnostic.js';
export { applyFixes } from './fix.js';
export { type LintOptions, lintCard } from './lint.js';
export type { RepoFile } from './repo/repo.js';
export { decideSupport, type SupportInput } from './support/decide.js';
export type { ApiReason, Detection, Remedy, SupportVerdict, WidgetState } from './support/verdict.js';
