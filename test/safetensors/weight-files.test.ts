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

it('what is too much to be read is no fault', async () => {
  const shards = Object.fromEntries(
    Array.from({ length: 1001 }, (_, at) => [`t${at}`, `model-${at}.safetensors`]),
  );
  const long = memoryRepo({ 'model.safetensors.index.json': ' '.repeat(32 * 1024 * 1024 + 1) });
  const many = memoryRepo({ 'model.safetensors.index.json': JSON.stringify({ weight_map: shards }) });
  for (const repo of [long, many]) {
    expect(await readWeightFiles(repo, (await repo.list()) ?? [])).toMatchObject({
      kind: 'unsupported',
      reason: expect.stringContaining('that are read'),
    });
  }
});

it('a tensor in another shard than its index says, or in two, is that of the last shard', async () => {
  const places = { a0: 'model-b.safetensors', a1: 'model-a.safetensors', no: 'model-b.safetensors' };
  const repo = memoryRepo({
    'model.safetensors.index.json': JSON.stringify({ weight_map: places }),
    'model-a.safetensors': shard('a', 2),
    'model-b.safetensors': shard('a', 1),
  });
  const read = await readWeightFiles(repo, (await repo.list()) ?? []);
  if (read.kind !== 'tensors') throw new Error(read.kind);
  expect([...read.tensors].map(([name, { path }]) => `${name} in ${path}`)).toEqual([
    'a0 in model-b.safetensors',
    'a1 in model-a.safetensors',
  ]);
  expect(read.misplaced).toEqual([]);
});
