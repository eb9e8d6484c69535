import type { FastifyInstance } from 'fastify';
import { readCardRequest } from '../card-request.js';
import { cardVerdict } from '../card-verdict.js';
import { bodyBytes } from '../request-bytes.js';

/** `POST /api/validate-yaml`: what the Hub says of a card before it is pushed. */
export function addValidateYaml(app: FastifyInstance): void {
  app.post('/api/validate-yaml', (request, reply) => {
    const verdict = cardVerdict(readCardRequest(bodyBytes(request.body)));
    return reply.code(verdict.errors.length === 0 ? 200 : 400).send(verdict);
  });
}
