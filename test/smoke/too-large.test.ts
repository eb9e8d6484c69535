import { expect, it } from 'vitest';
import { smokeTest } from '../../src/smoke/smoke.js';
import { openFixture } from './fixture.js';

it('a model that does not fit into the memory is skipped, and says what would do', async () => {
  const report = await smokeTest(await openFixture('text-generation-gguf'), {
    device: 'cpu',
    memoryLimitBytes: 100_000,
  });
  expect(report).toMatchObject({
    status: 'skipped',
    stage: 'plan',
    reason:
      'Its files have 0.00013 GB, more than the 0.0001 GB of memory that may be used here. Run it on a machine with more memory, or raise the limit with --memory-limit.',
  });
});
