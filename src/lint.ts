import type { Card, Part } from './card/card.js';
import { lineTable } from './card/lines.js';
import { parseCard } from './card/parse.js';
import { type JsonPath, toPointer } from './card/path.js';
import type { Range, Span } from './card/position.js';
import { type PolicyConfig, policyOf } from './config/policy.js';
import type { Diagnostic } from './diagnostic.js';
import { lazily } from './hub/lazily.js';
import type { CardFile } from './repo/card-file.js';
import { NO_SURROUNDINGS, type Surroundings } from './repo/surroundings.js';
import { RULES } from './rules/index.js';
import { explainCommand } from './rules/reference.js';
import { oneForEachField } from './rules/required-field-missing.js';
import type { Finding, Rule, RuleContext, UserRule } from './rules/rule.js';
import { silenceComment, unusedComment } from './rules/silence-comment.js';
import { isUserRuleId, userRules } from './rules/user-rule.js';
import { findSecrets, type Secret } from './secrets/find.js';
import { maskFindings } from './secrets/mask-findings.js';
import { applyComments, type Commented, type SilencedDiagnostic } from './silence/apply.js';
import { commentsOfCard, commentsOfText, type SilenceComment } from './silence/comments.js';

/** What else is known of the repository, and how to judge. */
export interface LintOptions extends Partial<Surroundings> {
  /** How findings are judged. What the Hub does is never changed by it. */
  readonly config?: PolicyConfig;
  /** Path of the repository seen from the folder that paths in `config` are relative to; empty for that folder itself. */
  readonly basePath?: string;
  /** Rules beside those of the package. */
  readonly rules?: readonly UserRule[];
  /** What was found in the place of the card, when that is not text. */
  readonly cardFile?: CardFile;
  /** Repository-relative path of the card, for findings; `README.md` when absent. */
  readonly cardPath?: string;
}

/**
 * Most findings of one rule in one card. A list can have a million items, each of them wrong: their findings would fill
 * the memory and no reader would want them.
 */
export const MOST_FINDINGS = 1000;

/** Thrown through a rule that has found enough; it never leaves this file. */
const ENOUGH = new Error('Enough findings of this rule.');

/**
 * Checks a card against every rule. Findings are sorted by file, position and rule id. Faulty cards never throw; a rule
 * that throws is a bug of ours, and the error names it. Throws `ConfigError` for a user's rule that is wrong or fails.
 */
export function lintCard(textOrCard: string | Card, options: LintOptions = {}): Diagnostic[] {
  const card = typeof textOrCard === 'string' ? parseCard(textOrCard) : textOrCard;
  return runRules(allRules(options), card, options);
}

/** As `lintCard`, with the rules given; a rule's own tests run it alone. */
export function runRules(rules: readonly Rule[], card: Card, options: LintOptions = {}): Diagnostic[] {
  return [...runWithSilenced(rules, card, options).diagnostics];
}

/** The findings of a card, and those that comments in it silence. */
export interface Findings {
  readonly diagnostics: readonly Diagnostic[];
  readonly silenced: readonly SilencedDiagnostic[];
}

/** As `lintCard`, and hands out what comments silence. */
export function lintWithSilenced(card: Card, options: LintOptions = {}): Findings {
  return runWithSilenced(allRules(options), card, options);
}

function allRules({ rules = [] }: LintOptions): readonly Rule[] {
  return rules.length === 0 ? RULES : [...RULES, ...userRules(rules)];
}

/** What rules say of a text that holds credentials must not hold them: they would end up in logs and reports. */
function runWithSilenced(rules: readonly Rule[], card: Card, options: LintOptions): Findings {
  const secrets = findSecrets(card.text);
  const found = judge(rules, card, options, secrets);
  const others = [options.gitAttributes ?? '', ...(options.evalResults ?? []).map(({ text }) => text)];
  const all = [...secrets, ...others.flatMap(findSecrets)];
  return all.length === 0
    ? found
    : { diagnostics: maskFindings(found.diagnostics, all), silenced: maskFindings(found.silenced, all) };
}

function judge(
  rules: readonly Rule[],
  card: Card,
  options: LintOptions,
  secrets: readonly Secret[],
): Findings {
  const cardPath = options.cardPath ?? 'README.md';
  const policy = policyOf(options.config, options.basePath);
  const { required, rules: severities } = policy(cardPath);
  const sources = sourcesOf(card, cardPath, options);
  const reported: Diagnostic[] = [];
  let current: Rule;
  let found = 0;
  const report = (finding: Finding): void => {
    const { ignored, rules } = policy(finding.file ?? cardPath);
    const override = rules[current.id];
    if (ignored || override === 'off') return;
    found++;
    const enough = found > MOST_FINDINGS;
    // What is not looked at any more may be as bad as the rule knows.
    const severity = override ?? (enough ? undefined : finding.severity) ?? current.severity;
    reported.push(diagnose(current.id, severity, enough ? moreFrom(finding) : finding, sources));
    if (enough) throw ENOUGH;
  };
  const context = new Context(card, cardPath, options, rules, required, secrets, report);
  for (const rule of rules) {
    // Where no file can differ, a rule that is off is not asked at all.
    if (options.config?.overrides === undefined && severities[rule.id] === 'off') continue;
    current = rule;
    found = 0;
    try {
      rule.check(context);
    } catch (cause) {
      if (cause === ENOUGH) continue;
      // Guarded: what comes out names the rule and is meant for its author.
      if (isUserRuleId(rule.id)) throw cause;
      throw new Error(
        `Rule "${rule.id}" failed on ${cardPath}: this is a bug in validate-model-card, not in the card.`,
        { cause },
      );
    }
  }
  const diagnostics = required.length === 0 ? reported : [...oneForEachField(reported)];
  const commented = commentedFiles(context, sources);
  if (commented.size === 0) return { diagnostics: diagnostics.sort(byPlace), silenced: NONE };
  const { diagnostics: standing, silenced, unused } = applyComments(diagnostics.sort(byPlace), commented);
  const all = [...standing];
  for (const { file, span, rule } of unused) {
    const { ignored, rules: severities } = policy(file);
    const severity = severities[silenceComment.id] ?? silenceComment.severity;
    // Of a rule that did not run nobody knows whether it would have found something.
    if (ignored || severity === 'off' || severities[rule] === 'off' || !rules.some(({ id }) => id === rule))
      continue;
    all.push(diagnose(silenceComment.id, severity, unusedComment(file, span, rule), sources));
  }
  return { diagnostics: all.sort(byPlace), silenced };
}

const NONE: readonly SilencedDiagnostic[] = [];

/** A class, because making it costs a tenth of what spreading the options does, and it is made for every card. */
class Context implements RuleContext {
  readonly files;
  readonly modelConfig;
  readonly tokenizerConfig;
  readonly adapterConfig;
  readonly modelIndex;
  readonly brokenJson;
  readonly repoId;
  readonly gitAttributes;
  readonly evalResults;
  readonly media;
  readonly cardFile: CardFile;
  readonly knownRules: ReadonlySet<string>;

  constructor(
    readonly card: Card,
    readonly cardPath: string,
    options: LintOptions,
    rules: readonly Rule[],
    readonly required: readonly string[],
    readonly secrets: readonly Secret[],
    readonly report: (finding: Finding) => void,
  ) {
    this.files = options.files ?? NO_SURROUNDINGS.files;
    this.modelConfig = options.modelConfig ?? NO_SURROUNDINGS.modelConfig;
    this.tokenizerConfig = options.tokenizerConfig ?? NO_SURROUNDINGS.tokenizerConfig;
    this.adapterConfig = options.adapterConfig ?? NO_SURROUNDINGS.adapterConfig;
    this.modelIndex = options.modelIndex ?? NO_SURROUNDINGS.modelIndex;
    this.brokenJson = options.brokenJson ?? NO_SURROUNDINGS.brokenJson;
    this.repoId = options.repoId ?? NO_SURROUNDINGS.repoId;
    this.gitAttributes = options.gitAttributes ?? NO_SURROUNDINGS.gitAttributes;
    this.evalResults = options.evalResults ?? NO_SURROUNDINGS.evalResults;
    this.media = options.media ?? NO_SURROUNDINGS.media;
    this.knownRules =
      rules === RULES ? knownRules() : new Set([...knownRules(), ...rules.map(({ id }) => id)]);
    this.cardFile = options.cardFile ?? { source: 'text', text: card.text };
  }
}

const knownRules = lazily(() => new Set(RULES.map(({ id }) => id)));

/** The files with comments that silence findings, by path. */
function commentedFiles(context: RuleContext, sources: Sources): ReadonlyMap<string, Commented> {
  const { card, cardPath, evalResults, gitAttributes } = context;
  const files = new Map<string, Commented>();
  const add = (path: string, text: string, comments: readonly SilenceComment[]) => {
    if (comments.length === 0) return;
    const source = path === cardPath ? card : sources.others.get(path);
    const lineOf = (offset: number) => source?.rangeAt({ start: offset, end: offset }).start.line ?? 0;
    files.set(path, { text, comments, lineOf });
  };
  add(cardPath, card.text, commentsOfCard(card));
  for (const { path, text } of evalResults) add(path, text, commentsOfText(text));
  if (gitAttributes !== null) add('.gitattributes', gitAttributes, commentsOfText(gitAttributes));
  return files;
}

/** Stands in the place of the first finding that is one too many. */
function moreFrom({ fix: _, hubMessage: __, ...finding }: Finding): Finding {
  return {
    ...finding,
    message: `From here on there is more of the same; the first ${MOST_FINDINGS} findings are shown.`,
    help: 'Correct the ones shown first; the rest is likely of the same kind.',
  };
}

/** A text that findings point into. */
type Source = Pick<Card, 'spanOf' | 'rangeAt'>;

/** The card, and the other files whose texts are known. */
interface Sources {
  readonly card: Card;
  readonly cardPath: string;
  /** By repository-relative path. */
  readonly others: ReadonlyMap<string, Source>;
}

function sourcesOf(card: Card, cardPath: string, options: LintOptions): Sources {
  const { evalResults = [], gitAttributes = null, brokenJson = [] } = options;
  if (evalResults.length === 0 && gitAttributes === null && brokenJson.length === 0) {
    return { card, cardPath, others: NO_SOURCES };
  }
  const others = new Map<string, Source>(evalResults.map((file) => [file.path, file]));
  if (gitAttributes !== null) others.set('.gitattributes', plainSource(gitAttributes));
  for (const { path, broken } of brokenJson) {
    if (broken.kind === 'syntax') others.set(path, plainSource(broken.text));
  }
  return { card, cardPath, others };
}

const NO_SOURCES: ReadonlyMap<string, Source> = new Map();

/** A text without structure: spans alone can be placed in it. */
function plainSource(text: string): Source {
  let positionAt: ReturnType<typeof lineTable> | undefined;
  return {
    spanOf: () => undefined,
    rangeAt: ({ start, end }) => {
      positionAt ??= lineTable(text);
      return { start: positionAt(start), end: positionAt(end) };
    },
  };
}

function diagnose(
  rule: string,
  severity: Diagnostic['severity'],
  finding: Finding,
  sources: Sources,
): Diagnostic {
  const file = finding.file ?? sources.cardPath;
  const { message, fix } = finding;
  const hub = finding.hub ?? null;
  const path = finding.path === undefined ? '' : toPointer(finding.path);
  const help = helpOf(rule, finding);
  const range = finding.noRange === true ? undefined : rangeIn(sources, file, finding);
  // Spelled out, because spreading costs more than all the rest of a finding.
  if (range === undefined) return { rule, severity, hub, message, file, path, help };
  if (fix === undefined) return { rule, severity, hub, message, file, path, range, help };
  return { rule, severity, hub, message, file, path, range, fix, help };
}

function rangeIn({ card, cardPath, others }: Sources, file: string, finding: Finding): Range | undefined {
  const { path = [], part, span } = finding;
  if (file === cardPath) return rangeOf(card, span ?? placeOf(card, path, part));
  const source = others.get(file);
  return source?.rangeAt(span ?? nearestPlace(source, path, part) ?? TOP);
}

const TOP: Span = { start: 0, end: 0 };

/** The range of most missing keys; knowing it saves counting the lines of a card that is otherwise in order. */
const FENCE_AT_TOP: Range = {
  start: { line: 1, column: 1, offset: 0 },
  end: { line: 1, column: 4, offset: 3 },
};

function rangeOf(card: Card, span: Span): Range {
  const { frontMatter } = card;
  const atTop = span.start === 0 && frontMatter.kind !== 'absent' && span === frontMatter.block.open;
  return atTop ? FENCE_AT_TOP : card.rangeAt(span);
}

function helpOf(rule: string, finding: Finding): string {
  const advice = finding.help === undefined ? '' : `${finding.help} `;
  const said = finding.hubMessage;
  const quote = said === undefined ? '' : `The Hub says: ${said}${said.endsWith('.') ? '' : '.'} `;
  // What explains a user's rule is not known here.
  return isUserRuleId(rule)
    ? `${advice}${quote}`.trimEnd()
    : `${advice}${quote}More: ${explainCommand(rule)}`;
}

/** The place of a path, or of its nearest parent; the opening fence stands for the whole of the metadata. */
function placeOf(card: Card, path: JsonPath, part: Part | undefined): Span {
  // Most findings without a place are about a missing key; asking for one is what costs.
  const [first] = path;
  if (first !== undefined && card.metadata !== null && Object.hasOwn(card.metadata, first)) {
    const span = nearestPlace(card, path, part);
    if (span !== undefined) return span;
  }
  const { frontMatter } = card;
  return frontMatter.kind === 'absent' ? { start: 0, end: 0 } : frontMatter.block.open;
}

function nearestPlace(source: Source, path: JsonPath, part: Part | undefined): Span | undefined {
  let span = source.spanOf(path, part);
  for (let length = path.length - 1; span === undefined && length > 0; length--) {
    span = source.spanOf(path.slice(0, length), 'key');
  }
  return span;
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  const byStart = (a.range?.start.offset ?? -1) - (b.range?.start.offset ?? -1);
  if (byStart !== 0) return byStart;
  if (a.rule !== b.rule) return a.rule < b.rule ? -1 : 1;
  return 0;
}
