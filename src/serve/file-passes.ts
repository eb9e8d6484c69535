import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { encodedPath } from '../encoded-path.js';

/**
 * What lets a browser follow the links of a card to files of the repository, where the server wants a token: browsers send none when a link is followed. A
 * cookie that the page gets with what it shows of a model, good for reading the files of this model, and nothing else, until the server ends.
 */
export interface FilePasses {
  /** The value of `set-cookie` for a model. */
  cookieFor(request: FastifyRequest, id: string): string;
  /** Whether a request has the cookie of a model, and comes from no page but this server's own. */
  opens(request: FastifyRequest, id: string): boolean;
}

/** Passes of a server that starts now; those of another are not good here. */
export function filePasses(): FilePasses {
  const key = randomBytes(32);
  const passOf = (id: string) => createHmac('sha256', key).update(id).digest('base64url');
  return {
    cookieFor: (request, id) =>
      `${nameOf(request)}=${passOf(id)}; Path=/${encodedPath(`${id}/resolve/main/`)}; HttpOnly; SameSite=Strict`,
    opens(request, id) {
      // To `SameSite` all ports of a machine are one site. Browsers that say nothing of it are held by that alone.
      const site = request.headers['sec-fetch-site'] ?? 'none';
      if (site !== 'same-origin' && site !== 'none') return false;
      const pass = Buffer.from(passOf(id));
      return cookiesNamed(nameOf(request), request.headers.cookie).some((value) => {
        const given = Buffer.from(value);
        return given.length === pass.length && timingSafeEqual(given, pass);
      });
    },
  };
}

/** Servers on other ports share the cookies of this one. */
function nameOf({ socket }: FastifyRequest): string {
  return `validate-card-${socket.localPort}`;
}

/** The values of all cookies of a name: an old one may come first. */
function cookiesNamed(name: string, header: string | undefined): readonly string[] {
  return (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .flatMap((pair) => (pair.startsWith(`${name}=`) ? [pair.slice(name.length + 1)] : []));
}
