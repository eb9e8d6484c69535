import { expect, it, vi } from 'vitest';
import { slashed, slashedWay } from '../src/slashed-path.js';

// As Node has it on Windows.
vi.mock('node:path', async (original) => (await original<typeof import('node:path')>()).win32);

it('is written with slashes', () => {
  expect(slashed('models\\a\\README.md')).toBe('models/a/README.md');
});

it('is the way from a folder', () => {
  expect(slashedWay('C:\\work', 'C:\\work\\models\\a')).toBe('models/a');
  expect(slashedWay('C:\\work\\models', 'C:\\work\\b')).toBe('../b');
  expect(slashedWay('C:\\work', 'C:\\work')).toBe('');
});
