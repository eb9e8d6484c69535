import type { FastifyInstance } from 'fastify';
import { lintCard } from '../../lint.js';
import { isMapping } from '../../mapping.js';
import { bytesOf } from '../request-bytes.js';
import { ServeError } from '../serve-error.js';

/** `POST /api/validate-yaml`: what the Hub says of a card before it is pushed. */
export function addValidateYaml(app: FastifyInstance): void {
  app.post('/api/validate-yaml', (request, reply) => {
    const verdict = validateYaml(bytesOf(request.body));
    return reply.code(verdict.errors.length === 0 ? 200 : 400).send(verdict);
  });
}

/** What the Hub's validator would say of a card, as far as it is known. */
function validateYaml(bytes: Uint8Array): { errors: Complaint[]; warnings: Complaint[] } {
  let asked: unknown;
  try {
    asked = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw new ServeError(
      400,
      'The body is no JSON: send {"content": the whole README.md, "repoType": "model"}.',
    );
  }
  const content = isMapping(asked) ? asked.content : undefined;
  if (typeof content !== 'string') throw new ServeError(400, '`content` must be the text of the card.');
  const found = lintCard(content);
  const complaints = (hub: 'error' | 'warning') =>
    found.filter((one) => one.hub === hub).map(({ message, path, help }) => ({ message, path, help }));
  return { errors: complaints('error'), warnings: complaints('warning') };
}

interface Complaint {
  readonly message: string;
  /** JSON pointer into the front matter. */
  readonly path: string;
  readonly help: string;
}
