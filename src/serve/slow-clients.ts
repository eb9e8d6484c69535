import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyHttpOptions } from 'fastify';
import { CORS } from './cors.js';

/** How long a client may take for the head of a request, in milliseconds. */
const HEAD_MS = 10_000;
/** How long nothing may be read of an answer that has begun, or made for it, in milliseconds. */
export const SILENCE_MS = 120_000;
/** Most connections at a time; what comes beyond them is turned away. */
export const MAX_CONNECTIONS = 4096;

/** Options of the framework against clients that send slowly, or no HTTP at all. `requestMs` is how long a request may take to come. */
export function patienceOptions(
  requestMs: number,
): Pick<FastifyHttpOptions<Server>, 'requestTimeout' | 'http' | 'clientErrorHandler'> {
  return {
    requestTimeout: requestMs,
    http: {
      headersTimeout: Math.min(requestMs, HEAD_MS),
      // Node would refuse a request without one, in no words; common-hooks.ts does.
      requireHostHeader: false,
      // How often it is looked who is late.
      connectionsCheckingInterval: Math.min(requestMs, 5000) / 2,
    },
    clientErrorHandler: refuseClient,
  };
}

/** With which status a connection was refused, past the framework. */
const REFUSED = new WeakMap<Socket, number>();

/** The status that a connection was closed with because what came on it was late, or no HTTP; undefined where it was not. */
export function refusedWith(socket: Socket): number | undefined {
  return REFUSED.get(socket);
}

/** Answers what cannot be read as HTTP, or did not come in time. */
function refuseClient(error: Error, socket: Socket): void {
  const code: unknown = Reflect.get(error, 'code');
  if (code === 'ECONNRESET' || socket.destroyed) return;
  const [status, message]: readonly [number, string] =
    code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? [408, 'The request took too long to come.']
      : code === 'HPE_HEADER_OVERFLOW'
        ? [431, 'The headers of the request are too long.']
        : [400, 'The request is no HTTP that can be read.'];
  REFUSED.set(socket, status);
  if (socket.writable) {
    const body = JSON.stringify({ error: message });
    const headers = Object.entries({
      ...CORS,
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(body.length),
      connection: 'close',
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers.join('')}\r\n${body}`);
  }
  socket.destroySoon();
}
