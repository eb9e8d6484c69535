import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFolder } from '../../src/repo/local.js';
import { smokeTest } from '../../src/smoke/smoke.js';
import { global, pickle, stateDictFile, text, torchFile } from '../torch/archive.js';
import { fixturePath } from './fixture.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'validate-card-torch-'));
  cpSync(fixturePath('text-classification'), folder, { recursive: true });
  rmSync(join(folder, 'onnx'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function smoke(root = folder) {
  return smokeTest(await openFolder(root, { kind: 'folder', path: root }), { device: 'cpu' });
}

/** The tensors of model.safetensors, which is taken away. */
function takeTensors() {
  const path = join(folder, 'model.safetensors');
  const bytes = readFileSync(path);
  rmSync(path);
  const length = Number(bytes.readBigUInt64LE());
  const header: Record<string, { shape: number[]; data_offsets: [number, number] }> = JSON.parse(
    bytes.toString('utf8', 8, 8 + length),
  );
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(
      ([
        name,
        {
          shape,
          data_offsets: [from, to],
        },
      ]) => ({
        name,
        storage: 'FloatStorage',
        shape,
        bytes: bytes.subarray(8 + length + from, 8 + length + to),
      }),
    );
}

function scores({ cases }: Awaited<ReturnType<typeof smoke>>): number[] {
  return cases.flatMap(({ output }) => (output as { score: number }[]).map(({ score }) => score));
}

describe('a repository with pytorch_model.bin', () => {
  it('is run, and answers as its ONNX graph does', async () => {
    writeFileSync(join(folder, 'pytorch_model.bin'), torchFile(takeTensors()));
    const report = await smoke();
    expect(report).toMatchObject({ status: 'passed', runner: 'safetensors', dtype: 'fp32' });
    expect(report.checks.find(({ id }) => id === 'weights')?.message).toContain(
      'The 41 tensors of pytorch_model.bin are those of a BertForSequenceClassification',
    );
    const full = scores(await smoke(fixturePath('text-classification')));
    expect(full.length).toBeGreaterThan(0);
    for (const [index, score] of scores(report).entries())
      expect(score).toBeCloseTo(full[index] ?? Number.NaN, 6);
  });

  it('is run from shards', async () => {
    const tensors = takeTensors();
    const names = ['pytorch_model-00001-of-00002.bin', 'pytorch_model-00002-of-00002.bin'] as const;
    writeFileSync(join(folder, names[0]), torchFile(tensors.slice(0, 20)));
    writeFileSync(join(folder, names[1]), torchFile(tensors.slice(20)));
    const map = Object.fromEntries(tensors.map(({ name }, index) => [name, names[index < 20 ? 0 : 1]]));
    writeFileSync(join(folder, 'pytorch_model.bin.index.json'), JSON.stringify({ weight_map: map }));
    const report = await smoke();
    expect(report).toMatchObject({ status: 'passed', runner: 'safetensors' });
    expect(report.files.map(({ path }) => path)).toEqual(expect.arrayContaining([...names]));
  });

  it('is not looked at where there are safetensors', async () => {
    writeFileSync(join(folder, 'pytorch_model.bin'), 'nothing');
    expect(await smoke()).toMatchObject({ status: 'passed', runner: 'safetensors' });
  });

  it('fails when it would run code, which nobody does', async () => {
    takeTensors();
    const proof = join(folder, 'it-was-run');
    const root = pickle(global('posix', 'system'), text(`touch ${proof}`), 0x85, 'R');
    writeFileSync(join(folder, 'pytorch_model.bin'), stateDictFile(root));
    expect(await smoke()).toMatchObject({
      status: 'failed',
      stage: 'plan',
      reason:
        'pytorch_model.bin is no PyTorch file that can be read: its pickle wants to call posix.system, which is no part of a tensor. Nothing was executed. Whoever loads it with Python may run foreign code. Save the model again as safetensors, with `save_pretrained`.',
    });
    expect(existsSync(proof)).toBe(false);
  });

  it.each([
    ['legacy.bin', 'it is in the format of PyTorch before release 1.6'],
    ['script.bin', 'it holds a TorchScript program'],
  ])('is skipped as %s', async (name, words) => {
    takeTensors();
    cpSync(
      fileURLToPath(new URL(`../torch/files/${name}`, import.meta.url)),
      join(folder, 'pytorch_model.bin'),
    );
    expect(await smoke()).toMatchObject({
      status: 'skipped',
      stage: 'plan',
      reason: `pytorch_model.bin is not read: ${words}. Save the model again as safetensors, with \`save_pretrained\`.`,
    });
  });

  it('fails when it is cut off', async () => {
    writeFileSync(join(folder, 'pytorch_model.bin'), torchFile(takeTensors()).subarray(0, 50_000));
    expect(await smoke()).toMatchObject({
      status: 'failed',
      stage: 'plan',
      reason:
        'pytorch_model.bin is cut off: it has 50000 bytes, and the list of its entries is missing. Upload it again.',
    });
  });
});
