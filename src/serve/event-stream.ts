import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** One event of a stream of them, with a JSON value. https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function event(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

/**
 * Sends events as they come. Until the first one is there, what is thrown becomes a plain answer; so nothing may be thrown after it. What computes is
 * asked when the first one is there: before, the model may not be loaded.
 */
export async function sendEvents(
  reply: FastifyReply,
  events: AsyncGenerator<string, void, undefined>,
  computeType: () => string,
): Promise<FastifyReply> {
  const first = await events.next();
  return reply
    .headers({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'x-compute-type': computeType(),
      // Proxies are to pass on each event at once.
      'x-accel-buffering': 'no',
    })
    .send(Readable.from(begun(first, events), { objectMode: false }));
}

async function* begun(
  first: IteratorResult<string, void>,
  rest: AsyncGenerator<string, void, undefined>,
): AsyncGenerator<string, void, undefined> {
  if (first.done === true) return;
  try {
    yield first.value;
    yield* rest;
  } finally {
    await rest.return();
  }
}
