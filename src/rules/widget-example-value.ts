import type { Card } from '../card/card.js';
import type { JsonPath } from '../card/path.js';
import { scalarSource } from '../card/scalar-edit.js';
import { isMapping, own } from '../mapping.js';
import { label, preview } from '../preview.js';
import { INPUT_KEYS } from '../tasks/widget-examples.js';
import type { Finding, Rule } from './rule.js';
import { widgetExamples } from './shared/widget.js';

/** Keys whose value is a text. */
const TEXTS: ReadonlySet<string> = new Set(['text', 'context', 'src', 'prompt', 'source_sentence']);

export const widgetExampleValue: Rule = {
  id: 'widget-example-value',
  severity: 'warning',
  description: 'The values in a widget example have the type that the widgets of the Hub read.',
  why: 'The Hub takes any value without a word, and a widget leaves out an example whose text is a number, empty or a list.',
  source:
    'huggingface.js packages/tasks/src/widget-example.ts, and the widgets’ inputValidation.ts (packages/widgets at 671d03ac3^)',
  fixable: true,
  keys: ['widget'],
  good: [
    { text: '---\nwidget:\n- text: "42"\n  example_title: "1"\n---\n' },
    {
      text: '---\nwidget:\n- text: The car broke down.\n  candidate_labels: urgent, not urgent\n  multi_class: true\n---\n',
    },
    { text: '---\nwidget:\n- messages:\n  - role: user\n    content: Who are you?\n---\n' },
  ],
  bad: [
    { text: '---\nwidget:\n- text: 42\n---\n' },
    { text: '---\nwidget:\n- text:\n---\n' },
    { text: '---\nwidget:\n- source_sentence: A dog.\n  sentences: A cat.\n---\n' },
    { text: '---\nwidget:\n- messages:\n  - user: Who are you?\n---\n' },
  ],
  check(context) {
    if (context.card.metadata?.widget === undefined) return;
    for (const { path, value } of widgetExamples(context)) {
      for (const key of Object.keys(value)) {
        const found = faultOf(context.card, [...path, key], key, value);
        if (found !== undefined) context.report(found);
      }
    }
  },
};

/** A value of a wrong type. Tables and outputs have rules of their own. */
function faultOf(
  card: Card,
  path: JsonPath,
  key: string,
  example: Readonly<Record<string, unknown>>,
): Finding | undefined {
  const value = example[key];
  const name = `"${label(path)}"`;
  const at = { path, part: 'value' as const };
  if (key === 'example_title' || key === 'group') {
    if (typeof value === 'string' || value === null) return undefined;
    return {
      message: `${name} must be a text, not ${preview(value)}.`,
      ...at,
      severity: 'info',
      ...quoted(card, path, value),
    };
  }
  if (key === 'parameters') {
    if (isMapping(value) || value === null) return undefined;
    return {
      message: `${name} must be a mapping, not ${preview(value)}.`,
      ...at,
      help: 'Write "name: value" for each parameter, indented below the key.',
    };
  }
  if (!INPUT_KEYS.has(key) || key === 'table' || key === 'structured_data') return undefined;
  if (value === null || (typeof value === 'string' && value.trim() === '')) {
    // The pictures of a gallery may have been made without words.
    if (Object.hasOwn(example, 'output') && key !== 'src') return undefined;
    return {
      message: `${name} is empty.`,
      path,
      part: value === null ? 'key' : 'value',
      severity: 'info',
      help: 'Write the example, or delete the item.',
    };
  }
  if (TEXTS.has(key)) {
    if (typeof value === 'string') return undefined;
    return { message: `${name} must be a text, not ${preview(value)}.`, ...at, ...quoted(card, path, value) };
  }
  if (key === 'multi_class') {
    if (typeof value === 'boolean') return undefined;
    return {
      message: `${name} must be true or false, not ${preview(value)}.`,
      ...at,
      help: 'Write true or false, without quotes.',
    };
  }
  if (key === 'candidate_labels') return labelsFault(name, at, value);
  if (key === 'sentences') {
    if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string'))
      return undefined;
    return {
      message: `${name} must be a list of texts, not ${listPreview(value)}.`,
      ...at,
      help: 'Write one sentence per line, each beginning with "- ".',
    };
  }
  return key === 'messages' ? messagesFault(name, path, value) : undefined;
}

function quoted(card: Card, path: JsonPath, value: unknown): Pick<Finding, 'fix' | 'help'> {
  const scalar = typeof value === 'number' || typeof value === 'boolean' || value instanceof Date;
  const source = scalar ? scalarSource(card, path) : undefined;
  const span = source === undefined ? undefined : card.spanOf(path, 'value');
  return {
    help: scalar ? 'Put it in quotes.' : 'Write one text.',
    ...(span === undefined
      ? {}
      : { fix: { title: 'Put the value in quotes', edits: [{ ...span, text: `'${source}'` }] } }),
  };
}

function listPreview(value: unknown): string {
  return Array.isArray(value) && value.length > 0 ? 'a list with other things in it' : preview(value);
}

function labelsFault(name: string, at: Pick<Finding, 'path' | 'part'>, value: unknown): Finding | undefined {
  const help = 'Write the labels in one text, with commas between them.';
  if (
    typeof value !== 'string' &&
    !(Array.isArray(value) && value.every((item) => typeof item === 'string'))
  ) {
    return { message: `${name} must be a text with commas, not ${listPreview(value)}.`, ...at, help };
  }
  const labels: readonly string[] = typeof value === 'string' ? value.split(',') : value;
  return labels.every((item) => item.trim() !== '') && labels.length > 0
    ? undefined
    : { message: `${name} holds an empty label.`, ...at, help };
}

function messagesFault(name: string, path: JsonPath, value: unknown): Finding | undefined {
  const help = 'Write a list of messages, each with "role" (system, user or assistant) and "content".';
  if (!Array.isArray(value) || value.length === 0) {
    return {
      message: `${name} must be a list of messages, not ${preview(value)}.`,
      path,
      part: 'value',
      help,
    };
  }
  for (const [index, message] of value.entries()) {
    const where = [...path, index];
    if (!isMapping(message) || typeof own(message, 'role') !== 'string' || !hasContent(message)) {
      return {
        message: `"${label(where)}" is no message with "role" and "content".`,
        path: where,
        part: 'value',
        help,
      };
    }
  }
  return undefined;
}

/** An answer that calls a tool has no text. */
function hasContent(message: Readonly<Record<string, unknown>>): boolean {
  const content = own(message, 'content');
  return typeof content === 'string' || Array.isArray(content) || Array.isArray(own(message, 'tool_calls'));
}
