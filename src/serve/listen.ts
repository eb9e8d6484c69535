import { lookup } from 'node:dns/promises';
import type { FastifyInstance } from 'fastify';
import { UsageError } from '../errors.js';
import { preview } from '../preview.js';

const OTHER_PORT = 'Name another port with --port, or leave it out for any that is free.';
const OTHER_HOST = 'Name an address of this machine with --host, or leave it out for 127.0.0.1.';

/** What the system says of a port, or of an address, that it does not let a server listen on, and what to do. */
const REFUSALS: Readonly<Record<string, (host: string, port: number) => readonly [string, string]>> = {
  EADDRINUSE: (host, port) => [`Port ${port} of ${host} is in use.`, OTHER_PORT],
  EACCES: (host, port) => [`Port ${port} of ${host} may not be listened on by this user.`, OTHER_PORT],
  EADDRNOTAVAIL: (host) => [`${host} is not an address of this machine.`, OTHER_HOST],
  ENOTFOUND: (host) => [`The address ${host} is not known.`, OTHER_HOST],
  EAI_AGAIN: (host) => [`The address ${host} is not known.`, OTHER_HOST],
};

/** Listens; gives the address. Throws `UsageError` where the system refuses. */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host: await oneAddress(host), port });
  } catch (cause) {
    const code = String(cause instanceof Error ? Reflect.get(cause, 'code') : '');
    const refusal = Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined;
    if (refusal === undefined) throw cause;
    const [message, hint] = refusal(preview(host), port);
    throw new UsageError('serve-address', message, { hint, cause });
  }
}

/**
 * The address of localhost, the one of IPv4 first. The web framework would open a server at each, and the limits and the end of this one are those of
 * the first alone. Throws what the system says.
 */
async function oneAddress(host: string): Promise<string> {
  return host === 'localhost' ? (await lookup(host, { verbatim: false })).address : host;
}
