import { expect, it } from 'vitest';
import { memoryRepo } from '../../src/repo/memory.js';
import { readWeightFiles } from '../../src/safetensors/weight-files.js';

/** A file with so many tensors of one byte each. */
function shard(prefix: string, count: number): Uint8Array {
  const entries = Array.from(
    { length: count },
    (_, index) => `"${prefix}${index}":{"dtype":"U8","shape":[],"data_offsets":[${index},${index + 1}]}`,
  );
  const header = Buffer.from(`{${entries.join(',')}}`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(count)]);
}

it('no more tensors are gathered from shards than the largest models have, by far', async () => {
  const names = ['a', 'b', 'c'];
  const weight_map = Object.fromEntries(names.map((name) => [`${name}0`, `model-${name}.safetensors`]));
  const repo = memoryRepo({
    'model.safetensors.index.json': JSON.stringify({ weight_map }),
    ...Object.fromEntries(names.map((name) => [`model-${name}.safetensors`, shard(name, 20)])),
  });
  const files = (await repo.list()) ?? [];
  expect(await readWeightFiles(repo, files)).toMatchObject({ kind: 'tensors' });
  expect(await readWeightFiles(repo, files, 50)).toMatchObject({
    kind: 'unsupported',
    reason: 'Up to model-c.safetensors the model has more than the 50 tensors that are read.',
  });
});
