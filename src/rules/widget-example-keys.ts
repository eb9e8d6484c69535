import type { Card } from '../card/card.js';
import { renameKey } from '../card/key-edit.js';
import type { JsonPath } from '../card/path.js';
import { nearest } from '../hub/nearest.js';
import { label } from '../preview.js';
import { type ExampleShape, INPUT_KEYS, type InputKey } from '../tasks/widget-examples.js';
import type { Finding, Rule, RuleContext } from './rule.js';
import { type WidgetExample, type WidgetTask, widgetExamples, widgetTask } from './shared/widget.js';

/** Keys every example may have (`WidgetExampleBase`). */
const COMMON = ['example_title', 'group', 'parameters', 'output'];

/** Read by some tasks, or written by some tools, though no widget type of the Hub has them. */
const OTHERS = ['mask', 'target', 'label', 'language', 'hypothesis_template'];

const KNOWN: ReadonlySet<string> = new Set([...COMMON, ...INPUT_KEYS, ...OTHERS]);

/** Keys that stand beside `widget`, and slip into the list when they are indented. */
const OUTSIDE: ReadonlySet<string> = new Set([
  'base_model',
  'datasets',
  'inference',
  'language',
  'library_name',
  'license',
  'metrics',
  'pipeline_tag',
  'tags',
]);

/** Other words for a key, by which people and other tools call it. */
const WORDS: Readonly<Partial<Record<InputKey, readonly string[]>>> = {
  text: ['input', 'inputs', 'question', 'query', 'sentence', 'prompt'],
  src: ['image', 'audio', 'video', 'url', 'file', 'path', 'image_url', 'audio_url', 'img'],
  candidate_labels: ['labels', 'classes', 'candidates'],
  context: ['passage', 'document'],
  structured_data: ['structuredData', 'data'],
};

export const widgetExampleKeys: Rule = {
  id: 'widget-example-keys',
  severity: 'warning',
  description: 'Widget examples have the keys that the widget of the task reads.',
  why: 'The Hub takes any keys without a word. An example that lacks what the widget reads is not offered on the model page, or fails there.',
  source:
    'hub-docs models-widgets.md and models-widgets-examples.md; huggingface.js packages/tasks/src/widget-example.ts; transformers#8030',
  fixable: true,
  keys: ['widget'],
  good: [
    {
      text: '---\npipeline_tag: text-classification\nwidget:\n- text: I love this film.\n  example_title: Praise\n---\n',
    },
    {
      text: '---\npipeline_tag: question-answering\nwidget:\n- text: Where do I live?\n  context: My name is Sarah and I live in London.\n---\n',
    },
    { text: '---\npipeline_tag: image-classification\nwidget:\n- src: tiger.jpg\n---\n' },
  ],
  bad: [
    { text: '---\npipeline_tag: text-classification\nwidget:\n- txt: I love this film.\n---\n' },
    { text: '---\npipeline_tag: question-answering\nwidget:\n- text: Where do I live?\n---\n' },
    { text: '---\npipeline_tag: image-classification\nwidget:\n- text: tiger.jpg\n---\n' },
  ],
  check(context) {
    if (context.card.metadata?.widget === undefined) return;
    for (const example of widgetExamples(context)) checkExample(context, example);
  },
};

function checkExample(context: RuleContext, example: WidgetExample): void {
  const { card, report } = context;
  const { path, value } = example;
  const keys = Object.keys(value);
  if (keys.length === 0) {
    report({
      message: `"${label(path)}" is empty.`,
      path,
      help: 'Write an example, or delete the item.',
    });
    return;
  }
  const strays = keys.filter((key) => OUTSIDE.has(key));
  if (strays.length === keys.length) {
    report({
      message: `"${strays.join('", "')}" ${strays.length === 1 ? 'is a key' : 'are keys'} of the card, not of a widget example.`,
      path: [...path, strays[0] ?? ''],
      part: 'key',
      help: 'Move it out of the list, to the beginning of a line.',
    });
    return;
  }
  const task = widgetTask(context);
  const present = new Set(keys);
  for (const key of keys) {
    const meant = KNOWN.has(key) ? undefined : meantKey(key, present, task);
    if (meant === undefined) continue;
    present.add(meant);
    const fix = renameKey(card, [...path, key], meant);
    const old = key === 'structuredData';
    report({
      message: old
        ? `"${label([...path, key])}" is the old name of "${meant}".`
        : `"${label([...path, key])}" is no key of a widget example; "${meant}" is.`,
      path: [...path, key],
      part: 'key',
      help: `Write "${meant}".`,
      ...(old ? { severity: 'info' as const } : {}),
      ...(fix === undefined ? {} : { fix }),
    });
  }
  checkNeeds(context, example, present, task);
}

/** The key that another was meant to be: written like it, or another word for the one that is missing. */
function meantKey(key: string, present: ReadonlySet<string>, task: WidgetTask | null): string | undefined {
  const allowed: readonly string[] = task === null ? [...INPUT_KEYS] : keysOf(task.shape);
  const near = nearest(
    key,
    [...COMMON, ...allowed].filter((candidate) => !present.has(candidate)),
  );
  if (near !== undefined || task === null) return near;
  const missing = missingKeys(task.shape, present);
  return missing.find((wanted) => WORDS[wanted]?.includes(key));
}

function keysOf(shape: ExampleShape): readonly InputKey[] {
  return [...shape.needs.flat(), ...shape.also];
}

/** What lacks from the set of keys that is nearest to being there; empty when one is. */
function missingKeys(shape: ExampleShape, present: ReadonlySet<string>): readonly InputKey[] {
  let fewest: readonly InputKey[] | undefined;
  for (const keys of shape.needs) {
    const missing = keys.filter((key) => !present.has(key));
    if (fewest === undefined || missing.length < fewest.length) fewest = missing;
  }
  return fewest ?? [];
}

function checkNeeds(
  { card, report }: RuleContext,
  example: WidgetExample,
  present: ReadonlySet<string>,
  task: WidgetTask | null,
): void {
  const { path } = example;
  if (task === null) {
    const some = [...present].some((key) => INPUT_KEYS.has(key) || OTHERS.includes(key) || key === 'output');
    if (some) return;
    report({
      message: `"${label(path)}" has none of the keys that a widget reads.`,
      ...placeOf(card, example),
      help: 'Write "text" for a text, "src" for a picture or a recording, and so on: hub-docs models-widgets-examples.md shows each task.',
    });
    return;
  }
  const { tag, shape } = task;
  // A gallery shows what came out, with or without what went in.
  if (shape.output === 'file' && present.has('output')) return;
  const missing = missingKeys(shape, present);
  if (missing.length === 0) {
    reportIgnored(report, path, present, task);
    return;
  }
  const [only] = shape.needs;
  const wanted =
    shape.needs.length === 1 && only !== undefined
      ? missing.map((key) => `"${key}"`).join(' and ')
      : shape.needs.map((keys) => keys.map((key) => `"${key}"`).join(' and ')).join(' or ');
  const others = [...present].filter((key) => INPUT_KEYS.has(key) && !shape.reads.has(key));
  const has =
    others.length === 0 ? '' : `; "${others.join('", "')}" ${others.length === 1 ? 'is' : 'are'} not read`;
  report({
    message: `"${label(path)}" lacks ${wanted}, which a widget for ${tag} reads${has}.`,
    ...placeOf(card, example),
    help:
      others.length === 0
        ? 'Add it to the example.'
        : 'Add it to the example, or correct pipeline_tag if the task is another.',
  });
}

/** An example, shown at its first key. */
function placeOf(card: Card, { path, value }: WidgetExample): Pick<Finding, 'path' | 'span'> {
  const head = card.spanOf([...path, Object.keys(value)[0] ?? ''], 'key');
  return head === undefined ? { path } : { path, span: head };
}

/** Keys of other tasks beside all that is needed do no harm, but nobody sees them. */
function reportIgnored(
  report: RuleContext['report'],
  path: JsonPath,
  present: ReadonlySet<string>,
  { tag, shape }: WidgetTask,
): void {
  if (!shape.documented || shape.needs.length === 0) return;
  for (const key of present) {
    if (!INPUT_KEYS.has(key) || shape.reads.has(key)) continue;
    report({
      message: `A widget for ${tag} does not read "${label([...path, key])}".`,
      path: [...path, key],
      part: 'key',
      severity: 'info',
      help: 'Delete the key, or correct pipeline_tag if the task is another.',
    });
  }
}
