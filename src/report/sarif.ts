import type { Position } from '../card/position.js';
import type { Diagnostic } from '../diagnostic.js';
import { RULES } from '../rules/index.js';
import type { SilencedDiagnostic } from '../silence/apply.js';
import { type FormatOptions, shownPath } from './format.js';
import { hubReaction, STAGE_IN_WORDS, sentence } from './order.js';
import type { Report } from './report.js';
import { visibleJson } from './text.js';

const LEVEL = { error: 'error', warning: 'warning', info: 'note' } as const;

/** The rule id that a failed smoke inference is reported under. */
const SMOKE = 'smoke-inference';

/**
 * The report as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as GitHub code scanning takes it. Columns
 * count UTF-16 units; the rules are those of the package; a fingerprint (rule, file and place in the metadata, not the
 * line) lets a viewer recognise a finding after the card was edited.
 */
export function formatSarif(report: Report, options: FormatOptions = {}): string {
  const used = new Set(
    [...report.diagnostics, ...(report.silenced ?? [])].map((diagnostic) => diagnostic.rule),
  );
  const failure = smokeResult(report, options);
  const rules = [
    ...RULES.map((rule) => ({
      id: rule.id,
      shortDescription: { text: rule.description },
      fullDescription: { text: rule.why },
      help: { text: `${rule.why}\n\nSource: ${rule.source}` },
      defaultConfiguration: { level: LEVEL[rule.severity] },
    })),
    // A report read from a file may be older or newer than these rules.
    ...[...used].filter((id) => !RULES.some((rule) => rule.id === id)).map((id) => ({ id })),
    ...(failure
      ? [
          {
            id: SMOKE,
            shortDescription: { text: 'The model runs, and its answers make sense.' },
            defaultConfiguration: { level: 'error' },
          },
        ]
      : []),
  ];
  const index = new Map(rules.map((rule, at) => [rule.id, at]));
  const seen = new Map<string, number>();
  const log = {
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
        results: [
          ...report.diagnostics.map((diagnostic) => result(diagnostic, index, seen, options)),
          ...(report.silenced ?? []).map((finding) => ({
            ...result(finding, index, seen, options),
            suppressions: [suppression(finding)],
          })),
          ...(failure ? [{ ...failure, ruleIndex: index.get(SMOKE) }] : []),
        ],
        properties: { tables: report.tables, publishable: report.summary.publishable },
      },
    ],
  };
  return `${visibleJson(JSON.stringify(log, null, 2))}\n`;
}

function result(
  diagnostic: Diagnostic,
  index: ReadonlyMap<string, number>,
  seen: Map<string, number>,
  options: FormatOptions,
): Readonly<Record<string, unknown>> {
  const { range, fix } = diagnostic;
  const reaction = hubReaction(diagnostic);
  const artifactLocation = { uri: uri(shownPath(diagnostic.file, options)) };
  const place = `${diagnostic.rule}:${diagnostic.file}:${diagnostic.path}`;
  const count = (seen.get(place) ?? 0) + 1;
  seen.set(place, count);
  return {
    ruleId: diagnostic.rule,
    ruleIndex: index.get(diagnostic.rule),
    level: LEVEL[diagnostic.severity],
    message: {
      text: [diagnostic.message, reaction && sentence(reaction), diagnostic.help].filter(Boolean).join('\n'),
    },
    locations: [
      {
        physicalLocation: { artifactLocation, ...(range ? { region: region(range.start, range.end) } : {}) },
        ...(diagnostic.path === '' ? {} : { logicalLocations: [{ fullyQualifiedName: diagnostic.path }] }),
      },
    ],
    partialFingerprints: { 'findingPlace/v1': `${place}:${count}` },
    ...(fix
      ? {
          fixes: [
            {
              description: { text: fix.title },
              artifactChanges: [
                {
                  artifactLocation,
                  replacements: fix.edits.map((edit) => ({
                    deletedRegion: { charOffset: edit.start, charLength: edit.end - edit.start },
                    ...(edit.text === '' ? {} : { insertedContent: { text: edit.text } }),
                  })),
                },
              ],
            },
          ],
        }
      : {}),
    properties: { hub: diagnostic.hub, ...(diagnostic.online ? { online: true } : {}) },
  };
}

/** A viewer shows a suppressed result apart from the others, or not at all. */
function suppression({ silencedBy, reason }: SilencedDiagnostic): Readonly<Record<string, string>> {
  return silencedBy === 'comment'
    ? { kind: 'inSource', justification: reason ?? '' }
    : { kind: 'external', justification: 'Known to the baseline.' };
}

function smokeResult(report: Report, options: FormatOptions): Readonly<Record<string, unknown>> | undefined {
  const { smoke } = report;
  if (smoke?.status !== 'failed') return undefined;
  const checks = [...smoke.checks, ...smoke.cases.flatMap((one) => one.checks)];
  const failed = checks.filter((check) => check.status === 'failed');
  const where = smoke.stage ? ` ${STAGE_IN_WORDS[smoke.stage]}` : '';
  return {
    ruleId: SMOKE,
    level: 'error',
    message: {
      text: [
        `The smoke inference failed${where}.`,
        ...(smoke.reason ? [smoke.reason] : []),
        ...failed.map((check) => `${check.id}: ${check.message}`),
      ].join('\n'),
    },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uri(shownPath(smoke.files[0]?.path ?? 'README.md', options)) },
        },
      },
    ],
    partialFingerprints: { 'findingPlace/v1': `${SMOKE}:${smoke.stage ?? ''}` },
  };
}

function region(start: Position, end: Position): Readonly<Record<string, number>> {
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

/** A relative path as a URI reference. */
function uri(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
