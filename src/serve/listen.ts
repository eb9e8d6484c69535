import type { FastifyInstance } from 'fastify';
import { UsageError } from '../errors.js';
import { own } from '../mapping.js';
import { preview } from '../preview.js';

/** What the system says of an address that it does not let a server listen on. */
const NO_ADDRESS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use',
  EADDRNOTAVAIL: 'is not an address of this machine',
  EACCES: 'may not be listened on by this user',
  ENOTFOUND: 'is not known',
  EAI_AGAIN: 'is not known',
};

/** Listens; gives the address. Throws `UsageError` where the system refuses. */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    const code = String(cause instanceof Error ? Reflect.get(cause, 'code') : '');
    const why = own(NO_ADDRESS, code);
    if (typeof why !== 'string') throw cause;
    throw new UsageError('serve-address', `${preview(host)}, port ${port}, ${why}.`, {
      hint: 'Name another address with --host, another port with --port, or no port for any that is free.',
      cause,
    });
  }
}
