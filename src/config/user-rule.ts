import type { Card } from '../card/card.js';
import type { Fix, Severity } from '../diagnostic.js';
import { ConfigError } from '../errors.js';
import { isMapping } from '../mapping.js';
import { escapeText, preview } from '../preview.js';
import { safeRepoPath } from '../repo/path.js';
import type { Finding, Rule, RuleContext, RuleExample, UserRule } from '../rules/rule.js';

const ID = /^[a-z0-9][a-z0-9._-]*(?:\/[a-z0-9][a-z0-9-]*)+$/;
const SEVERITIES: readonly unknown[] = ['error', 'warning', 'info'] satisfies readonly Severity[];
const PARTS: readonly unknown[] = ['key', 'value', 'entry'] satisfies readonly Finding['part'][];

/** Longest message or advice of a user's rule, in UTF-16 units. */
const LONGEST = 2000;

/** The rules that were checked, by what was given; whoever checks many cards checks the rules once. */
const checked = new WeakMap<object, Rule>();

/**
 * Checks the shape of a rule that a user brings, and guards it: what it throws or reports in a wrong shape becomes an error
 * that names the rule and where it comes from, and is no bug of ours.
 * @param origin The module, for messages.
 * @throws ConfigError (`rule-invalid`)
 */
export function userRule(given: unknown, origin?: string): Rule {
  const known = typeof given === 'object' && given !== null ? checked.get(given) : undefined;
  if (known !== undefined) return known;
  const from = origin === undefined ? '' : ` (${origin})`;
  const fault = shapeFault(given);
  if (fault !== undefined) {
    throw new ConfigError('rule-invalid', `A rule of your own${from} ${fault}.`, {
      hint: 'A rule has id, severity, description and check; docs/configuration.md of validate-model-card shows one.',
    });
  }
  const own = given as UserRule;
  const { id, severity, description } = own;
  const name = `The rule ${id}${from}`;
  const rule: Rule = {
    id,
    severity,
    description,
    why: own.why ?? description,
    source: own.source ?? origin ?? id,
    fixable: own.fixable ?? false,
    good: own.good ?? [],
    bad: own.bad ?? [],
    check: (context) => runGuarded(own, name, context),
  };
  checked.set(own, rule);
  checked.set(rule, rule);
  return rule;
}

/**
 * Checks rules from several places together.
 * @throws ConfigError (`rule-invalid`; `rule-twice` for an id that two of them have)
 */
export function userRules(given: readonly unknown[], origin?: string): readonly Rule[] {
  const rules = new Map<string, Rule>();
  for (const one of given) {
    const rule = userRule(one, origin);
    const other = rules.get(rule.id);
    if (other !== undefined && other !== rule) {
      throw new ConfigError('rule-twice', `There are two rules ${rule.id}.`, {
        hint: 'Give one of them another id.',
      });
    }
    rules.set(rule.id, rule);
  }
  return [...rules.values()];
}

/** Whether an id is one of a user's rule; those of the package have no slash. */
export function isUserRuleId(id: string): boolean {
  return id.includes('/');
}

/** What is wrong with a rule, in words that follow "a rule". */
function shapeFault(given: unknown): string | undefined {
  try {
    return faultIn(given);
  } catch {
    return 'cannot be looked at: one of its properties throws';
  }
}

function faultIn(given: unknown): string | undefined {
  if (!isMapping(given)) return `is ${what(given)}, not an object`;
  const { id, severity, description, check } = given;
  if (typeof id !== 'string' || id === '') return 'has no id';
  if (!ID.test(id))
    return `has the id ${preview(id)}, which must be a name, a slash and the rest in small letters: acme/team-named`;
  const named = `with the id ${id}`;
  if (!SEVERITIES.includes(severity)) {
    return `${named} has the severity ${preview(severity)}; it is one of ${SEVERITIES.join(', ')}`;
  }
  if (typeof description !== 'string' || description.trim() === '') return `${named} has no description`;
  if (typeof check !== 'function') return `${named} has no function check`;
  if (check.constructor.name === 'AsyncFunction')
    return `${named} is asynchronous; check must be a plain function`;
  for (const key of ['why', 'source'] as const) {
    const value = given[key];
    if (value !== undefined && (typeof value !== 'string' || value.trim() === ''))
      return `${named} has ${what(value)} as ${key}, not a text`;
  }
  if (given.fixable !== undefined && typeof given.fixable !== 'boolean')
    return `${named} has ${what(given.fixable)} as fixable, not true or false`;
  for (const key of ['good', 'bad'] as const) {
    const value = given[key];
    if (value !== undefined && !(Array.isArray(value) && value.every(isExample)))
      return `${named} has ${what(value)} as ${key}, not a list of examples with a text`;
  }
  return undefined;
}

function isExample(value: unknown): value is RuleExample {
  return isMapping(value) && typeof value.text === 'string';
}

/** A value in a message, with what is no data named too. */
function what(value: unknown): string {
  return typeof value === 'function' ? 'a function' : value === undefined ? 'nothing' : preview(value);
}

function runGuarded(rule: UserRule, name: string, context: RuleContext): void {
  // What reporting throws is ours, and must get out even where the rule catches it.
  let ours: { readonly error: unknown } | undefined;
  const report = (given: unknown) => {
    if (ours !== undefined) throw ours.error;
    try {
      context.report(checkedFinding(given, name, context));
    } catch (error) {
      ours = { error };
      throw error;
    }
  };
  let result: unknown;
  try {
    result = rule.check({ ...context, report });
  } catch (cause) {
    ours ??= {
      error: new ConfigError('rule-crashed', `${name} failed on ${context.cardPath}: ${inWords(cause)}`, {
        hint: 'Correct the rule, or take its module out of the settings. --debug prints where it failed.',
        cause,
      }),
    };
  }
  if (isThenable(result)) {
    // Nobody waits for it; what it throws later must not end the process.
    result.then(
      () => undefined,
      () => undefined,
    );
    ours ??= {
      error: new ConfigError('rule-async', `${name} is asynchronous; check must be a plain function.`, {
        hint: 'A rule judges what its context holds: card, files and config files were read before.',
      }),
    };
  }
  if (ours !== undefined) throw ours.error;
}

/** Whatever was thrown, as a line of a message. */
export function inWords(thrown: unknown): string {
  try {
    return escapeText(String(thrown), 300);
  } catch {
    return 'something that is no error';
  }
}

function checkedFinding(given: unknown, name: string, context: RuleContext): Finding {
  let finding: unknown;
  try {
    // A copy, which nobody changes between this check and the use.
    finding = structuredClone(given);
  } catch {
    throw findingError(name, 'that is not plain data: texts, numbers, lists and objects');
  }
  const fault = findingFault(finding, context);
  if (fault !== undefined) throw findingError(name, fault);
  return inLines(finding as Finding);
}

function findingError(name: string, fault: string): ConfigError {
  return new ConfigError('rule-finding', `${name} reported a finding ${fault}.`, {
    hint: 'Correct the rule, or take its module out of the settings.',
  });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** What is wrong with a finding, in words that follow "a finding". */
function findingFault(value: unknown, context: RuleContext): string | undefined {
  if (!isMapping(value)) return `that is ${what(value)}, not an object`;
  const { message, path, part, span, file, severity, hub, hubMessage, help, noRange, fix } = value;
  if (typeof message !== 'string' || message.trim() === '') return 'without a message';
  if (path !== undefined && !(Array.isArray(path) && path.every(isStep)))
    return 'whose path is not a list of keys and indexes';
  if (part !== undefined && !PARTS.includes(part)) return `whose part is not one of ${PARTS.join(', ')}`;
  if (severity !== undefined && !SEVERITIES.includes(severity))
    return `whose severity is not one of ${SEVERITIES.join(', ')}`;
  if (hub !== undefined && hub !== 'error' && hub !== 'warning') return 'whose hub is not error or warning';
  if (noRange !== undefined && noRange !== true) return 'whose noRange is not true';
  for (const [key, text] of Object.entries({ help, hubMessage })) {
    if (text !== undefined && typeof text !== 'string') return `whose ${key} is not a text`;
  }
  if (file !== undefined && !isRepoPath(file))
    return 'whose file is not a path inside the repository, with forward slashes';
  const length = lengthOf(typeof file === 'string' ? file : context.cardPath, context);
  if (span !== undefined) {
    if (length === undefined) return 'with a span in a file whose text rules do not see';
    if (!isSpan(span, length)) return `whose span does not lie inside the text (0 to ${length})`;
  }
  if (fix === undefined) return undefined;
  if (length === undefined) return 'with a fix of a file whose text rules do not see';
  return isFix(fix, length)
    ? undefined
    : `whose fix is not a title and a list of edits {start, end, text} inside the text (0 to ${length}), in order and apart`;
}

/** Length of a text that rules see, in UTF-16 units. */
function lengthOf(
  file: string,
  { card, cardPath, evalResults, gitAttributes }: RuleContext,
): number | undefined {
  if (file === cardPath) return card.text.length;
  if (file === '.gitattributes') return gitAttributes?.length;
  return evalResults.find(({ path }) => path === file)?.text.length;
}

function isStep(step: unknown): boolean {
  return typeof step === 'string' || isOffset(step);
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isSpan(value: unknown, length: number): value is Card['body'] {
  if (!isMapping(value)) return false;
  const { start, end } = value;
  return isOffset(start) && isOffset(end) && start <= end && end <= length;
}

function isRepoPath(file: unknown): boolean {
  try {
    return typeof file === 'string' && safeRepoPath(file) === file;
  } catch {
    return false;
  }
}

function isFix(value: unknown, length: number): value is Fix {
  if (!isMapping(value) || typeof value.title !== 'string' || !Array.isArray(value.edits)) return false;
  let done = 0;
  for (const edit of value.edits) {
    if (!isSpan(edit, length) || !isMapping(edit) || typeof edit.text !== 'string' || edit.start < done)
      return false;
    done = edit.end;
  }
  return value.edits.length > 0;
}

/** The finding with texts that are safe in a line. */
function inLines(finding: Finding): Finding {
  const { message, hubMessage, help, fix } = finding;
  const line = (text: string) => escapeText(text, LONGEST);
  return {
    ...finding,
    message: line(message),
    ...(hubMessage === undefined ? {} : { hubMessage: line(hubMessage) }),
    ...(help === undefined ? {} : { help: line(help) }),
    ...(fix === undefined ? {} : { fix: { title: line(fix.title), edits: fix.edits } }),
  };
}
