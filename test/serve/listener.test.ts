import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { post, serve } from './served.js';

const ID = 'text-classification';

/** Errors that nobody caught. */
let uncaught: unknown[];
let others: NodeJS.UncaughtExceptionListener[];
const listen = (error: unknown) => uncaught.push(error);
beforeEach(() => {
  uncaught = [];
  others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', listen);
});
afterEach(() => {
  process.off('uncaughtException', listen);
  for (const other of others) process.on('uncaughtException', other);
});

it('a listener that throws keeps no model from being loaded and asked', async () => {
  const server = await serve([ID], {
    onEvent: ({ event }) => {
      throw new Error(`heard of ${event}`);
    },
  });
  try {
    const { status } = await post(`${server.url}/models/${ID}`, { inputs: 'good' });
    expect(status).toBe(200);
  } finally {
    await server.close();
  }
  // They are thrown when what told the listener is over.
  await setImmediate();
  expect(uncaught.map(String).sort()).toEqual([
    'Error: heard of load',
    'Error: heard of request',
    'Error: heard of worker-end',
  ]);
});
