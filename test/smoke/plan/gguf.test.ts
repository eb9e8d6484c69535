import { describe, expect, it } from 'vitest';
import { memoryRepo } from '../../../src/repo/memory.js';
import { findGguf } from '../../../src/smoke/plan/gguf.js';
import { type PlanInput, planSmoke, type RunPlan } from '../../../src/smoke/plan/plan.js';
import { cpuTime } from '../../cpu-time.js';
import { ggufBytes, text, u32 } from '../../gguf/gguf-file.js';

const LLAMA = {
  'general.architecture': text('llama'),
  'llama.context_length': u32(64),
  'tokenizer.chat_template': text('{{ messages }}'),
};
/** 2,048 weights: 2,176 bytes as Q8_0, 8,192 as F32. */
const tensor = (type: number) => ({ name: 'output.weight', shape: [64, 32], type, offset: 0 });
const Q8 = ggufBytes(LLAMA, [tensor(8)], { weights: 2176 });
const F32 = ggufBytes(LLAMA, [tensor(0)], { weights: 8192 });

async function plan(files: Readonly<Record<string, string | Uint8Array>>, input: Partial<PlanInput> = {}) {
  const repo = { ...memoryRepo(files), root: '/model' };
  return planSmoke({
    repo,
    files: await repo.list(),
    task: 'text-generation',
    metadata: null,
    inputs: [],
    ...input,
  });
}

async function runs(...args: Parameters<typeof plan>): Promise<RunPlan> {
  const result = await plan(...args);
  if (result.kind !== 'run') throw new Error(JSON.stringify(result));
  return result;
}

const checks = ({ checks }: RunPlan) =>
  Object.fromEntries(checks.map(({ id, status, message }) => [id, `${status}: ${message}`]));
const names = (...paths: string[]) =>
  findGguf(paths.map((path) => ({ path, size: path.length }))).map(({ dtype }) => dtype);

describe('which GGUF files are models', () => {
  it('reads the quantization from the name', () => {
    expect(names('a-Q4_K_M.gguf')).toEqual(['Q4_K_M']);
    expect(names('a.Q8_0.gguf')).toEqual(['Q8_0']);
    expect(names('a-IQ2_XXS.gguf')).toEqual(['IQ2_XXS']);
    expect(names('a-bf16.gguf')).toEqual(['BF16']);
    expect(names('a.gguf')).toEqual(['gguf']);
    expect(names('a-Q4_K_M-00001-of-00002.gguf', 'a-Q4_K_M-00002-of-00002.gguf')).toEqual(['Q4_K_M']);
  });

  it('leaves out what only helps a model', () => {
    expect(names('mmproj-model-f16.gguf', 'imatrix.gguf', 'x/mmproj.gguf')).toEqual([]);
  });

  it('keeps two models of one quantization apart', () => {
    expect(names('a-Q8_0.gguf', 'bb-Q8_0.gguf')).toEqual(['Q8_0', 'bb-Q8_0']);
  });

  it('begins with the smallest, all parts counted', () => {
    const found = findGguf([
      { path: 'a-F16-00001-of-00002.gguf', size: 10 },
      { path: 'a-F16-00002-of-00002.gguf', size: 90 },
      { path: 'a-Q8_0.gguf', size: 50 },
    ]);
    expect(found.map(({ dtype }) => dtype)).toEqual(['Q8_0', 'F16']);
  });
});

describe('the plan of a GGUF model', () => {
  it('runs each quantization, and chats where there is a template', async () => {
    const planned = await runs({ 'a-Q8_0.gguf': Q8, 'a-F32.gguf': F32, 'README.md': '' });
    expect(planned.way.runner).toBe('llama');
    expect(planned.variants.map(({ dtype, graphs }) => [dtype, graphs.model])).toEqual([
      ['Q8_0', 'a-Q8_0.gguf'],
      ['F32', 'a-F32.gguf'],
    ]);
    expect(planned.cases[0]?.input).toHaveProperty('messages');
    expect(checks(planned)).toMatchObject({
      'gguf-architecture': expect.stringMatching(/^passed/),
      quantization: expect.stringMatching(
        /^passed: The name says Q8_0, and most of the weights are Q8_0, 8.5 bits/,
      ),
      'context-length': expect.stringMatching(/^passed: .* 64 tokens/),
      'chat-template': expect.stringMatching(/^passed/),
    });
  });

  it('does not hide a graph that is broken', async () => {
    expect(await plan({ 'a.gguf': Q8, 'onnx/model.onnx': 'x' })).toMatchObject({
      kind: 'fail',
      reason: expect.stringContaining('onnx/model.onnx'),
    });
  });

  it('runs only what --dtype names', async () => {
    const files = { 'a-Q8_0.gguf': Q8, 'a-F32.gguf': F32 };
    expect((await runs(files, { dtypes: ['F32'] })).variants.map(({ dtype }) => dtype)).toEqual(['F32']);
    expect(await plan(files, { dtypes: ['Q2_K'] })).toMatchObject({
      kind: 'fail',
      reason: 'There is no GGUF file of dtype Q2_K, only of Q8_0, F32. Add it, or name another with --dtype.',
    });
  });

  it.each([
    ['cut off', { 'a.gguf': Q8.slice(0, -1) }, 'a.gguf is cut off'],
    [
      'another file',
      { 'a.gguf': new Uint8Array(64) },
      'a.gguf is no GGUF file that can be read: it does not begin with GGUF',
    ],
    [
      'an LFS pointer',
      { 'a.gguf': 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 77\n' },
      'Git LFS pointer',
    ],
    ['no architecture', { 'a.gguf': ggufBytes({ x: u32(1) }) }, 'does not say which architecture'],
    [
      'a part that is missing',
      {
        'a-00001-of-00003.gguf': ggufBytes({ ...LLAMA, 'split.count': u32(3) }),
        'a-00003-of-00003.gguf': Q8,
      },
      'a was split into 3 parts, but part 2 is missing',
    ],
    [
      'a part that is cut off',
      {
        'a-00001-of-00002.gguf': ggufBytes({ ...LLAMA, 'split.count': u32(2) }),
        'a-00002-of-00002.gguf': Q8.slice(0, -9),
      },
      'a-00002-of-00002.gguf is cut off',
    ],
    [
      'a part that is named like the whole',
      { 'a.gguf': ggufBytes({ ...LLAMA, 'split.count': u32(2) }) },
      'says that it is one of 2 parts',
    ],
  ])('refuses %s', async (_, files, reason) => {
    expect(await plan(files)).toMatchObject({
      kind: 'fail',
      runner: 'llama',
      reason: expect.stringContaining(reason),
    });
  });

  it('takes all parts of a model together', async () => {
    const planned = await runs({
      'a-00001-of-00002.gguf': ggufBytes({ ...LLAMA, 'split.count': u32(2) }, [tensor(8)], { weights: 2176 }),
      'a-00002-of-00002.gguf': ggufBytes({}, [tensor(8)], { weights: 2176 }),
    });
    expect(planned.variants[0].files.map(({ path }) => path)).toEqual([
      'a-00001-of-00002.gguf',
      'a-00002-of-00002.gguf',
    ]);
  });

  it('says what is unusual', async () => {
    const odd = ggufBytes(
      { 'general.architecture': text('odd\u001b[31m'), 'general.file_type': u32(15) },
      [tensor(8)],
      { weights: 2176 },
    );
    const found = checks(await runs({ 'a-Q8_0.gguf': odd }, { metadata: { tags: ['conversational'] } }));
    expect(found['gguf-architecture']).toMatch(
      /^warning: llama.cpp v\S+ does not know the architecture "odd\\u001b\[31m"/,
    );
    expect(found.quantization).toMatch(/^warning: The name says Q8_0, the file itself Q4_K_M/);
    expect(found['context-length']).toMatch(/^warning/);
    expect(found['chat-template']).toMatch(
      /^failed: .* Convert the model from a folder whose tokenizer has a chat template/,
    );
  });

  it('finds a name that promises another quantization', async () => {
    expect(checks(await runs({ 'a-Q4_K_M.gguf': Q8 })).quantization).toMatch(
      /^failed: The name says Q4_K_M, but most of the weights are Q8_0, 8.5 bits each/,
    );
    expect(checks(await runs({ 'a-F32.gguf': Q8 })).quantization).toMatch(/^failed/);
  });

  it('reports another variant that is broken, and runs the first', async () => {
    const planned = await runs({ 'a-Q8_0.gguf': Q8, 'a-F32.gguf': F32.slice(0, 5000) });
    expect(planned.variants[1]?.fault).toContain('a-F32.gguf is cut off');
  });

  it('takes no longer for thousands of files than for their number', async () => {
    const number = (index: number) => String(index).padStart(5, '0');
    const many = Array.from({ length: 20_000 }, (_, index) => ({
      path: `a-${number(index + 1)}-of-20000.gguf`,
      size: 1,
    }));
    const computed = cpuTime();
    expect(findGguf([...many, { path: 'b.gguf', size: 30_000 }]).map(({ file }) => file.path)).toEqual([
      'a-00001-of-20000.gguf',
      'b.gguf',
    ]);
    expect(computed()).toBeLessThan(2_000);
    const files = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`a${index}.gguf`, Q8]));
    expect(await plan(files)).toMatchObject({
      kind: 'fail',
      reason: expect.stringContaining(
        'There are 101 variants of the model, and no more than 100 are compared.',
      ) as unknown,
    });
    const few = await runs(files, { dtypes: ['gguf', 'a100'] });
    expect(few.variants.map(({ dtype }) => dtype)).toEqual(['gguf', 'a100']);
  });
});
