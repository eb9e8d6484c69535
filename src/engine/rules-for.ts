import type { Need, Rule, RuleContext } from '../rules/rule.js';

/** Rules sorted by what they look at. */
interface Sorted {
  readonly always: readonly Rule[];
  /** By key at the top of the metadata. */
  readonly byKey: ReadonlyMap<string, readonly Keyed[]>;
}

/** A rule about a key, and the keys at which it would have run before. */
interface Keyed {
  readonly rule: Rule;
  readonly before: readonly string[];
}

/** Whether a card, and what is known with it, has what rules may need. */
const NEEDS: Readonly<Record<Need, (context: RuleContext) => boolean>> = {
  'no text': ({ cardFile }) => cardFile.source !== 'text',
  'no metadata': ({ card }) => card.metadata === null,
  ambiguity: ({ card }) => card.frontMatter.kind === 'parsed' && card.frontMatter.ambiguous,
  secrets: ({ secrets }) => secrets.length > 0,
  comments: ({ comments }) => comments.size > 0,
  required: ({ required }) => required.length > 0,
  files: ({ files }) => files !== null,
  gitAttributes: ({ gitAttributes }) => gitAttributes !== null,
  brokenJson: ({ brokenJson }) => brokenJson.length > 0,
  evalResults: ({ evalResults }) => evalResults.length > 0,
  weightFaults: ({ weightFaults }) => weightFaults.length > 0,
  hubFacts: ({ hubFacts }) => hubFacts !== null,
};

const NAMES = Object.keys(NEEDS) as readonly Need[];
const TESTS = Object.values(NEEDS);

/** By what a card has: a bit for each need. Cards differ little in it. */
const sorted = new WeakMap<readonly Rule[], Map<number, Sorted>>();

/**
 * Calls `run` for the rules that have something to look at: most cards have a few of the many things that rules are about,
 * and three quarters of the rules need not be asked.
 */
export function eachRuleFor(rules: readonly Rule[], context: RuleContext, run: (rule: Rule) => void): void {
  const { always, byKey } = rulesFor(rules, context);
  for (const rule of always) run(rule);
  const { metadata } = context.card;
  if (metadata === null) return;
  for (const key in metadata) {
    const about = byKey.get(key);
    if (about === undefined) continue;
    for (const { rule, before } of about) {
      if (before.length === 0 || !before.some((one) => Object.hasOwn(metadata, one))) run(rule);
    }
  }
}

function rulesFor(rules: readonly Rule[], context: RuleContext): Sorted {
  let present = 0;
  for (let index = 0; index < TESTS.length; index++) if (TESTS[index]?.(context)) present |= 1 << index;
  let known = sorted.get(rules);
  if (known === undefined) {
    known = new Map();
    sorted.set(rules, known);
  }
  let found = known.get(present);
  if (found === undefined) {
    found = sort(
      rules.filter(({ needs }) => needs === undefined || (present & (1 << NAMES.indexOf(needs))) !== 0),
    );
    known.set(present, found);
  }
  return found;
}

function sort(rules: readonly Rule[]): Sorted {
  const byKey = new Map<string, Keyed[]>();
  for (const rule of rules) {
    for (const [index, key] of (rule.keys ?? []).entries()) {
      byKey.set(key, [...(byKey.get(key) ?? []), { rule, before: rule.keys?.slice(0, index) ?? [] }]);
    }
  }
  return { always: rules.filter(({ keys }) => keys === undefined), byKey };
}
