import type { ChildError, Message } from './protocol.js';
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

/** Adds a message to what was heard. */
export function hear(heard: Heard, message: Message): Heard {
  switch (message.type) {
    case 'stage':
      return { ...heard, stage: message.stage };
    case 'check':
      return { ...heard, checks: [...heard.checks, message.check] };
    case 'loaded':
      return { ...heard, stage: 'run', loadMs: message.loadMs };
    case 'running':
      return { ...heard, running: { role: message.role, index: message.index } };
    case 'answer':
    case 'no-answer':
      return hearAnswer({ ...heard, running: null }, message);
    case 'file':
      return { ...heard, files: [...heard.files, message] };
    case 'placement':
      return { ...heard, placement: message.nodes };
    case 'failed':
      return { ...heard, failure: { stage: message.stage, error: message.error } };
    case 'over-memory':
      return { ...heard, overMemory: message.rssBytes };
    case 'done':
      return { ...heard, peakRssBytes: message.peakRssBytes };
  }
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
