import { PassThrough } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { event } from '../event-stream.js';
import type { PageEvent } from '../model-info.js';
import { ownPageOnly } from '../own-page.js';
import { OWN_PAGE_ONLY } from '../page-headers.js';
import { publishedState } from '../published-state.js';
import { ServeError } from '../serve-error.js';
import type { ServerParts } from '../server-parts.js';

/** Most pages that listen at a time. */
const MOST = 64;
/** How often states are looked at while somebody listens, and how often a silent stream says that it is there, in milliseconds. */
const LOOK_MS = 500;
const ALIVE_MS = 15_000;
/** Bytes that wait for one who does not read, after which it is left alone. */
const MOST_WAITING = 1024 * 1024;

/** `GET /api/events`: what changes, as server-sent events. */
export function addEvents(app: FastifyInstance, { catalog, pool, changes, settings }: ServerParts): void {
  const streams = new Set<PassThrough>();
  const states = new Map<string, string>();
  let timers: readonly NodeJS.Timeout[] = [];

  const write = (text: string) => {
    for (const stream of streams) {
      if (stream.writableLength > MOST_WAITING) stream.destroy();
      else stream.write(text);
    }
  };
  const tell = (news: PageEvent) => write(event(news));

  const look = (silent: boolean) => {
    for (const model of catalog.values()) {
      const state = publishedState(pool, model);
      // The time that is left and the memory change all the time; nobody is told of these alone.
      if (states.get(model.id) === state.state) continue;
      states.set(model.id, state.state);
      if (!silent) tell({ kind: 'state', id: model.id, state });
    }
  };
  const begin = () => {
    look(true);
    timers = [setInterval(() => look(false), LOOK_MS), setInterval(() => write(': here\n\n'), ALIVE_MS)];
    for (const timer of timers) timer.unref();
  };
  const end = () => {
    for (const timer of timers) clearInterval(timer);
    timers = [];
  };

  changes.subscribe((id) => tell({ kind: 'changed', id }));
  app.addHook('preClose', async () => {
    end();
    for (const stream of streams) stream.end();
  });
  // The head of a stream alone says nothing, and its stream would have no end.
  app.get('/api/events', { exposeHeadRoute: false }, (request, reply) => {
    ownPageOnly(request, reply, settings.serveToken);
    if (streams.size >= MOST) {
      throw new ServeError(429, 'Too many pages are open.', { headers: { 'retry-after': '10' } });
    }
    const stream = new PassThrough();
    if (streams.size === 0) begin();
    streams.add(stream);
    stream.on('close', () => {
      streams.delete(stream);
      if (streams.size === 0) end();
    });
    // The answer begins at once. Its connection ends with it: one that was kept would keep the server from ending.
    stream.write(': here\n\n');
    reply.raw.once('close', () => stream.destroy());
    return reply
      .headers({ ...OWN_PAGE_ONLY, 'x-accel-buffering': 'no', connection: 'close' })
      .type('text/event-stream; charset=utf-8')
      .send(stream);
  });
}
