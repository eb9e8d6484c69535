import type { JsonPath } from '../card/path.js';
import { scalarSource } from '../card/scalar-edit.js';
import type { Fix } from '../diagnostic.js';
import { isMapping, own } from '../mapping.js';
import { label, preview } from '../preview.js';
import type { Rule, RuleContext } from './rule.js';

export const extraGatedValue: Rule = {
  id: 'extra-gated-value',
  severity: 'warning',
  description: 'The form that gives access to a gated model offers choices that can be made and told apart.',
  why: 'A choice without options cannot be answered, two equal options cannot be told apart in the list of requests, and options of a question that is no choice are never shown. The Hub says nothing about it.',
  source: 'hub-docs, models-gated.md',
  fixable: true,
  keys: ['extra_gated_eu_disallowed', 'extra_gated_fields'],
  good: [
    {
      text: '---\nextra_gated_fields:\n  Company: text\n  Purpose:\n    type: select\n    options:\n    - Research\n    - label: Something else\n      value: other\nextra_gated_eu_disallowed: true\n---\n',
    },
  ],
  bad: [
    { text: '---\nextra_gated_fields:\n  Purpose:\n    type: select\n    options: []\n---\n' },
    { text: '---\nextra_gated_fields:\n  Purpose:\n    type: text\n    options:\n    - Research\n---\n' },
    { text: '---\nextra_gated_eu_disallowed: "true"\n---\n' },
  ],
  check(context) {
    const { metadata } = context.card;
    if (metadata === null) return;
    if (metadata.extra_gated_eu_disallowed !== undefined)
      checkFlag(context, metadata.extra_gated_eu_disallowed);
    const fields = metadata.extra_gated_fields;
    if (!isMapping(fields)) return;
    for (const [question, field] of Object.entries(fields)) {
      const options = own(field, 'options');
      if (Array.isArray(options)) {
        checkOptions(context, own(field, 'type'), options, ['extra_gated_fields', question, 'options']);
      }
    }
  },
};

const OTHER_TYPES: ReadonlySet<string> = new Set([
  'text',
  'checkbox',
  'date_picker',
  'country',
  'ip_location',
]);

function checkFlag({ card, report }: RuleContext, value: unknown): void {
  if (typeof value === 'boolean' || value === null) return;
  const path = ['extra_gated_eu_disallowed'];
  const source = scalarSource(card, path);
  // Without quotes, such a word is read in two ways: that is said elsewhere.
  if (source !== undefined && source === value && /^(?:y|yes|n|no|on|off)$/i.test(source)) return;
  const span = card.spanOf(path, 'value');
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  const meant = word === 'true' || word === 'false' ? word : undefined;
  const fix: Fix | undefined =
    span === undefined || source === undefined || meant === undefined
      ? undefined
      : { title: `Write ${meant}`, edits: [{ ...span, text: meant }] };
  report({
    message: `"extra_gated_eu_disallowed" is ${preview(value)}, not true or false.`,
    path,
    part: 'value',
    help: meant === undefined ? 'Write true or false, without quotes.' : `Write ${meant}, without quotes.`,
    ...(fix === undefined ? {} : { fix }),
  });
}

function checkOptions(
  { report }: RuleContext,
  type: unknown,
  options: readonly unknown[],
  path: JsonPath,
): void {
  const question = `"${label(path.slice(0, -1))}"`;
  if (type !== 'select') {
    // A type that there is not is reported where types are.
    if (typeof type !== 'string' || !OTHER_TYPES.has(type)) return;
    report({
      message: `${question} is of type ${preview(type)} and has options, which only a choice shows.`,
      path,
      part: 'key',
      help: 'Write "type: select", or delete the options.',
    });
    return;
  }
  if (options.length === 0) {
    report({
      message: `${question} is a choice without options: nobody can answer it.`,
      path,
      part: 'value',
      help: 'Write what can be chosen, one option per item.',
    });
    return;
  }
  const seen = new Set<string>();
  for (const [index, option] of options.entries()) {
    const texts = isMapping(option) ? [own(option, 'label'), own(option, 'value')] : [option, option];
    const keys = texts.map((text, kind) => (typeof text === 'string' ? `${kind} ${text}` : undefined));
    const twice = keys.findIndex((key) => key !== undefined && seen.has(key));
    for (const key of keys) if (key !== undefined) seen.add(key);
    if (twice === -1) continue;
    report({
      message: `${question} has the option ${preview(texts[twice])} twice.`,
      path: [...path, index, ...(isMapping(option) ? [twice === 0 ? 'label' : 'value'] : [])],
      part: 'value',
      help: 'Delete one of them, or give each a label and a value of its own.',
    });
  }
}
