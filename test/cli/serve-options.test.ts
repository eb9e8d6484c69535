import { expect, it } from 'vitest';
import { serveOptions } from '../../src/cli/serve-options.js';

it('what is said is read, the times in milliseconds', () => {
  const argv = ['a', '--timeout', '2m', '--idle', '10s', '--queue', '5', '--workers=2', '--pin', 'a'];
  expect(serveOptions(argv)).toMatchObject({
    targets: ['a'],
    inferenceMs: 120_000,
    idleMs: 10_000,
    queue: 5,
    workers: 2,
    pin: ['a'],
  });
});

it('what is not said is left to the server', () => {
  const options = serveOptions([]);
  for (const name of ['inferenceMs', 'idleMs', 'queue', 'workers', 'port', 'usage']) {
    expect(options).not.toHaveProperty(name);
  }
});

it('memory is given in bytes, or with a unit', () => {
  for (const size of ['2000000000', '2GB', '2000MB']) {
    expect(serveOptions(['--max-memory', size])).toMatchObject({ maxMemory: 2e9 });
  }
});
