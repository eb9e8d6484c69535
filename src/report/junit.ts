import { failLevelOf } from '../config/policy.js';
import type { Diagnostic } from '../diagnostic.js';
import type { SilencedDiagnostic } from '../silence/apply.js';
import type { SmokeReport } from '../smoke/report.js';
import { TOOL } from '../version.js';
import { failsAt } from './fails.js';
import { cardFile, type FormatOptions, shownPath } from './format.js';
import { smokeTests, type Test } from './junit-smoke.js';
import { worstFirst } from './order.js';
import type { Report } from './report.js';
import { cut, oneLine, visible } from './text.js';
import { hubReaction, sentence, widgetInWords } from './wording.js';

/** Longest name of a test, and longest text of one, in columns and in characters. */
const LONGEST_NAME = 200;
const LONGEST_TEXT = 20_000;

/** Tests of a repository that belong together. */
export interface Suite {
  /** What the tests are of; the page calls a suite by this and its repository. */
  readonly repository: string;
  readonly name: string;
  readonly tests: readonly Test[];
  readonly properties?: Readonly<Record<string, string>>;
}

type OwnSuite = Omit<Suite, 'repository'>;

/**
 * The report as JUnit XML, in the shape of Jenkins and Surefire that other systems read too: a suite for the card with a test
 * for each rule that found something, one for the model page, and one for the smoke inference with a test for each input.
 * What makes the run fail at its fail level is a failure; other findings are in the output of tests that pass.
 */
export function formatJunit(report: Report, options: FormatOptions = {}): string {
  return junitDocument(suitesOf(report, options), report.tool);
}

/** The suites of a report. */
export function suitesOf(report: Report, options: FormatOptions): readonly Suite[] {
  const repository = repositoryName(report, options);
  const suites = [
    cardSuite(report, options),
    pageSuite(report),
    ...(report.smoke ? [smokeSuite(report.smoke, report, options)] : []),
  ];
  return suites.map((suite) => ({ repository, ...suite }));
}

/** Suites as one document that `tool` wrote. */
export function junitDocument(suites: readonly Suite[], tool: Report['tool'] = TOOL): string {
  const all = suites.flatMap(({ tests }) => tests);
  const name = `${tool.name} ${tool.version}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name, ...counts(all), time: seconds(all) })}>`,
    ...suites.flatMap(suiteLines),
    '</testsuites>',
    '',
  ].join('\n');
}

function repositoryName({ target }: Report, { base }: FormatOptions): string {
  if (target.kind === 'hub') return target.id;
  const name = base || (target.kind === 'memory' ? 'model' : target.path);
  return name.split(/[\\/]+/).join('/');
}

function cardSuite(report: Report, options: FormatOptions): OwnSuite {
  const rules = new Map<string, Diagnostic[]>();
  for (const diagnostic of worstFirst(report.diagnostics)) {
    rules.set(diagnostic.rule, [...(rules.get(diagnostic.rule) ?? []), diagnostic]);
  }
  const silenced = new Map<string, SilencedDiagnostic[]>();
  for (const finding of report.silenced ?? []) {
    if (!rules.has(finding.rule))
      silenced.set(finding.rule, [...(silenced.get(finding.rule) ?? []), finding]);
  }
  const tests = [
    ...[...rules].map(([rule, findings]) => ruleTest(rule, findings, options)),
    ...[...silenced].map(([rule, findings]) => silencedTest(rule, findings, options)),
  ];
  return {
    name: cardFile(report),
    properties: { tables: `${report.tables.source}, ${report.tables.date}` },
    // A suite without tests is taken for one that did not run.
    tests:
      tests.length > 0 ? tests : [{ name: 'all rules', outcome: 'passed', text: 'No rule found anything.' }],
  };
}

function ruleTest(rule: string, findings: readonly Diagnostic[], options: FormatOptions): Test {
  const failing = findings.filter((finding) => failsAt(finding, options.failLevel ?? 'error'));
  const [worst] = failing;
  const text = findings.map((finding) => findingText(finding, options)).join('\n\n');
  if (worst === undefined) return { name: rule, outcome: 'passed', text };
  const more = failing.length > 1 ? ` (and ${failing.length - 1} more)` : '';
  return { name: rule, outcome: 'failed', message: `${worst.message}${more}`, type: worst.severity, text };
}

function silencedTest(rule: string, findings: readonly SilencedDiagnostic[], options: FormatOptions): Test {
  const reasons = new Set(
    findings.map(({ silencedBy, reason }) =>
      silencedBy === 'comment' ? (reason ?? '') : 'known to the baseline',
    ),
  );
  return {
    name: rule,
    outcome: 'skipped',
    message: `Silenced: ${[...reasons].join('; ')}`,
    text: findings.map((finding) => findingText(finding, options)).join('\n\n'),
  };
}

function findingText(diagnostic: Diagnostic, options: FormatOptions): string {
  const { range, severity, message, help, fix } = diagnostic;
  const place = `${shownPath(diagnostic.file, options)}${range ? `:${range.start.line}:${range.start.column}` : ''}`;
  const reaction = hubReaction(diagnostic);
  return [
    `${place}: ${severity}: ${message}`,
    ...(reaction ? [sentence(reaction)] : []),
    ...(help === '' ? [] : [help]),
    ...(fix ? [`--fix: ${fix.title}`] : []),
  ].join('\n');
}

/** What the model page will be. An API that is off fails no run: its test is skipped, with the reason. */
function pageSuite({ support }: Report): OwnSuite {
  const { library, task, api, widget, remedy = [] } = support;
  const todo = remedy.map(({ title }) => `To do: ${title}`);
  const test = (name: string, on: boolean, value: string, detail: string): Test => ({
    name,
    outcome: on ? 'passed' : 'skipped',
    ...(on ? {} : { message: `${value}: ${detail}` }),
    text: [`${value}: ${detail}`, ...(on ? [] : todo)].join('\n'),
  });
  const widgetState = widgetInWords(widget.state);
  return {
    name: 'model page',
    tests: [
      test('library', library.name !== null, library.name ?? 'not found', library.detail),
      test('task', task.name !== null, task.name ?? 'not found', task.detail),
      test('API', api.enabled, api.enabled ? 'on' : `off (${api.reason})`, api.explanation),
      test('widget', widget.state !== 'hidden', widgetState, widget.explanation),
    ],
  };
}

function smokeSuite(smoke: SmokeReport, report: Report, options: FormatOptions): OwnSuite {
  const fails = failLevelOf(options.failLevel ?? 'error', cardFile(report)) !== 'never';
  const tests = smokeTests(smoke);
  return {
    name: 'smoke inference',
    properties: Object.fromEntries(
      Object.entries({
        runner: smoke.runner,
        device: smoke.device,
        dtype: smoke.dtype,
        peakRssBytes: smoke.peakRssBytes === null ? null : String(smoke.peakRssBytes),
      }).flatMap(([key, value]) => (value === null ? [] : [[key, value]])),
    ),
    tests: fails ? tests : tests.map(forgiven),
  };
}

/** A failure where nothing makes the run fail: the test passes, and its output says what was wrong. */
function forgiven(test: Test): Test {
  if (test.outcome !== 'failed') return test;
  const { message, type: _, ...rest } = test;
  return { ...rest, outcome: 'passed', text: [message, test.text].filter(Boolean).join('\n') };
}

function suiteLines({ repository, name, tests, properties }: Suite): readonly string[] {
  const head = attributes({
    name: `${repository}: ${name}`,
    ...counts(tests),
    skipped: tests.filter(({ outcome }) => outcome === 'skipped').length,
    time: seconds(tests),
  });
  // Viewers cut a class name at its dots into packages.
  const classname = [repository, name].map((part) => part.replaceAll('.', '_')).join('.');
  return [
    `  <testsuite${head}>`,
    ...propertyLines(properties ?? {}),
    ...tests.flatMap((test) => testLines(test, classname)),
    '  </testsuite>',
  ];
}

function propertyLines(properties: Readonly<Record<string, string>>): readonly string[] {
  const entries = Object.entries(properties);
  if (entries.length === 0) return [];
  return [
    '    <properties>',
    ...entries.map(([name, value]) => `      <property${attributes({ name, value })}/>`),
    '    </properties>',
  ];
}

function testLines({ name, outcome, message = '', type, text, ms = 0 }: Test, classname: string) {
  const head = attributes({ name: cut(oneLine(name), LONGEST_NAME), classname, time: inSeconds(ms) });
  const lines = [`    <testcase${head}>`];
  if (outcome === 'error') lines.push(`      <error${attributes({ message: oneLine(message) })}/>`);
  if (outcome === 'skipped') lines.push(`      <skipped>${content(message)}</skipped>`);
  if (outcome === 'failed') {
    lines.push(`      <failure${attributes({ message: oneLine(message), type })}>${content(text)}</failure>`);
  } else if (text !== '') lines.push(`      <system-out>${content(text)}</system-out>`);
  lines.push('    </testcase>');
  return lines;
}

function counts(tests: readonly Test[]) {
  const count = (wanted: Test['outcome']) => tests.filter(({ outcome }) => outcome === wanted).length;
  return { tests: tests.length, failures: count('failed'), errors: count('error') };
}

function seconds(tests: readonly Test[]): string {
  return inSeconds(tests.reduce((sum, { ms = 0 }) => sum + ms, 0));
}

function inSeconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [` ${name}="${escaped(oneLine(String(value).slice(0, LONGEST_TEXT)))}"`],
    )
    .join('');
}

function content(text: string): string {
  return escaped(visible(text.slice(0, LONGEST_TEXT), { lines: true }));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/**
 * Safe text for XML 1.0, which lacks U+FFFE and U+FFFF too; and for a log of GitHub Actions, where `::` at the beginning of a line
 * and `##[` command.
 */
function escaped(text: string): string {
  return text
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
    .replaceAll('::', ':&#58;')
    .replaceAll('##[', '#&#35;[');
}
