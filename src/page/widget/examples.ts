import { isMapping } from '../../mapping.js';
import type { PageExample } from '../../serve/model-info.js';
import type { TaskForm } from './tasks.js';
import { cellText, type Grid, gridOf, NO_VALUES, type Values } from './values.js';

/** An example of the card as values of the form; the file is still to be brought. */
export interface FilledExample {
  readonly values: Values;
  /** Address of its file on this server; null where it has none here. */
  readonly src: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Turns of a conversation; empty where it is none. */
  readonly messages: readonly Turn[];
}

/** One turn of a conversation. */
export interface Turn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** Examples with one heading. */
export interface ExampleGroup {
  readonly name: string | null;
  readonly examples: readonly PageExample[];
}

/** Examples in their groups, in the order of the card. */
export function groupsOf(examples: readonly PageExample[]): readonly ExampleGroup[] {
  const groups = new Map<string | null, PageExample[]>();
  for (const example of examples) {
    const group = groups.get(example.group);
    if (group === undefined) groups.set(example.group, [example]);
    else group.push(example);
  }
  return [...groups].map(([name, inIt]) => ({ name, examples: inIt }));
}

/** What an example says before the model does: its turns up to the last one of the user; what follows there is an answer. */
export function openingOf({ messages, values }: FilledExample): readonly Turn[] {
  const asked = messages.findLastIndex(({ role }) => role === 'user') + 1;
  return asked === 0 ? [...messages, { role: 'user', content: values.text }] : messages.slice(0, asked);
}

/** What the model answered to some turns; null where it did not yet, or other things were said. */
export function answerTo(opening: readonly Turn[], turns: readonly Turn[]): string | null {
  const answer = turns[opening.length];
  const asked = opening.every(
    ({ role, content }, index) => turns[index]?.role === role && turns[index]?.content === content,
  );
  return asked && answer?.role === 'assistant' ? answer.content : null;
}

/** Fills the form with an example. What it does not name is empty. */
export function fillExample(form: TaskForm, { example }: PageExample): FilledExample {
  const { text, prompt, context, candidate_labels, multi_class, source_sentence, sentences, src } = example;
  const turns = messagesOf(example.messages);
  const last = turns.findLast(({ role }) => role === 'user');
  const values: Values = {
    ...NO_VALUES,
    text: firstText([text, source_sentence, example.query, prompt, last?.content]),
    context: firstText([context]),
    labels: Array.isArray(candidate_labels)
      ? candidate_labels.map(cellText).join(', ')
      : firstText([candidate_labels]),
    sentences: listOf(sentences ?? example.texts),
    grid: tableOf(example.table ?? example.structured_data) ?? NO_VALUES.grid,
    json: jsonOf(form, example),
  };
  const { parameters } = example;
  return {
    values,
    src: typeof src === 'string' ? src : null,
    parameters: {
      ...(typeof multi_class === 'boolean' ? { multi_label: multi_class } : {}),
      ...(isMapping(parameters) ? parameters : {}),
    },
    messages: turns,
  };
}

function firstText(values: readonly unknown[]): string {
  const found = values.find((value) => typeof value === 'string');
  return typeof found === 'string' ? found : '';
}

function listOf(value: unknown): readonly string[] {
  const list = Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
  return list.length === 0 ? [''] : list;
}

/** A table by columns, or by rows with the names of the columns first, as some cards write it. */
function tableOf(table: unknown): Grid | null {
  if (!Array.isArray(table)) return gridOf(table);
  const [names, ...rows] = table as readonly unknown[];
  if (!Array.isArray(names) || names.length === 0 || !rows.every((row) => Array.isArray(row))) return null;
  return gridOf(
    Object.fromEntries(
      names.map((name, at) => [cellText(name), rows.map((row) => (row as readonly unknown[])[at])]),
    ),
  );
}

/** What a form of JSON shows of an example. */
function jsonOf({ tag }: TaskForm, example: Readonly<Record<string, unknown>>): string {
  const value =
    tag === 'time-series-forecasting'
      ? (example.past_values ?? example.inputs)
      : (example.observations ?? example.observation ?? example.inputs);
  return value === undefined ? '' : JSON.stringify(value);
}

/** The turns that are texts. */
function messagesOf(messages: unknown): readonly Turn[] {
  if (!Array.isArray(messages)) return [];
  return (messages as readonly unknown[]).flatMap((message): Turn[] => {
    if (typeof message !== 'object' || message === null) return [];
    const { role, content } = message as { readonly role?: unknown; readonly content?: unknown };
    const known = role === 'system' || role === 'user' || role === 'assistant';
    return known && typeof content === 'string' ? [{ role, content }] : [];
  });
}
