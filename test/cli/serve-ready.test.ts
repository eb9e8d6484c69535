import { expect, it } from 'vitest';
import { inFolder, runMain } from './scenario.js';

const CARD = '---\nlicense: mit\n---\n';
const MODELS = new Map([
  ['usage/README.md', CARD],
  ['shown/README.md', CARD],
]);

/** What is told of a server that is interrupted as soon as it listens. */
const started = (args: readonly string[]) =>
  inFolder(MODELS, async (cwd) => {
    const { status, stderr } = await runMain(['serve', ...args], cwd, { signal: AbortSignal.abort() });
    expect(status).toBe(0);
    return stderr.trim().split('\n');
  });

it('a model whose page cannot be shown is named when the server is ready', async () => {
  const lines = await started(['usage', 'shown']);
  expect(lines[0]).toMatch(/^Serving 2 models at http:/);
  expect(lines.slice(3)).toEqual([
    'The page of usage cannot be shown: /usage is an address of the server itself. Rename its folder.',
  ]);
});

it.each([
  [['usage', 'shown'], ['usage']],
  [['shown'], undefined],
])('of %j a program is told the same', async (targets, withoutPage) => {
  const [line = ''] = await started([...targets, '--format', 'json']);
  const ready = JSON.parse(line) as { readonly withoutPage?: unknown };
  expect(ready).toMatchObject({ event: 'ready', models: targets });
  expect(ready.withoutPage).toEqual(withoutPage);
});
