import type { Card } from './card/card.js';
import { parseCard } from './card/parse.js';
import { type PolicyConfig, policyOf } from './config/policy.js';
import { isUserRuleId, userRules } from './config/user-rule.js';
import type { Diagnostic } from './diagnostic.js';
import { commentedFiles } from './engine/commented.js';
import { Context } from './engine/context.js';
import { byPlace, diagnose, MOST_FINDINGS, moreFrom } from './engine/diagnose.js';
import { eachRuleFor } from './engine/rules-for.js';
import { sourcesOf } from './engine/sources.js';
import { lazily } from './hub/lazily.js';
import type { CardFile } from './repo/card-file.js';
import type { Surroundings } from './repo/surroundings.js';
import { RULES } from './rules/index.js';
import { oneForEachField } from './rules/required-field-missing.js';
import type { Finding, Rule, UserRule } from './rules/rule.js';
import { silenceComment, unusedComment } from './rules/silence-comment.js';
import { findSecrets, type Secret } from './secrets/find.js';
import { maskFindings } from './secrets/mask-findings.js';
import { applyComments, type SilencedDiagnostic } from './silence/apply.js';

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

/** Thrown through a rule that has found enough; it never leaves this file. */
const ENOUGH = new Error('Enough findings of this rule.');

/**
 * Checks a card against every rule. Findings are sorted by file, position and rule id. Faulty cards never throw; a rule
 * that throws is a bug of ours, and the error names it. Throws `ConfigError` for a user's rule that is wrong or fails, `TypeError`
 * for what is no card at all.
 */
export function lintCard(textOrCard: string | Card, options: LintOptions = {}): Diagnostic[] {
  const card = typeof textOrCard === 'string' ? parseCard(textOrCard) : textOrCard;
  if (typeof card?.text !== 'string') {
    throw new TypeError('lintCard takes the text of a card, or what parseCard made of it.');
  }
  return runRules(allRules(options), card, options);
}

/** As `lintCard`, with the rules given; a rule's own tests run it alone. */
export function runRules(rules: readonly Rule[], card: Card, options: LintOptions = {}): Diagnostic[] {
  return [...runWithSilenced(rules, card, options).diagnostics];
}

/** As `lintWithSilenced`, with the rules given: those whose answers come later than the other findings. */
export function runLateRules(rules: readonly Rule[], card: Card, options: LintOptions): Findings {
  return runWithSilenced(rules, card, options);
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
  const { gitAttributes = null, evalResults = [] } = options;
  const all =
    gitAttributes === null && evalResults.length === 0
      ? secrets
      : [...secrets, ...[gitAttributes ?? '', ...evalResults.map(({ text }) => text)].flatMap(findSecrets)];
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
  const commented = commentedFiles(sources, options);
  const reported: Diagnostic[] = [];
  let current: Rule;
  let found = 0;
  const context = new Context(card, cardPath, options, {
    required,
    secrets,
    knownRules: rules === RULES ? knownRules() : new Set([...knownRules(), ...rules.map(({ id }) => id)]),
    comments: commented,
    report(finding: Finding): void {
      const { ignored, rules } = policy(finding.file ?? cardPath);
      const override = rules[current.id];
      if (ignored || override === 'off') return;
      found++;
      const enough = found > MOST_FINDINGS;
      // What is not looked at any more may be as bad as the rule knows.
      const severity = override ?? (enough ? undefined : finding.severity) ?? current.severity;
      const diagnostic = diagnose(current.id, severity, enough ? moreFrom(finding) : finding, sources);
      reported.push(current.needs === 'hubFacts' ? { ...diagnostic, online: true } : diagnostic);
      if (enough) throw ENOUGH;
    },
  });
  // Where no file can differ, a rule that is off is not asked at all.
  const mayBeOff = options.config !== undefined && options.config.overrides === undefined;
  eachRuleFor(rules, context, (rule) => {
    if (mayBeOff && severities[rule.id] === 'off') return;
    current = rule;
    found = 0;
    try {
      rule.check(context);
    } catch (cause) {
      if (cause === ENOUGH) return;
      // Guarded: what comes out names the rule and is meant for its author.
      if (isUserRuleId(rule.id)) throw cause;
      throw new Error(
        `Rule "${rule.id}" failed on ${cardPath}: this is a bug in validate-model-card, not in the card.`,
        { cause },
      );
    }
  });
  const diagnostics = required.length === 0 ? reported : [...oneForEachField(reported)];
  if (diagnostics.length > 1) diagnostics.sort(byPlace);
  if (commented.size === 0) return { diagnostics, silenced: NONE };
  const { diagnostics: standing, silenced, unused } = applyComments(diagnostics, commented);
  const all = [...standing];
  let inVain = 0;
  for (const { file, span, rule } of unused) {
    const { ignored, rules: severities } = policy(file);
    const severity = severities[silenceComment.id] ?? silenceComment.severity;
    // Of a rule that did not run nobody knows whether it would have found something; what the Hub answers may change.
    const ran = rules.some(({ id, needs }) => id === rule && needs !== 'hubFacts');
    if (ignored || severity === 'off' || severities[rule] === 'off' || !ran) continue;
    const finding = unusedComment(file, span, rule);
    const enough = ++inVain > MOST_FINDINGS;
    all.push(diagnose(silenceComment.id, severity, enough ? moreFrom(finding) : finding, sources));
    if (enough) break;
  }
  return { diagnostics: all.sort(byPlace), silenced };
}

const NONE: readonly SilencedDiagnostic[] = [];

const knownRules = lazily(() => new Set(RULES.map(({ id }) => id)));
