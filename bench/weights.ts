/**
 * A model whose weights stay in their safetensors file against the same graph as an ordinary ONNX file with the weights inside: time until it is
 * ready, time of a run, anonymous memory; each in a process of its own, in turns. BERT-base in float32 with made-up weights (438 MB, twice
 * on disk in a temporary folder). Linux only. Usage: npx tsx bench/weights.ts [ROUNDS]. Targets: ready in at most 0.3, memory at most 0.2, a
 * run at most 1.1. Also: the heads of a repository of ten shards with 10 GB, at most 200 ms.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PbfReader, PbfWriter } from 'pbf';
import { buildGraph } from '../src/architectures/index.js';
import type { LocatedTensor } from '../src/architectures/weights.js';
import { openFolder } from '../src/repo/local.js';
import { readWeightFiles } from '../src/safetensors/weight-files.js';
import { place } from './measure.js';

const rounds = Number(process.argv[2] ?? '5');
const folder = mkdtempSync(join(tmpdir(), 'validate-card-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** The tensors of `BertForMaskedLM` with the sizes of bert-base-uncased, by name, with their shapes. */
function bertBase(): Record<string, readonly number[]> {
  const tensors: Record<string, readonly number[]> = {};
  const linear = (name: string, to: number, from: number) => {
    tensors[`${name}.weight`] = [to, from];
    tensors[`${name}.bias`] = [to];
  };
  const norm = (name: string) => {
    tensors[`${name}.weight`] = [768];
    tensors[`${name}.bias`] = [768];
  };
  tensors['bert.embeddings.word_embeddings.weight'] = [30_522, 768];
  tensors['bert.embeddings.position_embeddings.weight'] = [512, 768];
  tensors['bert.embeddings.token_type_embeddings.weight'] = [2, 768];
  norm('bert.embeddings.LayerNorm');
  for (let layer = 0; layer < 12; layer++) {
    const at = `bert.encoder.layer.${layer}`;
    for (const name of ['query', 'key', 'value']) linear(`${at}.attention.self.${name}`, 768, 768);
    linear(`${at}.attention.output.dense`, 768, 768);
    norm(`${at}.attention.output.LayerNorm`);
    linear(`${at}.intermediate.dense`, 3072, 768);
    linear(`${at}.output.dense`, 768, 3072);
    norm(`${at}.output.LayerNorm`);
  }
  linear('cls.predictions.transform.dense', 768, 768);
  norm('cls.predictions.transform.LayerNorm');
  tensors['cls.predictions.bias'] = [30_522];
  return tensors;
}

/** Writes a safetensors file of small made-up numbers. */
function writeSafetensors(path: string, shapes: Record<string, readonly number[]>): void {
  const header: Record<string, unknown> = {};
  let end = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const from = end;
    end += 4 * shape.reduce((a, b) => a * b, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [from, end] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const file = openSync(path, 'w');
  writeSync(file, Buffer.concat([length, json]));
  const part = new Float32Array(1 << 20);
  for (let written = 0; written < end; written += part.byteLength) {
    for (let at = 0; at < part.length; at++)
      part[at] = (((at * 2_654_435_761 + written) % 1009) - 504) / 20_000;
    writeSync(file, new Uint8Array(part.buffer, 0, Math.min(part.byteLength, end - written)));
  }
  closeSync(file);
}

/** The same graph with its weights inside (TensorProto.raw_data in the place of external_data). */
function withWeights(model: Uint8Array, weights: Buffer): Uint8Array {
  const out = new PbfWriter(new Uint8Array(weights.length + (8 << 20)));
  copyFields(model, out, (field, bytes) => {
    if (field !== 7) return false;
    out.writeMessage(
      7,
      (_, graph) =>
        copyFields(bytes, graph, (inner, tensor) => {
          if (inner !== 5) return false;
          graph.writeMessage(5, (__, to) => copyTensor(tensor, to, weights), null);
          return true;
        }),
      null,
    );
    return true;
  });
  return out.finish();
}

function copyTensor(tensor: Uint8Array, out: PbfWriter, weights: Buffer): void {
  const entries = new Map<string, string>();
  copyFields(tensor, out, (field, bytes) => {
    if (field === 13) {
      const [key, value] = new PbfReader(bytes).readFields<string[]>(
        (_, texts, pbf) => texts.push(pbf.readString()),
        [],
      );
      entries.set(key ?? '', value ?? '');
    }
    return field === 13 || field === 14;
  });
  const length = Number(entries.get('length') ?? '0');
  if (length === 0) return;
  const offset = Number(entries.get('offset'));
  out.writeBytesField(9, weights.subarray(offset, offset + length));
}

/** Copies the fields of a message, but those that `taken` has written itself; fields of bytes come as such. */
function copyFields(
  message: Uint8Array,
  out: PbfWriter,
  taken: (field: number, bytes: Uint8Array) => boolean,
): void {
  const reader = new PbfReader(message);
  while (reader.pos < reader.length) {
    const tag = reader.readVarint();
    const field = tag >> 3;
    if ((tag & 7) === 2) {
      const bytes = reader.readBytes();
      if (!taken(field, bytes)) out.writeBytesField(field, bytes);
    } else if ((tag & 7) === 5) {
      out.writeFloatField(field, reader.readFloat());
    } else {
      const value = reader.readVarint(true);
      if (!taken(field, new Uint8Array(0))) out.writeVarintField(field, value);
    }
  }
}

interface Measured {
  readonly readyMs: number;
  readonly runMs: number;
  readonly anonymousBytes: number;
}

function measure(...args: readonly string[]): Measured {
  const { stdout, stderr } = spawnSync(process.execPath, [place('bare/weights.mjs'), ...args], {
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Measured;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

const weightsPath = join(folder, 'model.safetensors');
writeSafetensors(weightsPath, bertBase());
writeFileSync(join(folder, 'README.md'), '');
const repo = await openFolder(folder, { kind: 'folder', path: folder });
const read = await readWeightFiles(repo, (await repo.list()) ?? []);
if (read.kind !== 'tensors') throw new Error(JSON.stringify(read));
const located = new Map(
  [...read.tensors].map(([name, tensor]): [string, LocatedTensor] => [
    name,
    { ...tensor, location: tensor.path },
  ]),
);
const config = { model_type: 'bert', architectures: ['BertForMaskedLM'], vocab_size: 30_522 };
const start = performance.now();
const built = buildGraph(config, located, 'ForMaskedLM');
const buildMs = performance.now() - start;
if (built.kind !== 'built') throw new Error(built.reason);
const graph = built.graph.graphs.model ?? new Uint8Array(0);
writeFileSync(join(folder, 'small.onnx'), graph);
writeFileSync(join(folder, 'whole.onnx'), withWeights(graph, readFileSync(weightsPath)));

const inPlace: Measured[] = [];
const inside: Measured[] = [];
for (let round = 0; round < rounds; round++) {
  inPlace.push(measure(join(folder, 'small.onnx'), folder));
  inside.push(measure(join(folder, 'whole.onnx')));
}
const of = (key: keyof Measured, all: readonly Measured[]) => median(all.map((one) => one[key]));
const ratio = (key: keyof Measured) => (of(key, inPlace) / of(key, inside)).toFixed(2);
console.log(
  `weights in place: ready in ${of('readyMs', inPlace).toFixed(0)} ms (graph built in ${buildMs.toFixed(0)} ms more), as ONNX ${of('readyMs', inside).toFixed(0)} ms, ` +
    `ratio ${((of('readyMs', inPlace) + buildMs) / of('readyMs', inside)).toFixed(2)} (target at most 0.30); ` +
    `memory ${(of('anonymousBytes', inPlace) / 1e6).toFixed(0)} MB against ${(of('anonymousBytes', inside) / 1e6).toFixed(0)} MB, ratio ${ratio('anonymousBytes')} (target at most 0.20); ` +
    `a run ${of('runMs', inPlace).toFixed(0)} ms against ${of('runMs', inside).toFixed(0)} ms, ratio ${ratio('runMs')} (target at most 1.10); ` +
    `${rounds} rounds, Node ${process.versions.node}, load average ${loadavg()[0]?.toFixed(1)}`,
);

// Ten shards of 1 GB each, holes but for their heads.
const shards = mkdtempSync(join(folder, 'shards-'));
const map: Record<string, string> = {};
for (let shard = 1; shard <= 10; shard++) {
  const name = `model-${String(shard).padStart(5, '0')}-of-00010.safetensors`;
  const header: Record<string, unknown> = {};
  for (let tensor = 0; tensor < 100; tensor++) {
    const id = `layers.${shard}.${tensor}.weight`;
    header[id] = { dtype: 'F32', shape: [2500, 1000], data_offsets: [tensor * 1e7, (tensor + 1) * 1e7] };
    map[id] = name;
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const file = openSync(join(shards, name), 'w');
  writeSync(file, Buffer.concat([length, json]));
  ftruncateSync(file, 8 + json.length + 1e9);
  closeSync(file);
}
writeFileSync(join(shards, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
const large = await openFolder(shards, { kind: 'folder', path: shards });
const files = (await large.list()) ?? [];
const times = Array.from({ length: rounds }, () => Number.NaN);
for (const index of times.keys()) {
  const from = performance.now();
  const heads = await readWeightFiles(large, files);
  times[index] = performance.now() - from;
  if (heads.kind !== 'tensors') throw new Error(JSON.stringify(heads));
}
console.log(`heads of ten shards with 10 GB: ${median(times).toFixed(0)} ms (target at most 200 ms)`);
