import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { sendError } from '../../src/serve/send-error.js';
import { ServeError } from '../../src/serve/serve-error.js';

/** What a client gets at an address where something is thrown. */
async function sent(thrown: unknown, url: string, agent = 'a test'): Promise<readonly [number, unknown]> {
  const app = Fastify();
  app.setErrorHandler((error, _request, reply) => sendError(error, reply));
  app.get('/*', () => {
    throw thrown;
  });
  const response = await app.inject({ url, headers: { 'user-agent': agent } });
  await app.close();
  return [response.statusCode, response.json()];
}

const refused = (statusCode: number) =>
  Object.assign(new Error('FST_ERR at /srv/app/node_modules'), { statusCode });
const UNREADABLE = /^The request cannot be read\. Check its address and headers, and .* its body/;
const FAILED = 'The server failed; it tells its owner why.';

it.each([
  [refused(400), 400, expect.stringMatching(UNREADABLE)],
  [refused(415), 415, expect.stringMatching(UNREADABLE)],
  [refused(500), 500, FAILED],
  [new Error('open /srv/models/x.onnx'), 500, FAILED],
  [new ServeError(404, 'There is no model x here.'), 404, 'There is no model x here.'],
])('of %s a client is told what it can do, and nothing of this machine', async (thrown, status, message) => {
  expect(await sent(thrown, '/models/x')).toEqual([status, { error: message }]);
  expect(await sent(thrown, '/v1/models')).toMatchObject([status, { error: { message, param: null } }]);
});

it('release 4 of @huggingface/inference reads why a text is not gone on with, which it does of texts alone', async () => {
  const error = new ServeError(400, '"top_p" must be a number.', { more: { param: 'top_p' } });
  const agent = '@huggingface/inference/4.13.30 (node)';
  expect(await sent(error, '/models/x/v1/completions', agent)).toEqual([
    400,
    { error: '"top_p" must be a number.', param: 'top_p' },
  ]);
  const shape = { error: { message: '"top_p" must be a number.', param: 'top_p' } };
  expect(await sent(error, '/models/x/v1/completions')).toMatchObject([400, shape]);
  expect(await sent(error, '/models/x/v1/chat/completions', agent)).toMatchObject([400, shape]);
});
