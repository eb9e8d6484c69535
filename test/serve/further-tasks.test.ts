import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMapping } from '../../src/mapping.js';
import type { ServedModels } from '../../src/serve/server-options.js';
import type { SmokeFile } from '../../src/smoke/files.js';
import { TASKS } from '../../src/tasks/index.js';
import { expectAnswer, filled } from '../smoke/answer.js';
import { expectationOf, fixturePath } from '../smoke/fixture.js';
import { CALLS } from './client-calls.js';
import { serve } from './served.js';

/** The tasks that no client of JavaScript asks for. Of each there is a tiny model of its name. */
const TAGS = [...TASKS.keys()].filter((tag) => !CALLS.some(({ id }) => id === tag));

let server: ServedModels;
beforeAll(async () => {
  server = await serve(TAGS, { maxMemory: 600 * 1024 ** 2 });
});
afterAll(() => server.close());

describe.each(TAGS)('%s', (tag) => {
  const cases = expectationOf(tag).cases ?? [];

  it('is asked', () => expect(cases.length).toBeGreaterThan(0));

  it.each(cases)('answers over HTTP as its expected.json says: $body', async (expected) => {
    const response = await fetch(`${server.url}/pipeline/${tag}/${tag}`, {
      method: 'POST',
      body: JSON.stringify(filled(expected.body, fixturePath(tag))),
      headers: { accept: 'image/png, audio/wav', 'x-wait-for-model': 'true' },
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const type = response.headers.get('content-type') ?? '';
    expect(response.status, Buffer.from(bytes).toString().slice(0, 300)).toBe(200);
    if (type.startsWith('application/json')) {
      const output: unknown = JSON.parse(Buffer.from(bytes).toString());
      await expectAnswer({ output, files: filesIn(output) }, expected);
    } else {
      await expectAnswer({ output: null, files: [fileOf('answer', type, bytes)] }, expected);
    }
  });
});

/** The pictures and sounds that stand in an answer in base64, each named by what stands for it there. */
function filesIn(value: unknown): readonly SmokeFile[] {
  if (Array.isArray(value)) return value.flatMap(filesIn);
  if (isMapping(value)) return Object.values(value).flatMap(filesIn);
  if (typeof value !== 'string') return [];
  const begins: Readonly<Record<string, string>> = { iVBORw0KGgo: 'image/png', UklGR: 'audio/wav' };
  const type = Object.entries(begins).find(([begin]) => value.startsWith(begin))?.[1];
  return type === undefined ? [] : [fileOf(value, type, Buffer.from(value, 'base64'))];
}

function fileOf(name: string, mediaType: string, bytes: Uint8Array): SmokeFile {
  return { index: 0, name, mediaType, bytes };
}
