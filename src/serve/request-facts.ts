import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { RequestFacts } from './events.js';

const FACTS = new WeakMap<IncomingMessage, RequestFacts>();

/** Notes what its route knows of a request, for the event that tells of it; what was noted before stays, where it is not noted anew. */
export function note(request: FastifyRequest, facts: RequestFacts): void {
  FACTS.set(request.raw, { ...FACTS.get(request.raw), ...facts });
}

/** What was noted of a request. */
export function noted(request: FastifyRequest): RequestFacts {
  return FACTS.get(request.raw) ?? {};
}
