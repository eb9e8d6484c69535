import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServedModels } from '../../src/serve/server-options.js';
import { post, serve } from './served.js';

let server: ServedModels;
beforeAll(async () => {
  server = await serve(['text-classification']);
});
afterAll(() => server.close());

/** The status of an answer, whose body is left alone. */
function statusOf(path: string, method: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(`${server.url}${path}`, { method, headers: { host } }, (response) => {
      resolve(response.statusCode);
      response.destroy();
    });
    asked.on('error', reject).end();
  });
}

describe('a stranger', () => {
  it.each([
    ['asks under a foreign name', 'GET', 'evil.example', 403],
    ['asks for the head alone', 'HEAD', '127.0.0.1', 404],
  ])('takes no place of the pages that listen: one that %s', async (_, method, host, status) => {
    for (let times = 0; times < 65; times++) {
      expect(await statusOf('/api/events', method, host)).toBe(status);
    }
    expect(await statusOf('/api/events', 'GET', '127.0.0.1')).toBe(200);
  });

  it('is not told again all of what it sent', async () => {
    const { status, json } = await post(`${server.url}/v1/completions`, {
      model: `\u202e${'a'.repeat(1_000_000)}`,
      prompt: 'x',
    });
    expect([status, JSON.stringify(json).length < 1000, JSON.stringify(json)]).toEqual([
      404,
      true,
      expect.stringContaining('\\\\u202eaaa'),
    ]);
  });
});
