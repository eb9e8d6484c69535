import { tasks } from '../hub/tasks.js';
import { isMapping, own } from '../mapping.js';
import type { ApiVerdict } from './api.js';
import { type Facts, line, show, tagsOf } from './evidence.js';
import type { Detection, SupportVerdict } from './verdict.js';

/** What the page shows, and why. */
export type WidgetVerdict = SupportVerdict['widget'];

/**
 * Tasks whose widget is a chat when the model is tagged `conversational` (hub-docs models-widgets.md, 2026-08-22). Since
 * hub-docs pull request 2750 (2026-08-31) the page may show the chat without the tag.
 */
const CHAT_TASKS = new Set(['text-generation', 'image-text-to-text']);

/** The recording the page of a reinforcement-learning model plays. */
const REPLAY = 'replay.mp4';

/**
 * Decides what the model page shows. With the API on it is a live widget; with the API off, examples of the card that
 * have an `output` (the Hub shows them without input, whatever turned the API off); else nothing. Without a task, or
 * with one the Hub has no widget for, there is nothing either way.
 */
export function decideWidget(facts: Facts, task: Detection, api: ApiVerdict): WidgetVerdict {
  if (task.name === null) {
    return {
      state: 'hidden',
      kind: null,
      explanation: `Without a task the page has no widget. ${task.detail}`,
    };
  }
  const known = tasks().get(task.name);
  if (task.name === 'reinforcement-learning') return replay(facts);

  const name = show(task.name);
  const recorded = recordedExamples(facts);
  if (api.enabled) {
    if (known?.widget === 'none' || known?.hidden === true) {
      return {
        state: 'hidden',
        kind: null,
        explanation: `The API is on, but no widget of the Hub for ${name} is known.`,
      };
    }
    const kind = widgetKind(facts, task.name);
    return {
      state: 'live',
      kind: kind.name,
      explanation: `The page has a live widget${kind.why}, as soon as an inference provider serves the model.`,
    };
  }

  // The gallery of recorded outputs needs no interactive widget, so any task the Hub shows will do.
  if (known?.hidden === true) {
    return { state: 'hidden', kind: null, explanation: `The Hub has no widget for ${name}.` };
  }
  const kind = widgetKind(facts, task.name);
  if (recorded.first !== undefined) {
    const examples = recorded.count === 1 ? 'one example' : `${recorded.count} examples`;
    return {
      state: 'examples-only',
      kind: kind.name,
      explanation: `The API is off (${api.reason}), so the page shows the recorded results of ${examples} with an \`output\`, the first ${line(facts, recorded.first).trim() || 'in `widget`'}.`,
    };
  }
  return {
    state: 'hidden',
    kind: known?.widget === 'none' ? null : kind.name,
    explanation: `The API is off (${api.reason}), and ${recorded.why}.`,
  };
}

function replay(facts: Facts): WidgetVerdict {
  const kind = 'reinforcement-learning';
  if (facts.files === null) {
    return {
      state: 'hidden',
      kind,
      explanation: `The page would play ${REPLAY}, but the files are unknown.`,
    };
  }
  return facts.files.some((file) => file.path === REPLAY)
    ? { state: 'examples-only', kind, explanation: `The page plays ${REPLAY}; there is nothing to type in.` }
    : {
        state: 'hidden',
        kind,
        explanation: `The page would play ${REPLAY} from the root, and there is no such file.`,
      };
}

function widgetKind(facts: Facts, task: string): { readonly name: string; readonly why: string } {
  if (!CHAT_TASKS.has(task)) return { name: task, why: ` for ${show(task)}` };
  const tag = tagsOf(facts.metadata).find((candidate) => candidate.tag === 'conversational');
  if (tag !== undefined) {
    return {
      name: 'conversational',
      why: `, a chat because of the tag \`conversational\`${line(facts, tag.path)}`,
    };
  }
  // The Hub adds the tag by itself to models with a chat template (huggingface.js issue 521).
  if (facts.chatTemplate !== null) {
    return {
      name: 'conversational',
      why: `, a chat because ${facts.chatTemplate} makes the Hub add the tag \`conversational\``,
    };
  }
  return { name: task, why: ` for ${task}` };
}

interface Recorded {
  readonly count: number;
  readonly first?: readonly (string | number)[];
  /** Why there is nothing to show. */
  readonly why: string;
}

/** How many widget examples carry an output that the page can show without the API, and where the first is. */
export function recordedExamples(facts: Facts): Recorded {
  const widget = own(facts.metadata, 'widget');
  if (widget === undefined || widget === null) return { count: 0, why: 'the card has no widget examples' };
  if (!Array.isArray(widget)) {
    return {
      count: 0,
      why: `\`widget\`${line(facts, ['widget'])} is ${show(widget)}, not a list of examples`,
    };
  }
  let first: (string | number)[] | undefined;
  let count = 0;
  for (const [index, example] of widget.entries()) {
    if (!isMapping(example) || !hasOutput(own(example, 'output'))) continue;
    first ??= ['widget', index, 'output'];
    count += 1;
  }
  return {
    count,
    ...(first === undefined ? {} : { first }),
    why: `none of the widget examples${line(facts, ['widget'])} has an \`output\` to show`,
  };
}

/** Whether the `output` of a widget example holds something that the page can show without the API. */
export function hasOutput(output: unknown): boolean {
  if (Array.isArray(output)) return output.length > 0;
  return isMapping(output) ? Object.keys(output).length > 0 : typeof output === 'string' && output !== '';
}
