import { expect, it } from 'vitest';
import { checkNumbers } from '../../src/serve/check-options.js';
import type { ServerOptions } from '../../src/serve/server-options.js';
import { serve } from './served.js';
import { workers } from './workers.js';

const NAMES = [
  'port',
  'workers',
  'queue',
  'maxMemory',
  'bodiesBytes',
  'idleMs',
  'inferenceMs',
  'requestMs',
  'drainMs',
] as const;

it.each([
  ['workers', 0, 'workers cannot be "0".', 'a whole number from 1 to 64'],
  ['workers', 1.5, 'workers cannot be "1.5".', 'a whole number from 1 to 64'],
  ['queue', -1, 'queue cannot be "-1".', 'a whole number from 1 to 100000'],
  ['port', 65_536, 'port cannot be "65536".', 'a whole number from 0 to 65535'],
  ['maxMemory', 0, 'maxMemory cannot be "0".', 'a number from 1 to'],
  // A timer of Node takes them for a millisecond.
  ['inferenceMs', Number.POSITIVE_INFINITY, 'inferenceMs cannot be "Infinity".', 'to 2147483647'],
  ['idleMs', 2 ** 31, 'idleMs cannot be "2147483648".', 'to 2147483647'],
] as const)('the option %s cannot be %s', (name, value, message, hint) => {
  expect(() => checkNumbers({ [name]: value })).toThrow(
    expect.objectContaining({
      name: 'UsageError',
      code: 'wrong-value',
      message,
      hint: expect.stringContaining(hint),
    }),
  );
});

it.each(NAMES)('the option %s is a number, if it is given', (name) => {
  for (const wrong of [Number.NaN, -1, '8', null]) {
    // Programs without types give anything.
    const options = { [name]: wrong } as unknown as ServerOptions;
    expect(() => checkNumbers(options), String(wrong)).toThrow(`${name} cannot be `);
  }
  checkNumbers({ [name]: undefined });
  checkNumbers({ [name]: 10 });
});

it('a model may stay for ever, and the end may come at once', () => {
  checkNumbers({ idleMs: Number.POSITIVE_INFINITY, drainMs: 0, port: 0 });
});

it('no server starts with a wrong number', async () => {
  await expect(serve(['text-classification'], { queue: 0 })).rejects.toMatchObject({ code: 'wrong-value' });
  expect(workers()).toEqual([]);
});
