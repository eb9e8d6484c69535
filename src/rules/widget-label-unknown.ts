import type { JsonPath } from '../card/path.js';
import { replaceString } from '../card/scalar-edit.js';
import { nearest } from '../hub/nearest.js';
import { isMapping, own } from '../mapping.js';
import { label, preview } from '../preview.js';
import type { OutputKind } from '../tasks/widget-examples.js';
import type { Rule, RuleContext } from './rule.js';
import { type WidgetTask, widgetExamples, widgetTask } from './shared/widget.js';

/** Outputs whose labels are those of the model, and the key they stand in. Zero-shot labels come from the example. */
const LABEL_KEYS: Partial<Record<OutputKind, readonly string[]>> = {
  labels: ['label'],
  boxes: ['label'],
  entities: ['entity_group', 'entity'],
};

/** A name nobody gave: the model was saved without its labels. */
const PLACEHOLDER = /^LABEL_\d+$/;

/** How many labels a message names. */
const SHOWN = 5;

/** Most items of an output that are looked at. */
const MOST = 1000;

export const widgetLabelUnknown: Rule = {
  id: 'widget-label-unknown',
  severity: 'warning',
  description: 'Labels in the output of a widget example are labels of config.json.',
  why: 'The page then shows a label that the model never gives, and whoever copies it into code waits for it in vain.',
  source: 'id2label of config.json, from which pipelines take the names of their labels (transformers)',
  fixable: true,
  keys: ['widget'],
  good: [
    {
      text: '---\npipeline_tag: text-classification\nwidget:\n- text: I liked this film.\n  output:\n  - label: POSITIVE\n    score: 0.8\n---\n',
      files: ['README.md'],
      contents: { 'config.json': '{"id2label": {"0": "NEGATIVE", "1": "POSITIVE"}}' },
    },
  ],
  bad: [
    {
      text: '---\npipeline_tag: text-classification\nwidget:\n- text: I liked this film.\n  output:\n  - label: positive\n    score: 0.8\n---\n',
      files: ['README.md'],
      contents: { 'config.json': '{"id2label": {"0": "NEGATIVE", "1": "POSITIVE"}}' },
    },
    {
      text: '---\npipeline_tag: text-classification\nwidget:\n- text: I liked this film.\n  output:\n  - label: happy\n    score: 0.8\n---\n',
      files: ['README.md'],
      contents: { 'config.json': '{"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}' },
    },
  ],
  check(context) {
    const { card, modelConfig } = context;
    if (modelConfig === null || card.metadata?.widget === undefined) return;
    const id2label = own(modelConfig, 'id2label');
    if (!isMapping(id2label)) return;
    let labels: ReadonlySet<string> | undefined;
    for (const { path, value } of widgetExamples(context)) {
      const output = own(value, 'output');
      if (!Array.isArray(output)) continue;
      const task = widgetTask(context);
      const keys = task === null || isZeroShot(task) ? undefined : LABEL_KEYS[task.shape.output];
      if (keys === undefined) return;
      labels ??= labelsOf(id2label);
      if (labels.size === 0) return;
      for (const [index, item] of output.slice(0, MOST).entries()) {
        for (const key of keys) check(context, [...path, 'output', index, key], key, own(item, key), labels);
      }
    }
  },
};

function isZeroShot({ tag }: WidgetTask): boolean {
  return tag.startsWith('zero-shot-');
}

function labelsOf(id2label: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  return new Set(Object.values(id2label).filter((name): name is string => typeof name === 'string'));
}

function check(
  { card, report }: RuleContext,
  path: JsonPath,
  key: string,
  given: unknown,
  labels: ReadonlySet<string>,
): void {
  if (typeof given !== 'string' || isKnown(given, key, labels)) return;
  const names = [...labels];
  const placeholders = names.every((name) => PLACEHOLDER.test(name));
  const meant = placeholders ? undefined : nearest(given, names);
  const cased = names.filter((name) => name.toLowerCase() === given.toLowerCase());
  const fix =
    cased.length === 1 && cased[0] !== undefined && /^[\w-]+$/.test(cased[0])
      ? replaceString(card, path, given, cased[0])
      : undefined;
  const few = `${names.slice(0, SHOWN).map(preview).join(', ')}${names.length > SHOWN ? ', …' : ''}`;
  report({
    message: `config.json has no label ${preview(given)} (${label(path)}).`,
    path,
    part: 'value',
    help: placeholders
      ? `id2label of config.json still has the names ${few}, and these are what the model answers. Write the real names there.`
      : meant !== undefined
        ? `Did you mean ${preview(meant)}?`
        : `Its labels are ${few}. Correct the output, or id2label in config.json.`,
    ...(fix === undefined ? {} : { fix }),
  });
}

/** Entities are named with and without the letter that says whether one begins or goes on (`B-PER`, `PER`). */
function isKnown(given: string, key: string, labels: ReadonlySet<string>): boolean {
  if (labels.has(given)) return true;
  if (key !== 'entity_group') return false;
  return ENTITY_PREFIXES.some((prefix) => labels.has(`${prefix}${given}`));
}

const ENTITY_PREFIXES = ['B-', 'I-', 'E-', 'L-', 'S-', 'U-'];
