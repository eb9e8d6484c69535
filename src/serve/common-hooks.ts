import type { FastifyInstance, FastifyRequest } from 'fastify';
import { checkToken } from './access.js';
import { MAX_BODY, receiveBodies } from './bodies.js';
import { allowPages, CORS } from './cors.js';
import type { ServerEvent } from './events.js';
import { queuedAnswers } from './queued-answers.js';
import { faultFacts, note } from './request-facts.js';
import { sendError } from './send-error.js';
import { noSuchAddress, ServeError, serverStops } from './serve-error.js';
import type { ServerSettings } from './settings.js';
import { silentConnections } from './silent-connections.js';
import { SILENCE_MS } from './slow-clients.js';
import { tellRequest } from './tell-requests.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a request needs no token, although others do. */
    readonly openTo?: (request: FastifyRequest) => boolean;
  }
}

/** What holds for every address: who may ask, from where, how errors are told, and who is told of requests. */
export function addCommonHooks(
  app: FastifyInstance,
  { serveToken, bodiesBytes }: ServerSettings,
  tell: (event: ServerEvent) => void,
): void {
  const follow = queuedAnswers();
  app.addHook('onRequest', async (request, reply) => {
    follow(request.raw, reply.raw);
    tellRequest(request, reply, tell);
  });

  // A connection that is kept alive would keep the server from ending.
  let closing = false;
  const closeSilent = silentConnections(app.server);
  app.addHook('preClose', async () => {
    closing = true;
    closeSilent();
  });
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
    // Who reads slowly is waited for; who does not read would keep the answer, and the room of its body, for ever.
    reply.raw.setTimeout(SILENCE_MS, () => reply.raw.destroy());
  });

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(CORS);
    if (request.raw.httpVersion === '1.1' && request.headers.host === undefined) {
      throw new ServeError(400, 'The request names no host. Send the header Host.');
    }
    if (request.method === 'OPTIONS') return allowPages(reply);
    if (closing) throw serverStops();
    if (request.routeOptions.config.openTo?.(request) !== true) {
      checkToken(request.headers.authorization, serveToken);
    }
    // A declared type that is none says nothing; the framework would refuse it.
    if (!/^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/.test(request.headers['content-type'] ?? '')) {
      delete request.raw.headers['content-type'];
    }
    return undefined;
  });
  receiveBodies(app, { one: MAX_BODY, all: bodiesBytes });
  app.setErrorHandler((error, request, reply) => {
    sendError(error, reply);
    if (reply.statusCode !== 500 || error instanceof ServeError) return;
    note(request, faultFacts(error));
  });
  app.setNotFoundHandler((request) => {
    if (['PUT', 'PATCH', 'DELETE'].includes(request.method)) {
      throw new ServeError(405, `${request.method} is not known here.`, {
        headers: { allow: 'GET, HEAD, POST, OPTIONS' },
      });
    }
    throw noSuchAddress();
  });
}
