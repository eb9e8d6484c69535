import type { Metadata } from '../card/card.js';
import type { JsonPath } from '../card/path.js';
import { replaceString } from '../card/scalar-edit.js';
import { nearest } from '../hub/nearest.js';
import { label, preview } from '../preview.js';
import type { Rule, RuleContext } from './rule.js';

const RELATIONS = ['adapter', 'merge', 'quantized', 'finetune'] as const;
/** What the Hub says of any other value, whatever its type. */
export const RELATION_REFUSED = `"base_model_relation" must be one of [${RELATIONS.join(', ')}]`;
const GATE_KINDS = ['text', 'checkbox', 'date_picker', 'country', 'ip_location'] as const;

export const metadataValue: Rule = {
  id: 'metadata-value',
  severity: 'error',
  description: 'Fields with a short closed list of values hold one of them.',
  why: 'The Hub refuses a push with another value.',
  source: 'hub-docs, model-cards.md and models-gated.md; ApiModelMetadata in huggingface.js packages/hub',
  fixable: true,
  keys: ['base_model_relation', 'extra_gated_fields'],
  good: [
    { text: '---\nbase_model: org/model\nbase_model_relation: quantized\n---\n' },
    {
      text: '---\nextra_gated_fields:\n  Company: text\n  Use:\n    type: select\n    options:\n    - Research\n---\n',
    },
  ],
  bad: [
    { text: '---\nbase_model: org/model\nbase_model_relation: distilled\n---\n' },
    { text: '---\nbase_model: org/model\nbase_model_relation: finetuned\n---\n' },
    { text: '---\nextra_gated_fields:\n  Company: textarea\n---\n' },
  ],
  check(context) {
    const { metadata } = context.card;
    if (metadata === null) return;
    expectOneOf(context, metadata.base_model_relation, ['base_model_relation'], RELATIONS, RELATION_REFUSED);
    checkGate(context, metadata);
  },
};

function checkGate(context: RuleContext, metadata: Metadata): void {
  const fields = metadata.extra_gated_fields;
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return;
  for (const [question, kind] of Object.entries(fields)) {
    const path = ['extra_gated_fields', question];
    if (typeof kind === 'object' && kind !== null) {
      const type: unknown = 'type' in kind ? kind.type : undefined;
      expectOneOf(context, type, [...path, 'type'], [...GATE_KINDS, 'select']);
      if (type === 'select' && !('options' in kind)) {
        context.report({
          message: `"${label(path)}" is a choice without options.`,
          path,
          part: 'key',
          hub: 'error',
          hubMessage: `"${label([...path, 'options'])}" is required`,
          help: 'Add "options:" with a list of what can be chosen.',
        });
      }
    } else expectOneOf(context, kind, path, GATE_KINDS);
  }
}

/** Reports a string that is not in the list; other types are left to `metadata-type`. */
function expectOneOf(
  context: RuleContext,
  value: unknown,
  path: JsonPath,
  known: readonly string[],
  hubMessage?: string,
): void {
  if (typeof value !== 'string' || value === '' || known.includes(value)) return;
  const meant = nearest(value, known);
  const fix = meant === undefined ? undefined : replaceString(context.card, path, value, meant);
  context.report({
    message: `"${label(path)}" is ${preview(value)}, which is not one of ${known.join(', ')}.`,
    path,
    part: 'value',
    hub: 'error',
    ...(hubMessage === undefined ? {} : { hubMessage }),
    help: meant === undefined ? `Write one of ${known.join(', ')}.` : `Did you mean "${meant}"?`,
    ...(fix === undefined ? {} : { fix }),
  });
}
