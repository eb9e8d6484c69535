import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ServerEvent } from '../../src/serve/events.js';
import { FIXTURES, serve } from './served.js';
import { holdStarts } from './workers.js';

it('a pinned model that is being loaded again when the server ends is no fault', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pinned-'));
  const target = join(folder, 'pinned');
  await cp(`${FIXTURES}text-classification`, target, { recursive: true });
  const events: ServerEvent[] = [];
  const onEvent = (event: ServerEvent) => events.push(event);
  const server = await serve([], { targets: [target], pin: ['pinned'], watch: true, onEvent });
  try {
    const starts = holdStarts();
    await writeFile(join(target, 'new.txt'), 'A file that comes.');
    await expect.poll(starts.count).toBe(1);
    const closing = server.close();
    starts.goOn();
    await closing;
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
  expect(events.filter(({ event }) => event === 'fault')).toEqual([]);
});
