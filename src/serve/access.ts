import { createHash, timingSafeEqual } from 'node:crypto';
import { UsageError } from '../errors.js';
import { ServeError } from './serve-error.js';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i;

/** Throws `UsageError` for an address that others can reach, where nothing asks them who they are, and for a token that nobody can send. */
export function checkHost(host: string, token: string | undefined): void {
  if (token !== undefined && !/^[!-~]+$/.test(token)) {
    throw new UsageError('serve-token', 'The token cannot be sent in a header.', {
      hint: 'Choose one of letters, digits and signs of ASCII, without spaces.',
    });
  }
  if (LOOPBACK.test(host) || token !== undefined) return;
  throw new UsageError('serve-public', `${host} can be reached from other machines, and there is no token.`, {
    hint: 'Give clients a token with --token, or serve on 127.0.0.1.',
  });
}

/** Throws `ServeError` where a token is configured and the request has none (401) or another one (403). */
export function checkToken(authorization: string | undefined, token: string | undefined): void {
  if (token === undefined) return;
  const given = /^bearer\s+(\S+)$/i.exec(authorization?.trim() ?? '')?.[1];
  if (given === undefined) {
    throw new ServeError(401, 'A token is needed: send the header Authorization: Bearer TOKEN.', {
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
  if (!timingSafeEqual(digest(given), digest(token)))
    throw new ServeError(403, 'The token is not the one of this server.', {
      headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    });
}

/**
 * Throws `ServeError` 403 where a page asks under a name that is not of this machine, and no token says that it may: a page elsewhere can have its
 * own name lead here (DNS rebinding). `hostname` is without the port.
 */
export function checkName(hostname: string, token: string | undefined): void {
  if (token !== undefined || LOOPBACK.test(hostname)) return;
  throw new ServeError(
    403,
    'The page is shown under the names of this machine, such as 127.0.0.1 and localhost; under another one with --token.',
  );
}

/** Of equal length, so that the comparison takes the same time whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
