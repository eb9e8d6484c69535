import type { Metadata } from '../card/card.js';
import type { Rule } from '../rules/rule.js';

/** Rules sorted by what they look at. */
interface Sorted {
  readonly always: readonly Rule[];
  /** By key at the top of the metadata. */
  readonly byKey: ReadonlyMap<string, readonly Rule[]>;
}

const sorted = new WeakMap<readonly Rule[], Sorted>();

/**
 * Calls `run` for the rules that have something to look at: most cards have a few of the many keys that rules are about, and
 * two thirds of the rules need not be asked.
 */
export function eachRuleFor(
  rules: readonly Rule[],
  metadata: Metadata | null,
  run: (rule: Rule) => void,
): void {
  let known = sorted.get(rules);
  if (known === undefined) {
    known = sort(rules);
    sorted.set(rules, known);
  }
  for (const rule of known.always) run(rule);
  if (metadata === null) return;
  for (const key in metadata) {
    const about = known.byKey.get(key);
    if (about === undefined) continue;
    for (const rule of about) if (isFirst(key, rule, metadata)) run(rule);
  }
}

function sort(rules: readonly Rule[]): Sorted {
  const byKey = new Map<string, Rule[]>();
  for (const rule of rules) {
    for (const key of rule.keys ?? []) byKey.set(key, [...(byKey.get(key) ?? []), rule]);
  }
  return { always: rules.filter(({ keys }) => keys === undefined), byKey };
}

/** Whether a key is the first of those the rule names that the card has, so that the rule runs once. */
function isFirst(key: string, { keys = [] }: Rule, metadata: Metadata): boolean {
  return keys.length === 1 || keys.find((one) => Object.hasOwn(metadata, one)) === key;
}
