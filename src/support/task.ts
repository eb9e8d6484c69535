import type { Metadata } from '../card/card.js';
import { architecture } from '../hub/architectures.js';
import { lazily } from '../hub/lazily.js';
import { nearest } from '../hub/nearest.js';
import { retiredTasks, taskAliases, tasks } from '../hub/tasks.js';
import { isMapping, own } from '../mapping.js';
import { cardPlace, type Facts, line, list, show, tagsOf } from './evidence.js';
import type { Detection } from './verdict.js';

/** A task that may be meant, for remedies. */
export interface TaskCandidate {
  readonly task: string;
  /** A tag that belongs beside it. */
  readonly addTag?: string;
  /** Whether it is what the author must have meant, or one of several possibilities. */
  readonly sure: boolean;
}

/** At most this many results of `model-index` are searched for a task. */
const MAX_RESULTS_SEARCHED = 50;

/** A library that serves no more tasks than this is asked for one of them. */
const FEW_TASKS = 3;

/**
 * Finds the task in the Hub's order: `pipeline_tag`, the most specific tag that names a task, and for transformers the
 * class in config.json.
 */
export function detectTask(facts: Facts, library: string | null): Detection {
  const value = own(facts.metadata, 'pipeline_tag');
  if (typeof value === 'string' && value.trim() !== '') return fromPipelineTag(facts, value);

  const ignored = value === undefined ? '' : ` ${ignoredTag(facts, value)}`;
  const detection = fromTags(facts) ?? fromArchitecture(facts, library) ?? notDetected(facts);
  return { ...detection, detail: detection.detail + ignored };
}

/** The task that tags name, where `pipeline_tag` says nothing: what `detectTask` finds then, without words about it. */
export function taskInTags(metadata: Metadata): string | undefined {
  const value = own(metadata, 'pipeline_tag');
  if (typeof value === 'string' && value.trim() !== '') return undefined;
  const tags = own(metadata, 'tags');
  let best: string | undefined;
  let first = Number.POSITIVE_INFINITY;
  for (const tag of Array.isArray(tags) ? tags : [tags]) {
    const order = typeof tag === 'string' ? tasks().get(tag)?.order : undefined;
    if (order === undefined || order >= first) continue;
    first = order;
    best = tag;
  }
  return best;
}

/** Tasks that may be meant when the card's words lead to none that is served, the likeliest first. */
export function taskCandidates(facts: Facts, library: string | null): readonly TaskCandidate[] {
  const candidates: TaskCandidate[] = [];
  const add = (candidate: TaskCandidate) => {
    if (!candidates.some(({ task }) => task === candidate.task)) candidates.push(candidate);
  };
  const value = own(facts.metadata, 'pipeline_tag');
  const named = typeof value === 'string' && isTask(facts, value);
  const addName = (name: unknown, sure = !named) => {
    if (typeof name !== 'string') return;
    const retired = retiredTasks().get(name);
    if (retired !== undefined) {
      const addTag = retired.addTag === undefined ? {} : { addTag: retired.addTag };
      for (const task of retired.successors)
        add({ task, ...addTag, sure: sure && retired.successors.length === 1 });
    } else if (isTask(facts, name)) add({ task: name, sure });
  };

  if (typeof value === 'string' && !named) {
    addName(value);
    addName(meantTask(value));
  }
  if (Array.isArray(value)) for (const item of value.slice(0, FEW_TASKS)) addName(item);
  for (const name of classesOf(facts)) addName(architecture(name)?.task);
  addName(own(own(facts.modelConfig, 'sklearn'), 'task'));
  for (const type of resultTypes(facts)) addName(type);
  if (!named) for (const { tag } of tagsOf(facts.metadata)) addName(byWords().get(words(tag)), false);
  const served = library === null ? undefined : facts.tables.libraryTasks.get(library);
  if (served !== undefined && served.size <= FEW_TASKS) for (const task of served) add({ task, sure: false });
  return candidates.sort((a, b) => Number(b.sure) - Number(a.sure));
}

/** Tasks by their names and aliases in lower case, words joined by hyphens. */
const byWords = lazily(
  () =>
    new Map(
      [...taskAliases(), ...[...tasks().keys()].map((tag): [string, string] => [tag, tag])].map(
        ([name, task]) => [words(name), task],
      ),
    ),
);

function words(name: string): string {
  return name.toLowerCase().replace(/[\s_]+/g, '-');
}

function isTask(facts: Facts, tag: string): boolean {
  if (tasks().has(tag)) return true;
  if (!facts.tables.userGiven) return false;
  for (const served of facts.tables.libraryTasks.values()) if (served.has(tag)) return true;
  return false;
}

function meantTask(tag: string): string | undefined {
  return taskAliases().get(tag) ?? nearest(tag, tasks().keys());
}

function fromPipelineTag(facts: Facts, tag: string): Detection {
  const where = `\`pipeline_tag: ${show(tag)}\`${line(facts, ['pipeline_tag'])}`;
  const at = cardPlace(facts, ['pipeline_tag']);
  if (isTask(facts, tag)) {
    return { name: tag, evidence: 'pipeline_tag', detail: `${where} names the task.`, at };
  }
  const retired = retiredTasks().get(tag);
  if (retired !== undefined) {
    const beside = retired.addTag === undefined ? '' : ` with the tag \`${retired.addTag}\``;
    return {
      name: null,
      evidence: 'none',
      detail: `${where} is a task the Hub retired on ${retired.date}; its place took ${list(
        retired.successors.map((task) => `\`${task}\``),
        'or',
      )}${beside}.`,
      at,
    };
  }
  const meant = meantTask(tag);
  return {
    name: null,
    evidence: 'none',
    detail: `${where} is not a task of the Hub${meant === undefined ? '.' : `; did you mean \`${meant}\`?`}`,
    at,
  };
}

function ignoredTag(facts: Facts, value: unknown): string {
  const where = `\`pipeline_tag\`${line(facts, ['pipeline_tag'])}`;
  return value === null || typeof value === 'string'
    ? `${where} is empty and says nothing.`
    : `${where} is ${show(value)}, not a task, and says nothing.`;
}

function fromTags(facts: Facts): Detection | undefined {
  const tag = taskInTags(facts.metadata);
  if (tag === undefined) return undefined;
  const tags = tagsOf(facts.metadata);
  const path = tags.find((one) => one.tag === tag)?.path ?? ['tags'];
  const naming = new Set(tags.map((one) => one.tag).filter((one) => one !== tag && tasks().has(one)));
  const others =
    naming.size === 0
      ? ''
      : `; it comes before ${list([...naming].map((name) => `\`${name}\``))} in the Hub's order of tasks`;
  return {
    name: tag,
    evidence: 'tag',
    detail: `The tag \`${tag}\`${line(facts, path)} names the task${others}.`,
    at: cardPlace(facts, path),
  };
}

/** The class names in config.json; one in practice. */
function classesOf(facts: Facts): readonly string[] {
  const classes = own(facts.modelConfig, 'architectures');
  return Array.isArray(classes)
    ? classes.slice(0, FEW_TASKS).filter((name): name is string => typeof name === 'string')
    : [];
}

function fromArchitecture(facts: Facts, library: string | null): Detection | undefined {
  const at = { file: 'config.json', path: '/architectures' };
  const nothing = (detail: string): Detection => ({ name: null, evidence: 'none', detail, at });
  let first: Detection | undefined;
  for (const name of classesOf(facts)) {
    const known = architecture(name);
    const says = `config.json names the class ${show(name)}`;
    if (known === undefined) {
      first ??= nothing(`The card names no task. ${says}, which is not among those transformers publishes.`);
    } else if (known.task === null) {
      first ??= nothing(`The card names no task. ${says}, which stands for none.`);
    } else if (!isTask(facts, known.task)) {
      const retired = retiredTasks().get(known.task);
      const state = retired === undefined ? 'is no task of the Hub' : `the Hub retired on ${retired.date}`;
      first ??= nothing(
        `The card names no task. ${says}, which stands for \`${known.task}\`; that ${state}.`,
      );
    } else if (library !== 'transformers') {
      first ??= nothing(
        `The card names no task. ${says}, which stands for \`${known.task}\`, but the Hub is documented to read that for transformers only.`,
      );
    } else {
      const source = known.from === 'table' ? '' : ' by its pipeline registry';
      return {
        name: known.task,
        evidence: 'architecture',
        detail: `${says}, which transformers maps to \`${known.task}\`${source}.`,
        at,
      };
    }
  }
  return first;
}

function notDetected(facts: Facts): Detection {
  const config = facts.configKnown ? '' : ', and config.json is unknown';
  return {
    name: null,
    evidence: 'none',
    detail: `The card names no task, neither in \`pipeline_tag\` nor in its tags${config}.`,
  };
}

/** Task types of the evaluation results in the card. */
function resultTypes(facts: Facts): readonly unknown[] {
  const index = own(facts.metadata, 'model-index');
  if (!Array.isArray(index)) return [];
  return index.slice(0, FEW_TASKS).flatMap((model: unknown) => {
    const results = own(model, 'results');
    if (!Array.isArray(results)) return [];
    return results.slice(0, MAX_RESULTS_SEARCHED).flatMap((result: unknown) => {
      const task = own(result, 'task');
      return isMapping(task) ? [own(task, 'type')] : [];
    });
  });
}
