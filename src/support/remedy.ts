import type { AbsentReason, Card, Metadata } from '../card/card.js';
import { type Change, editsFor, withChange } from '../card/edit.js';
import type { ApiVerdict } from './api.js';
import type { Facts } from './evidence.js';
import { list, show } from './evidence.js';
import { libraryCandidates } from './library.js';
import { taskCandidates } from './task.js';
import type { Detection, Remedy } from './verdict.js';
import { recordedExamples } from './widget.js';

/** No more alternatives than a reader weighs. */
const MAX_REMEDIES = 5;

/** More changes than this to one card are a rewrite, not a remedy. */
const MAX_CHANGES = 4;

/** The answers that remedies try to change. */
export interface Decision {
  readonly library: Detection;
  readonly task: Detection;
  readonly api: ApiVerdict;
}

/** Changes that belong together, and what has to be true for them to be right, where we cannot know. */
interface Step {
  readonly changes: readonly Change[];
  readonly condition?: string;
}

/**
 * Edits of the card that turn the API on. Every alternative is proved before it is offered: the changed metadata is
 * decided again, and the changed text read again. Where no edit is enough, one remedy without edits says what the author
 * has to do or decide.
 * @param decide Decides about the same repository with other metadata.
 */
export function remedies(
  facts: Facts,
  decision: Decision,
  decide: (metadata: Metadata) => { readonly facts: Facts; readonly decision: Decision },
): readonly Remedy[] | undefined {
  if (decision.api.enabled) return undefined;
  const plans: Step[] = [];
  const walk = (current: Facts, state: Decision, done: Step) => {
    for (const step of stepsFor(current, state)) {
      if (plans.length >= MAX_REMEDIES) return;
      const plan = join(done, step);
      if (plan.changes.length > MAX_CHANGES || repeats(plan.changes)) continue;
      const next = decide(step.changes.reduce(withChange, current.metadata));
      if (next.decision.api.enabled) plans.push(plan);
      else walk(next.facts, next.decision, plan);
    }
  };
  walk(facts, decision, { changes: [] });

  const obstacle = facts.card === undefined ? undefined : unfitForEdits(facts.card);
  if (obstacle !== undefined) return [advice(obstacle)];
  if (plans.length === 0) return [advice(adviceFor(decision, facts, decide))];
  return plans.map((plan) => ({
    title: titleOf(plan, facts.metadata),
    edits: facts.card === undefined ? [] : (editsFor(facts.card, plan.changes) ?? []),
  }));
}

function join(done: Step, step: Step): Step {
  const conditions = [done.condition, step.condition].filter((condition) => condition !== undefined);
  return {
    changes: [...done.changes, ...step.changes],
    ...(conditions.length === 0 ? {} : { condition: list(conditions) }),
  };
}

function advice(title: string): Remedy {
  return { title, edits: [] };
}

/** Changes that remove the present reason, each a way of its own. */
function stepsFor(facts: Facts, { library, task, api }: Decision): readonly Step[] {
  const serves = (name: string | null, tag: string | null) =>
    name === null || tag === null || facts.tables.libraryTasks.get(name)?.has(tag) === true;
  const setLibrary = (): readonly Step[] =>
    libraryCandidates(facts)
      .filter((candidate) => serves(candidate.library, task.name))
      .map(({ library: value, sure }) => ({
        changes: [{ kind: 'set', key: 'library_name', value }],
        ...(sure ? {} : { condition: `${value} loads the model` }),
      }));
  const setTask = (): readonly Step[] =>
    taskCandidates(facts, library.name)
      .filter((candidate) => serves(library.name, candidate.task))
      .map(({ task: value, addTag, sure }) => ({
        changes: [
          { kind: 'set', key: 'pipeline_tag', value },
          ...(addTag === undefined ? [] : [{ kind: 'add-tag', tag: addTag } as const]),
        ],
        ...(sure ? {} : { condition: `the model does ${value}` }),
      }));

  switch (api.reason) {
    case 'ExplicitOptOut':
      return [{ changes: [{ kind: 'remove', key: 'inference' }] }];
    case 'LibraryNotDetected':
      return setLibrary();
    case 'PipelineNotDetected':
      return setTask();
    case 'PipelineLibraryPairNotSupported':
      return [...setLibrary(), ...setTask()];
    case 'CustomCode':
    case 'TooBig':
    case 'Yes':
      return [];
  }
}

/** Whether a plan sets the same key twice. */
function repeats(changes: readonly Change[]): boolean {
  const targets = changes.map((change) => (change.kind === 'add-tag' ? `tag ${change.tag}` : change.key));
  return new Set(targets).size !== targets.length;
}

function titleOf({ changes, condition }: Step, metadata: Metadata): string {
  const parts = changes.map((change) => {
    switch (change.kind) {
      case 'remove':
        return `remove \`${change.key}: false\``;
      case 'set':
        return Object.hasOwn(metadata, change.key)
          ? `change \`${change.key}\` to \`${change.value}\``
          : `add \`${change.key}: ${change.value}\``;
      case 'add-tag':
        return `add the tag \`${change.tag}\``;
    }
    return '';
  });
  const title = condition === undefined ? list(parts) : `if ${condition}: ${list(parts)}`;
  return title.charAt(0).toUpperCase() + title.slice(1);
}

/** What to do before a front matter the Hub does not see can be edited. */
const UNSEEN: Readonly<Record<AbsentReason, string | undefined>> = {
  none: undefined,
  'nothing-between': undefined,
  unclosed: 'Close the front matter with a line of three hyphens first; the Hub reads nothing of it now',
  'text-before': 'Move the front matter to the very start of the card first; the Hub reads nothing of it now',
  'space-after-fence':
    'Remove the white space behind the opening hyphens first; the Hub reads nothing of the front matter now',
  language: 'Open the front matter with three hyphens alone first; the Hub reads nothing of it now',
};

/** Why the front matter cannot be edited as it is. */
function unfitForEdits({ frontMatter, metadata }: Card): string | undefined {
  if (frontMatter.kind === 'absent') return UNSEEN[frontMatter.reason];
  if (frontMatter.kind === 'invalid') {
    return 'Make the front matter valid YAML first; the Hub reads nothing of it now';
  }
  return metadata === null && frontMatter.value !== null
    ? 'Write the front matter as keys with values first; the Hub reads nothing of it now'
    : undefined;
}

/** What is left to the author when no edit of the card is enough. */
function adviceFor(
  { library, task, api }: Decision,
  facts: Facts,
  decide: (metadata: Metadata) => { readonly decision: Decision },
): string {
  switch (api.reason) {
    case 'ExplicitOptOut': {
      const without = decide(withChange(facts.metadata, { kind: 'remove', key: 'inference' })).decision.api;
      return `Removing \`inference: false\` alone is not enough; then the reason would be ${without.reason}: ${without.explanation}`;
    }
    case 'CustomCode':
      return 'Publish the model as a class of the library itself and drop `auto_map` from config.json; until then, give widget examples an `output` to show on the page';
    case 'TooBig':
      return 'Publish smaller weights (fewer parameters, or a shorter number format), or deploy the model on Inference Endpoints';
    case 'LibraryNotDetected': {
      const likely = libraryCandidates(facts)[0]?.library;
      const but =
        likely === undefined
          ? ''
          : ` (it looks like ${likely}, with which the API does not serve ${task.name === null ? 'the model' : show(task.name)})`;
      return `Add \`library_name\` with the library that loads the model${but}`;
    }
    case 'PipelineNotDetected': {
      const served = library.name === null ? undefined : facts.tables.libraryTasks.get(library.name);
      return served === undefined
        ? 'Add `pipeline_tag` with the task of the model; the page shows it, though the API serves no task with this library'
        : `Add \`pipeline_tag\` with the task of the model; with ${show(library.name)} the API serves ${list(served, 'and', 6)}`;
    }
    case 'PipelineLibraryPairNotSupported': {
      const served = library.name === null ? undefined : facts.tables.libraryTasks.get(library.name);
      const others = [...facts.tables.libraryTasks]
        .filter(([, supported]) => task.name !== null && supported.has(task.name))
        .map(([name]) => name)
        // The library most models have comes first, or the shortened list would leave it out.
        .sort((one, other) => Number(other === 'transformers') - Number(one === 'transformers'));
      const instead =
        task.name === 'reinforcement-learning'
          ? 'put a recording, replay.mp4, at the root for the page to play'
          : recordedExamples(facts).count > 0
            ? 'the page shows the recorded examples alone'
            : 'give widget examples an `output` to show on the page';
      const elsewhere =
        task.name === null || others.length === 0
          ? ''
          : `, but ${show(task.name)} with ${list(others, 'and', 6)}`;
      return served === undefined
        ? `The API serves nothing with ${show(library.name)}${elsewhere}; ${instead}`
        : `With ${show(library.name)} the API serves ${list(served, 'and', 6)}; if the model does one of these, say so in \`pipeline_tag\`, else ${instead}`;
    }
    case 'Yes':
      return '';
  }
}
