import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryRepo } from '../../src/repo/memory.js';
import type { Repo } from '../../src/repo/repo.js';
import { type PlanInput, planSmoke } from '../../src/smoke/plan/plan.js';
import { cpuTime } from '../cpu-time.js';
import { fixturePath } from './fixture.js';

const read = (name: string, file: string) => new Uint8Array(readFileSync(join(fixturePath(name), file)));
const GRAPH = read('text-classification-external-data', 'onnx/model.onnx');
const DATA = read('text-classification-external-data', 'onnx/model.onnx_data');
const WHOLE = read('faults/card-contradicts-model', 'onnx/model.onnx');
const TEXT = {
  'config.json': read('faults/card-contradicts-model', 'config.json'),
  'tokenizer.json': read('faults/card-contradicts-model', 'tokenizer.json'),
  'tokenizer_config.json': '{}',
};

/** A repository in memory that pretends to be a folder; a plan reads, but runs nothing. */
function repoOf(files: Readonly<Record<string, string | Uint8Array>>): Repo {
  return { ...memoryRepo(files), root: '/model' };
}

async function plan(files: Readonly<Record<string, string | Uint8Array>>, input: Partial<PlanInput> = {}) {
  const repo = repoOf(files);
  return planSmoke({
    repo,
    files: await repo.list(),
    task: 'text-classification',
    metadata: null,
    inputs: [],
    ...input,
  });
}

describe('what is skipped, and what would make it testable', () => {
  it.each([
    ['no task', {}, { task: null }, 'Set pipeline_tag in the card'],
    ['a task without a definition', {}, { task: 'robotics' }, 'There is no smoke inference for robotics yet'],
    ['unknown files', {}, { files: null }, 'Name its folder'],
    ['no files at all', {}, {}, 'There is no ONNX graph. Add onnx/model.onnx'],
    ['safetensors', { 'model.safetensors': 'x' }, {}, 'optimum-cli export onnx --model . onnx'],
    [
      'a pickle',
      { 'model.pkl': 'x' },
      { task: 'tabular-classification' },
      'model.pkl, which is never opened',
    ],
    ['several graphs', { ...TEXT, 'a.onnx': WHOLE, 'b.onnx': WHOLE }, {}, 'but not onnx/model.onnx'],
  ] as const)('%s', async (_, files, input, reason) => {
    const result = await plan(files, input);
    expect(result.kind).toBe('skip');
    expect(result).toHaveProperty('reason', expect.stringContaining(reason));
  });

  it('files that are not on this machine', async () => {
    const repo = memoryRepo({ ...TEXT, 'onnx/model.onnx': WHOLE });
    const files = await repo.list();
    const result = await planSmoke({ repo, files, task: 'text-classification', metadata: null, inputs: [] });
    expect(result).toMatchObject({ kind: 'skip', reason: expect.stringContaining('not on this machine') });
  });
});

describe('faults that need no inference', () => {
  const MODEL = { 'onnx/model.onnx': WHOLE };
  it.each([
    ['no config', { ...MODEL }, 'config.json is missing'],
    ['an empty graph', { ...TEXT, 'onnx/model.onnx': '' }, 'no ONNX graph: it is empty'],
    ['a text as graph', { ...TEXT, 'onnx/model.onnx': '<html>not found</html>' }, 'no ONNX graph'],
    [
      'a graph that is cut off',
      { ...TEXT, 'onnx/model.onnx': WHOLE.subarray(0, 400) },
      'cut off: it has 400 bytes',
    ],
    ['missing weights', { ...TEXT, 'onnx/model.onnx': GRAPH }, 'onnx/model.onnx_data, which is missing'],
    [
      'weights that are cut off',
      { ...TEXT, 'onnx/model.onnx': GRAPH, 'onnx/model.onnx_data': DATA.subarray(0, 100) },
      'cut off: the tensor',
    ],
    [
      'weights outside the repository',
      { ...TEXT, 'onnx/model.onnx': renamed(GRAPH, '../../../data.d') },
      'refers to weights outside the repository (../../../data.d)',
    ],
    [
      'a tokenizer in Git LFS',
      {
        ...TEXT,
        ...MODEL,
        'tokenizer.json': 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 700\n',
      },
      'tokenizer.json is a Git LFS pointer of 66 bytes, not the file itself (700 bytes)',
    ],
    [
      'a model file that the config names and nobody uploaded',
      { 'config.json': '{"sklearn": {"model": {"file": "tree.onnx"}}}' },
      'tree.onnx, which is missing',
    ],
  ])('%s', async (_, files, reason) => {
    const result = await plan(files);
    expect(result.kind).toBe('fail');
    expect(result).toHaveProperty('reason', expect.stringContaining(reason));
  });

  it('does not parse a config.json that is too large to be one', async () => {
    const result = await plan({ ...TEXT, ...MODEL, 'config.json': '['.repeat(5_000_000) });
    expect(result).toHaveProperty('reason', expect.stringContaining('config.json has 5000000 bytes'));
  });

  it('says where a JSON file is broken', async () => {
    const result = await plan({ ...TEXT, ...MODEL, 'config.json': '{\n  "a": 1,\n  oops\n}' });
    expect(result).toHaveProperty(
      'reason',
      expect.stringMatching(/^config\.json is not valid JSON: .*line 3/),
    );
  });
});

describe('what is run', () => {
  it('prefers onnx/ and full precision, and takes what is asked for', async () => {
    const files = {
      ...TEXT,
      'model.onnx': WHOLE,
      'onnx/model.onnx': WHOLE,
      'onnx/model_quantized.onnx': WHOLE,
      'onnx/model_fp16.onnx': WHOLE,
    };
    const all = await plan(files);
    expect(all).toMatchObject({ kind: 'run', way: { runner: 'transformers' } });
    expect(all.kind === 'run' && all.variants.map(({ dtype, graphs }) => [dtype, graphs.model])).toEqual([
      ['fp32', 'onnx/model.onnx'],
      ['fp16', 'onnx/model_fp16.onnx'],
      ['q8', 'onnx/model_quantized.onnx'],
    ]);
    expect(await plan(files, { dtypes: ['q8'] })).toMatchObject({
      variants: [{ dtype: 'q8', graphs: { model: 'onnx/model_quantized.onnx' } }],
    });
    expect(await plan(files, { dtypes: ['q8', 'q4'] })).toMatchObject({
      kind: 'fail',
      reason: expect.stringContaining('no graph of dtype q4, only of fp32, fp16, q8. Add it, or'),
    });
    const { 'onnx/model.onnx': _, 'model.onnx': __, ...others } = files;
    expect(await plan(others)).toMatchObject({
      variants: [{ dtype: 'fp16', graphs: { model: 'onnx/model_fp16.onnx' } }, { dtype: 'q8' }],
    });
  });

  it('lists the files with their sizes, the weights beside the graph among them', async () => {
    const result = await plan({ ...TEXT, 'onnx/model.onnx': GRAPH, 'onnx/model.onnx_data': DATA });
    expect(result).toMatchObject({
      kind: 'run',
      variants: [
        {
          files: [
            { path: 'onnx/model.onnx', size: GRAPH.length },
            { path: 'onnx/model.onnx_data', size: DATA.length },
            { path: 'config.json' },
            { path: 'tokenizer.json' },
            { path: 'tokenizer_config.json' },
          ],
        },
      ],
    });
  });

  it('joins the parameters of the card and of the example, the example first', async () => {
    const result = await plan(
      { ...TEXT, 'onnx/model.onnx': WHOLE },
      {
        metadata: {
          inference: { parameters: { top_k: 3, function_to_apply: 'sigmoid', temperature: 1 } },
          widget: [{ text: 'a', parameters: { top_k: 1 } }, { text: 'b' }, 'c'],
        },
      },
    );
    expect(result).toMatchObject({
      cases: [
        { source: 'widget', input: 'a', parameters: { top_k: 1, function_to_apply: 'sigmoid' } },
        { source: 'widget', input: 'b', parameters: { top_k: 3, function_to_apply: 'sigmoid' } },
      ],
      unrun: [{ example: 'c', check: { id: 'input', status: 'failed' } }],
      probes: [],
    });
  });

  it('plans a repository of 10,000 files in far less than a second', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`data/part-${index}.bin`, '']),
    );
    const repo = repoOf({ ...many, ...TEXT, 'onnx/model.onnx': WHOLE });
    const files = await repo.list();
    const computed = cpuTime();
    const result = await planSmoke({ repo, files, task: 'text-classification', metadata: null, inputs: [] });
    expect(result.kind).toBe('run');
    expect(computed()).toBeLessThan(500);
  });
});

/** The graph with another name of the same length for its weights. */
function renamed(graph: Uint8Array, name: string): Uint8Array {
  const old = 'model.onnx_data';
  if (name.length !== old.length) throw new Error(`The name must have ${old.length} letters.`);
  return new Uint8Array(Buffer.from(Buffer.from(graph).toString('latin1').replaceAll(old, name), 'latin1'));
}
