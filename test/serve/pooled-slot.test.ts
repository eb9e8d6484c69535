import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { msUntilLoaded } from '../../src/serve/pooled-slot.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it.each([
  ['a small model by the time that a process takes', null, 0, 800],
  ['a large one by its size too', null, 2e9, 10_800],
  ['one that was loaded before by what that took', 3000, 2e9, 3000],
])('the load of %s', (_, loadMs, bytes, ms) => {
  const slot = { loadMs, bytes, began: performance.now() };
  expect(msUntilLoaded(slot)).toBe(ms);
  vi.advanceTimersByTime(500);
  expect(msUntilLoaded(slot)).toBe(ms - 500);
  vi.advanceTimersByTime(60_000);
  expect(msUntilLoaded(slot)).toBe(0);
});
