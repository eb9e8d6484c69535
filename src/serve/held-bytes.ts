import type { FastifyReply } from 'fastify';
import { ServeError } from './serve-error.js';

/**
 * Counts the bytes of answers that are held in memory until they are sent, or the client is gone. The function that it gives throws `ServeError` 429
 * for an answer with which they would be more than `most`.
 */
export function heldBytes(most: number): (reply: FastifyReply, bytes: number) => void {
  let held = 0;
  return (reply, bytes) => {
    if (held > 0 && held + bytes > most) {
      throw new ServeError(429, 'Too many large files are being sent.', { headers: { 'retry-after': '1' } });
    }
    held += bytes;
    reply.raw.once('close', () => {
      held -= bytes;
    });
  };
}
