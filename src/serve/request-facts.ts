import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { errorKind, type RequestEvent } from './events.js';
import { ServeError } from './serve-error.js';

/** What of a request only its route knows. */
export interface RequestFacts
  extends Partial<
    Pick<
      RequestEvent,
      'model' | 'task' | 'computeType' | 'computeMs' | 'queueMs' | 'tokens' | 'shared' | 'error'
    >
  > {
  /** What made the server itself fail; it may name paths of this machine. */
  readonly fault?: string;
}

const FACTS = new WeakMap<IncomingMessage, RequestFacts>();

/** What adds up where a request needs several runs. */
const SUMS = ['computeMs', 'queueMs', 'tokens'] as const satisfies readonly (keyof RequestFacts)[];

/**
 * Notes what its route knows of a request, for the event that tells of it. What was noted before stays, where it is not noted anew; times and
 * tokens add up.
 */
export function note(request: FastifyRequest, facts: RequestFacts): void {
  const before = FACTS.get(request.raw) ?? {};
  const sums = SUMS.flatMap((name) => {
    const [one, more] = [before[name], facts[name]];
    return one === undefined || more === undefined ? [] : [[name, one + more] as const];
  });
  // What was computed in part was computed.
  const computeType = facts.computeType === 'cache' ? before.computeType : undefined;
  FACTS.set(request.raw, {
    ...before,
    ...facts,
    ...Object.fromEntries(sums),
    ...(computeType === undefined ? {} : { computeType }),
  });
}

/** What was noted of a request. */
export function factsNoted(request: FastifyRequest): RequestFacts {
  return FACTS.get(request.raw) ?? {};
}

/** What is to be noted of what was thrown. */
export function faultFacts(error: unknown): RequestFacts {
  const kind = error instanceof ServeError ? errorKind(error.status) : 'fault';
  return {
    ...(kind === undefined ? {} : { error: kind }),
    ...(kind === 'fault' ? { fault: error instanceof Error ? error.message : String(error) } : {}),
  };
}
