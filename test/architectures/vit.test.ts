import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import type { Head } from '../../src/architectures/architecture.js';
import { buildGraph } from '../../src/architectures/index.js';
import {
  largestDifference,
  openReference,
  type ReferenceModel,
  referenceModels,
  TOLERANCE,
  tensorsOf,
} from './reference-models.js';

const models = referenceModels('vit') as readonly (ReferenceModel & { readonly pixels: readonly number[] })[];
const folder = mkdtempSync(join(tmpdir(), 'validate-card-vit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function headOf({ config }: ReferenceModel): Head {
  return String(config.architectures).replace(/^[A-Z][a-z]+T/, '') as Head;
}

describe('the graph of a ViT model', () => {
  it.each(models)('$name gives what PyTorch gives', async (model) => {
    const session = await openReference(folder, model, headOf(model));
    const count = model.pixels.reduce((a, b) => a * b, 1);
    const pixels = Float32Array.from({ length: count }, (_, index) => (((index * 37) % 127) - 63) / 64);
    const outputs = await session.run({ pixel_values: new Tensor('float32', pixels, model.pixels) });
    expect(session.outputNames).toEqual(Object.keys(model.outputs));
    for (const [name, wanted] of Object.entries(model.outputs)) {
      expect(largestDifference(Array.from(outputs[name]?.data as Float32Array), wanted)).toBeLessThan(
        TOLERANCE,
      );
    }
    await session.release();
  });
});

const [plain] = models;

describe('refusal', () => {
  it.each([
    [{}, 'ForImageClassification', 'built'],
    [{}, 'Model', 'built'],
    [
      {},
      'ForMaskedLM',
      'contradiction: config.json names the class ViTForImageClassification, and the task needs one ForMaskedLM',
    ],
    [
      { architectures: ['ViTForMaskedImageModeling'] },
      'Model',
      'unsupported: its class is "ViTForMaskedImageModeling"',
    ],
    [{ use_mask_token: true }, 'Model', 'unsupported: nothing is known of its key "use_mask_token"'],
    [
      { id2label: { 0: 'a' } },
      'ForImageClassification',
      'contradiction: config.json names 1 labels, and classifier.weight has 3 rows',
    ],
    [
      { image_size: 16 },
      'Model',
      'contradiction: the tensor vit.embeddings.position_embeddings has the shape [1, 5, 8], and config.json tells [1, 17, 8]',
    ],
    [{ image_size: [8, 8] }, 'Model', 'unsupported: image_size is a list'],
    [{ patch_size: [4, 4] }, 'Model', 'unsupported: patch_size is a list'],
    [{ image_size: '8' }, 'Model', 'contradiction: image_size is "8"'],
    [{ qkv_bias: false }, 'Model', /^contradiction: 6 tensors belong to no part/],
    [
      { patch_size: 2 },
      'Model',
      'contradiction: the tensor vit.embeddings.patch_embeddings.projection.weight has the shape [8, 3, 4, 4], and config.json tells [8, 3, 2, 2]',
    ],
  ] as const)('of config.json with %o for %s', async (change, head, wanted) => {
    if (plain === undefined) throw new Error('no sample');
    const built = buildGraph({ ...plain.config, ...change }, await tensorsOf(plain), head);
    const outcome = built.kind === 'built' ? 'built' : `${built.kind}: ${built.reason}`;
    if (typeof wanted === 'string') expect(outcome).toBe(wanted);
    else expect(outcome).toMatch(wanted);
  });
});
