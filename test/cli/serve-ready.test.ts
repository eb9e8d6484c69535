import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RUNTIME_FOLDER } from '../../src/smoke/child-environment.js';
import { holdStarts } from '../serve/workers.js';
import { inFolder, runMain } from './scenario.js';

const CARD = '---\nlicense: mit\n---\n';
const MODELS = new Map([
  ['usage/README.md', CARD],
  ['shown/README.md', CARD],
]);

/** Tiny models with one fault each. */
const FAULTS = fileURLToPath(new URL('../../fixtures/faults/', import.meta.url));

/** What is told of a server that is interrupted as soon as it listens. */
const started = (args: readonly string[], files: ReadonlyMap<string, string> = MODELS) =>
  inFolder(files, async (cwd) => {
    const { status, stderr } = await runMain(['serve', ...args], cwd, { signal: AbortSignal.abort() });
    expect(status).toBe(0);
    return stderr.trim().split('\n');
  });

it('a server that is interrupted while a pinned model loads ends without that model', async () => {
  const args = ['serve', 'slow-load', '--pin', 'slow-load', '--no-usage'];
  const starts = holdStarts();
  const interrupt = new AbortController();
  const run = runMain(args, FAULTS, { signal: interrupt.signal });
  await expect.poll(starts.count).toBe(1);
  interrupt.abort();
  starts.goOn();
  const { status, stderr } = await run;
  expect([status, stderr]).toEqual([0, expect.not.stringContaining('Serving')]);
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

describe('runtimes that models need', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  const NEEDY = new Map([
    ['graph/README.md', CARD],
    ['graph/model.onnx', ''],
    ['text/README.md', CARD],
    ['text/model.gguf', ''],
    ['empty/README.md', CARD],
  ]);
  const withoutRuntimes = async (args: readonly string[]) => {
    const empty = await mkdtemp(join(tmpdir(), 'no-runtimes-'));
    vi.stubEnv(RUNTIME_FOLDER, empty);
    try {
      return await started(args, NEEDY);
    } finally {
      await rm(empty, { recursive: true });
    }
  };

  it('and that are not installed are named when the server is ready, with what installs them', async () => {
    expect((await withoutRuntimes(['graph', 'text', 'empty'])).slice(4)).toEqual([
      'onnxruntime-node is not installed: models that need it cannot answer.',
      'Stop the server, run this in a folder of its own, and start the server from there:',
      '  npm install --ignore-scripts validate-model-card onnxruntime-node @huggingface/transformers',
      'node-llama-cpp is not installed: models that need it cannot answer.',
      'Stop the server, run this in a folder of its own, and start the server from there:',
      expect.stringMatching(/^ {2}npm install .* node-llama-cpp @node-llama-cpp\//),
    ]);
    const [line = ''] = await withoutRuntimes(['graph', 'text', '--format', 'json']);
    expect(JSON.parse(line)).toMatchObject({ missingRuntimes: ['onnxruntime-node', 'node-llama-cpp'] });
  });

  it('are not spoken of where they are there, or no model needs one', async () => {
    expect(await started(['graph', 'text', 'empty'], NEEDY)).toHaveLength(4);
    expect(await withoutRuntimes(['empty'])).toHaveLength(2);
  });
});
