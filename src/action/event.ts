import { isMapping, own } from '../mapping.js';
import { readText } from './read-text.js';

/** Largest payload that is read, in bytes; GitHub's own limit is 25 MB. */
const MAX_BYTES = 32 * 1024 * 1024;

/** What a run was started by, as far as it is needed here. */
export interface TriggerEvent {
  /** `push`, `pull_request`, `workflow_dispatch`, ...; empty outside of a runner. */
  readonly name: string;
  /** The commits a push or a merge group went from and to, where the payload names some that are well-formed. */
  readonly pushed?: { readonly before: string; readonly after: string };
  readonly pullRequest?: PullRequest;
}

/** A pull request that a run belongs to. */
export interface PullRequest {
  readonly number: number;
  /** Commit at the tip of the base when the event happened. */
  readonly base?: string;
  /** Last commit of the pull request. */
  readonly head?: string;
  /** Whether it comes from another repository, whose runs get a read-only token. */
  readonly fork: boolean;
}

/**
 * Reads the event that started the run. Everything in a payload but its shape comes from strangers (titles, branch names,
 * texts), so that only numbers and commit ids are taken from it, each checked. A payload that cannot be read is an event without.
 */
export async function readEvent(env: NodeJS.ProcessEnv): Promise<TriggerEvent> {
  const name = env.GITHUB_EVENT_NAME ?? '';
  const text = env.GITHUB_EVENT_PATH ? await readText(env.GITHUB_EVENT_PATH, MAX_BYTES) : null;
  return parseEvent(name, text ?? '');
}

/** As `readEvent`, from the payload's text. */
export function parseEvent(name: string, text: string): TriggerEvent {
  const payload = parsed(text);
  const request = own(payload, 'pull_request');
  const number = own(request, 'number');
  const group = own(payload, 'merge_group');
  const before = commitId(name === 'merge_group' ? own(group, 'base_sha') : own(payload, 'before'));
  const after = commitId(name === 'merge_group' ? own(group, 'head_sha') : own(payload, 'after'));
  const base = commitId(own(own(request, 'base'), 'sha'));
  const head = commitId(own(own(request, 'head'), 'sha'));
  return {
    name,
    ...((name === 'push' || name === 'merge_group') && before !== undefined && after !== undefined
      ? { pushed: { before, after } }
      : {}),
    ...(typeof number === 'number' && Number.isSafeInteger(number) && number > 0
      ? {
          pullRequest: {
            number,
            ...(base === undefined ? {} : { base }),
            ...(head === undefined ? {} : { head }),
            fork: fromFork(request),
          },
        }
      : {}),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A full commit id (SHA-1 or SHA-256), and nothing that git could take for an option or a name. */
function commitId(value: unknown): string | undefined {
  return typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value) ? value : undefined;
}

/** The repository of the head is null once the fork was deleted. */
function fromFork(request: unknown): boolean {
  const head = own(own(own(request, 'head'), 'repo'), 'id');
  const base = own(own(own(request, 'base'), 'repo'), 'id');
  return isMapping(request) && head !== base;
}
