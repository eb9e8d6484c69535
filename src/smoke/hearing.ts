import { type ChildError, MAX_REPEATS, type Message } from './protocol.js';
import type { SmokeCheck } from './report.js';

type AnswerMessage = Extract<Message, { type: 'answer' }>;
type FileMessage = Extract<Message, { type: 'file' }>;
type NoAnswerMessage = Extract<Message, { type: 'no-answer' }>;

/** What a child has told so far. */
export interface Heard {
  /** How far it came. */
  readonly stage: 'setup' | 'load' | 'run';
  /** The case that was running last, or null. */
  readonly running: { readonly role: AnswerMessage['role']; readonly index: number } | null;
  readonly failure: { readonly stage: 'setup' | 'load' | 'run'; readonly error: ChildError } | null;
  /** Checks of the files. */
  readonly checks: readonly SmokeCheck[];
  readonly loadMs: number | null;
  readonly cases: ReadonlyMap<number, AnswerMessage | NoAnswerMessage>;
  /** The first case once more, or several times. */
  readonly repeats: readonly (AnswerMessage | NoAnswerMessage)[];
  readonly probes: readonly AnswerMessage[];
  /** Pictures and sounds of the cases' answers. */
  readonly files: readonly FileMessage[];
  readonly placement: Readonly<Record<string, number>> | null;
  /** Most memory it had, by its own account, in bytes. */
  readonly peakRssBytes: number | null;
  /** Its own watchdog ended it at this size, in bytes. */
  readonly overMemory: number | null;
}

/** Before the child has said anything. */
export const NOTHING_HEARD: Heard = {
  stage: 'setup',
  running: null,
  failure: null,
  checks: [],
  loadMs: null,
  cases: new Map(),
  repeats: [],
  probes: [],
  files: [],
  placement: null,
  peakRssBytes: null,
  overMemory: null,
};

/** What a child was asked to run. */
export interface Asked {
  /** How many cases. */
  readonly cases: number;
  /** How many inputs that a model answers differently which listens. */
  readonly probes: number;
}

/** Most checks of the files, and most pictures and sounds of all answers. */
const MAX_CHECKS = 100;
const MAX_FILES = 1_000;

const STAGES = { setup: 0, load: 1, run: 2 } as const satisfies Record<Heard['stage'], number>;

/**
 * Adds a message to what was heard; null when it does not fit what was asked or heard before. Our own child never says such
 * a thing, but native code that a model took over may: an answer counts once, and only for what was running.
 */
export function hear(heard: Heard, message: Message, asked: Asked): Heard | null {
  switch (message.type) {
    case 'stage':
      return STAGES[message.stage] < STAGES[heard.stage] ? null : { ...heard, stage: message.stage };
    case 'check':
      return heard.checks.length >= MAX_CHECKS
        ? null
        : { ...heard, checks: [...heard.checks, message.check] };
    case 'loaded':
      return heard.loadMs === null ? { ...heard, stage: 'run', loadMs: message.loadMs } : null;
    case 'running':
      return mayRun(heard, message, asked)
        ? { ...heard, running: { role: message.role, index: message.index } }
        : null;
    case 'answer':
    case 'no-answer':
      return isRunning(heard, message) ? hearAnswer({ ...heard, running: null }, message) : null;
    case 'file':
      return isRunning(heard, { role: 'case', index: message.index }) && heard.files.length < MAX_FILES
        ? { ...heard, files: [...heard.files, message] }
        : null;
    case 'placement':
      return heard.placement === null ? { ...heard, placement: message.nodes } : null;
    case 'failed':
      return { ...heard, failure: { stage: message.stage, error: message.error } };
    case 'over-memory':
      return { ...heard, overMemory: message.rssBytes };
    case 'done':
      return { ...heard, peakRssBytes: message.peakRssBytes };
  }
}

/** Whether it is the turn of a case: nothing else runs, and it was not run yet. */
function mayRun(
  heard: Heard,
  { role, index }: NonNullable<Heard['running']>,
  { cases, probes }: Asked,
): boolean {
  if (heard.loadMs === null || heard.running !== null) return false;
  switch (role) {
    case 'case':
      return index < cases && !heard.cases.has(index);
    case 'repeat':
      return heard.cases.get(index)?.type === 'answer' && heard.repeats.length < MAX_REPEATS;
    case 'probe':
      return index < probes && heard.probes.every((probe) => probe.index !== index);
  }
}

function isRunning({ running }: Heard, { role, index }: NonNullable<Heard['running']>): boolean {
  return running !== null && running.role === role && running.index === index;
}

function hearAnswer(heard: Heard, message: AnswerMessage | NoAnswerMessage): Heard {
  switch (message.role) {
    case 'case':
      return { ...heard, cases: new Map(heard.cases).set(message.index, message) };
    case 'repeat':
      return { ...heard, repeats: [...heard.repeats, message] };
    case 'probe':
      return message.type === 'answer' ? { ...heard, probes: [...heard.probes, message] } : heard;
  }
}

/** Whether a message is the last one. */
export function isLast(message: Message): boolean {
  return message.type === 'done' || message.type === 'failed';
}
