import { createHash } from 'node:crypto';
import { lineTable } from '../card/lines.js';
import type { Position } from '../card/position.js';
import type { Diagnostic, Fix } from '../diagnostic.js';
import { RULES } from '../rules/index.js';
import type { SilencedDiagnostic } from '../silence/apply.js';
import { findCheck } from '../smoke/check-reference.js';
import { type FormatOptions, shownPath } from './format.js';
import type { Report } from './report.js';
import { type SmokeFinding, smokeFindings } from './smoke-findings.js';
import { visibleJson } from './text.js';
import { hubReaction, sentence } from './wording.js';

type Json = Readonly<Record<string, unknown>>;

const LEVEL = { error: 'error', warning: 'warning', info: 'note' } as const;

/** The id of a smoke inference that came to no check; those of checks are below it. */
const SMOKE = 'smoke-inference';

/**
 * The report as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as GitHub code scanning takes it. Columns
 * count UTF-16 units, lines end as in YAML; the rules are those of the package, those of the settings, and the checks that
 * found something. A fingerprint (rule, file and place in the metadata, not the line) lets a viewer recognise a finding after the
 * card was edited.
 */
export function formatSarif(report: Report, options: FormatOptions = {}): string {
  return `${visibleJson(JSON.stringify(sarifLog(report, options), null, 2))}\n`;
}

/** The log that `formatSarif` writes, with one run. */
export function sarifLog(report: Report, options: FormatOptions = {}) {
  const smoke = smokeFindings(report);
  const silenced = report.silenced ?? [];
  const rules = rulesOf([...report.diagnostics, ...silenced], smoke, options);
  const index = new Map(rules.map((rule, at) => [rule.id, at]));
  const lines = tablesOf(options.sources ?? {});
  const print = fingerprints();
  const asResult = (diagnostic: Diagnostic) => result(diagnostic, index, print, lines, options);
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: report.tool.name,
            version: report.tool.version,
            semanticVersion: report.tool.version,
            rules,
          },
        },
        columnKind: 'utf16CodeUnits',
        newlineSequences: ['\r\n', '\n', '\r'],
        results: [
          ...report.diagnostics.map(asResult),
          ...silenced.map((finding) => ({ ...asResult(finding), suppressions: [suppression(finding)] })),
          ...smoke.map((finding) => smokeResult(finding, index, print, options)),
        ],
        properties: { tables: report.tables, publishable: report.summary.publishable },
      },
    ],
  };
}

type SarifRule = Json & { readonly id: string };

function rulesOf(
  findings: readonly Diagnostic[],
  smoke: readonly SmokeFinding[],
  { rules: own = [] }: FormatOptions,
): readonly SarifRule[] {
  const known = new Map<string, SarifRule>();
  for (const rule of [...RULES, ...own]) {
    const { id, severity, description, why, source } = rule;
    if (known.has(id)) continue;
    const help = [why ?? description, ...(source === undefined ? [] : [`Source: ${source}`])];
    // The pages of rules with their examples are the package's own.
    const page = own.includes(rule) ? [] : [`\`validate-card explain ${id}\` shows examples.`];
    known.set(id, {
      id,
      shortDescription: { text: description },
      ...(why === undefined ? {} : { fullDescription: { text: why } }),
      help: {
        text: [...help, ...page].join('\n\n'),
        markdown: [`**${description}**`, ...help, ...page].join('\n\n'),
      },
      defaultConfiguration: { level: LEVEL[severity] },
    });
  }
  // A report read from a file may be older or newer than these rules.
  for (const { rule } of findings) if (!known.has(rule)) known.set(rule, { id: rule });
  for (const finding of smoke) {
    const id = smokeRule(finding);
    if (!known.has(id)) known.set(id, checkRule(id, finding));
  }
  return [...known.values()];
}

function smokeRule({ check }: SmokeFinding): string {
  return check === null ? SMOKE : `${SMOKE}/${check}`;
}

function checkRule(id: string, { check, severity }: SmokeFinding): SarifRule {
  const defaultConfiguration = { level: LEVEL[severity] };
  const found = check === null ? undefined : findCheck(check);
  const { checks, remedy } = found ?? {
    checks: 'The model runs, and its answers make sense.',
    remedy: 'Run `validate-card --smoke` beside the model: the message says how far it came.',
  };
  return {
    id,
    shortDescription: { text: checks },
    help: { text: `${checks}\n\n${remedy}`, markdown: `**${checks}**\n\n${remedy}` },
    defaultConfiguration,
  };
}

/** Offsets to lines and columns of the sources, worked out where they are asked for. */
type Lines = (file: string) => ((offset: number) => Position) | undefined;

function tablesOf(sources: Readonly<Record<string, string>>): Lines {
  const tables = new Map<string, (offset: number) => Position>();
  return (file) => {
    const source = Object.hasOwn(sources, file) ? sources[file] : undefined;
    if (source === undefined) return undefined;
    const table = tables.get(file) ?? lineTable(source);
    tables.set(file, table);
    return table;
  };
}

function result(
  diagnostic: Diagnostic,
  index: ReadonlyMap<string, number>,
  print: Fingerprints,
  lines: Lines,
  options: FormatOptions,
): Json {
  const { range, fix, rule, severity, file, path, help, hub, message } = diagnostic;
  const reaction = hubReaction(diagnostic);
  const artifactLocation = { uri: uri(shownPath(file, options)) };
  return {
    ruleId: rule,
    ruleIndex: index.get(rule),
    level: LEVEL[severity],
    message: { text: [message, reaction && sentence(reaction), help].filter(Boolean).join('\n') },
    locations: [
      {
        physicalLocation: { artifactLocation, ...(range ? { region: region(range.start, range.end) } : {}) },
        ...(path === '' ? {} : { logicalLocations: [{ fullyQualifiedName: path }] }),
      },
    ],
    partialFingerprints: print(`${rule}:${file}:${path}${marked(diagnostic, options)}`),
    ...(fix ? { fixes: [fixOf(fix, artifactLocation, lines(file))] } : {}),
    properties: { hub, ...(diagnostic.online ? { online: true } : {}) },
  };
}

/** The text that a finding without a place in the metadata points at, in short: such a finding may be anywhere in the card. */
function marked({ path, range, file }: Diagnostic, { sources = {} }: FormatOptions): string {
  const source = Object.hasOwn(sources, file) ? sources[file] : undefined;
  if (path !== '' || range === undefined || source === undefined) return '';
  const text = source.slice(range.start.offset, range.end.offset).replaceAll(/\s+/g, ' ');
  // The fence stands for a key that is missing; it says nothing.
  if (/^-*$/.test(text.trim())) return '';
  return `#${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}

type Fingerprints = (place: string) => Json;

/** Findings of one place are counted: no two have one fingerprint. */
function fingerprints(): Fingerprints {
  const seen = new Map<string, number>();
  return (place) => {
    const count = (seen.get(place) ?? 0) + 1;
    seen.set(place, count);
    return { 'findingPlace/v1': `${place}:${count}` };
  };
}

/** Lines and columns where the text is at hand: what a character is, readers of offsets do not agree on. */
function fixOf(
  { title, edits }: Fix,
  artifactLocation: Json,
  positionAt: ((offset: number) => Position) | undefined,
): Json {
  const replacements = [...edits]
    .sort((a, b) => a.start - b.start)
    .map(({ start, end, text }) => ({
      deletedRegion:
        positionAt === undefined
          ? { charOffset: start, charLength: end - start }
          : region(positionAt(start), positionAt(end)),
      ...(text === '' ? {} : { insertedContent: { text } }),
    }));
  return { description: { text: title }, artifactChanges: [{ artifactLocation, replacements }] };
}

/** A viewer shows a suppressed result apart from the others, or not at all. */
function suppression({ silencedBy, reason }: SilencedDiagnostic): Json {
  return silencedBy === 'comment'
    ? { kind: 'inSource', justification: reason ?? '' }
    : { kind: 'external', justification: 'Known to the baseline.' };
}

/** At the file of the model or variant: a graph has no lines. */
function smokeResult(
  finding: SmokeFinding,
  index: ReadonlyMap<string, number>,
  print: Fingerprints,
  options: FormatOptions,
): Json {
  const { severity, message, file, key } = finding;
  const ruleId = smokeRule(finding);
  return {
    ruleId,
    ruleIndex: index.get(ruleId),
    level: LEVEL[severity],
    message: { text: message },
    locations: [{ physicalLocation: { artifactLocation: { uri: uri(shownPath(file, options)) } } }],
    partialFingerprints: print(`${ruleId}:${file}:${key}`),
  };
}

function region(start: Position, end: Position): Readonly<Record<string, number>> {
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

/** A relative path as a URI reference. Lone surrogates, which no URI can hold, become U+FFFD. */
function uri(path: string): string {
  return path
    .replace(/\p{Cs}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
}
