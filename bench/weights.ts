/**
 * A model whose weights stay in their safetensors file against the same graph as an ordinary ONNX file with the weights inside: time until it is
 * ready, time of a run, anonymous memory; each in a process of its own, in turns. BERT-base in float32 with made-up weights (438 MB, twice
 * on disk in a temporary folder). Linux only. Usage: npx tsx bench/weights.ts [ROUNDS]. Targets: ready in at most 0.3, memory at most 0.2, a
 * run at most 1.1. Also: a decoder of the Llama kind with 275 MB on one thread, tokens in a second of a processor, a token at most 1.1 × as long; the
 * heads of a repository of ten shards with 10 GB, at most 200 ms.
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
import type { Head } from '../src/architectures/architecture.js';
import { buildGraph } from '../src/architectures/index.js';
import type { LocatedTensor } from '../src/architectures/weights.js';
import { openFolder } from '../src/repo/local.js';
import { readWeightFaults } from '../src/safetensors/weight-faults.js';
import { readWeightFiles } from '../src/safetensors/weight-files.js';
import { withWeights, writeSafetensors } from './made-up-models.js';
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

/** The tensors of `LlamaForCausalLM` with tied tables. */
function llamaShapes(config: Readonly<Record<string, unknown>>): Record<string, readonly number[]> {
  const size = (key: string) => Number(config[key]);
  const [width, inner, each] = [size('hidden_size'), size('intermediate_size'), size('head_dim')];
  const [heads, shared] = [size('num_attention_heads') * each, size('num_key_value_heads') * each];
  const tensors: Record<string, readonly number[]> = {
    'model.embed_tokens.weight': [size('vocab_size'), width],
    'model.norm.weight': [width],
  };
  for (let layer = 0; layer < size('num_hidden_layers'); layer++) {
    const at = `model.layers.${layer}`;
    tensors[`${at}.input_layernorm.weight`] = [width];
    tensors[`${at}.post_attention_layernorm.weight`] = [width];
    tensors[`${at}.self_attn.q_proj.weight`] = [heads, width];
    tensors[`${at}.self_attn.k_proj.weight`] = [shared, width];
    tensors[`${at}.self_attn.v_proj.weight`] = [shared, width];
    tensors[`${at}.self_attn.o_proj.weight`] = [width, heads];
    tensors[`${at}.mlp.gate_proj.weight`] = [inner, width];
    tensors[`${at}.mlp.up_proj.weight`] = [inner, width];
    tensors[`${at}.mlp.down_proj.weight`] = [width, inner];
  }
  return tensors;
}

interface Measured {
  readonly readyMs: number;
  readonly runMs: number;
  readonly anonymousBytes: number;
}

function measure<T>(script: string, ...args: readonly string[]): T {
  const { stdout, stderr } = spawnSync(process.execPath, [place(`bare/${script}.mjs`), ...args], {
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Writes a model into a folder: its weights, the graph without them, and the graph with them inside. */
async function writeModel(
  path: string,
  shapes: Record<string, readonly number[]>,
  config: Record<string, unknown>,
  head: Head,
): Promise<number> {
  const weightsPath = join(path, 'model.safetensors');
  writeSafetensors(weightsPath, shapes);
  writeFileSync(join(path, 'README.md'), '');
  const repo = await openFolder(path, { kind: 'folder', path });
  const read = await readWeightFiles(repo, (await repo.list()) ?? []);
  if (read.kind !== 'tensors') throw new Error(JSON.stringify(read));
  const located = new Map(
    [...read.tensors].map(([name, tensor]): [string, LocatedTensor] => [
      name,
      { ...tensor, location: tensor.path },
    ]),
  );
  const start = performance.now();
  const built = buildGraph(config, located, head);
  const buildMs = performance.now() - start;
  if (built.kind !== 'built') throw new Error(built.reason);
  const graph = built.graph.graphs.model ?? new Uint8Array(0);
  writeFileSync(join(path, 'small.onnx'), graph);
  writeFileSync(join(path, 'whole.onnx'), withWeights(graph, readFileSync(weightsPath)));
  return buildMs;
}

const bert = { model_type: 'bert', architectures: ['BertForMaskedLM'], vocab_size: 30_522 };
const buildMs = await writeModel(folder, bertBase(), bert, 'ForMaskedLM');

const inPlace: Measured[] = [];
const inside: Measured[] = [];
for (let round = 0; round < rounds; round++) {
  inPlace.push(measure('weights', join(folder, 'small.onnx'), folder));
  inside.push(measure('weights', join(folder, 'whole.onnx')));
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

// A decoder, token by token, each way first in turns.
const llama = {
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  vocab_size: 24_000,
  hidden_size: 768,
  num_hidden_layers: 8,
  num_attention_heads: 12,
  num_key_value_heads: 4,
  head_dim: 64,
  intermediate_size: 2048,
  max_position_embeddings: 2048,
  tie_word_embeddings: true,
};
const decoder = mkdtempSync(join(folder, 'decoder-'));
await writeModel(decoder, llamaShapes(llama), llama, 'ForCausalLM');
/** Tokens in a second, by the clock and of a processor. */
interface Speed {
  readonly tokensPerSecond: number;
  readonly perProcessorSecond: number;
}
const speeds: Record<'small' | 'whole', Speed[]> = { small: [], whole: [] };
for (let round = 0; round < rounds; round++) {
  const names = round % 2 === 0 ? (['small', 'whole'] as const) : (['whole', 'small'] as const);
  for (const name of names) {
    const folders = name === 'small' ? [decoder] : [];
    speeds[name].push(measure<Speed>('decoder', join(decoder, `${name}.onnx`), ...folders));
  }
}
const speed = (name: 'small' | 'whole', key: keyof Speed) => median(speeds[name].map((one) => one[key]));
console.log(
  `decoder: ${speed('small', 'tokensPerSecond').toFixed(1)} tokens a second in place against ${speed('whole', 'tokensPerSecond').toFixed(1)} inside; ` +
    `of a processor ${speed('small', 'perProcessorSecond').toFixed(1)} against ${speed('whole', 'perProcessorSecond').toFixed(1)}, ` +
    `a token takes ${(speed('whole', 'perProcessorSecond') / speed('small', 'perProcessorSecond')).toFixed(2)} × as long (target at most 1.10); load average ${loadavg()[0]?.toFixed(1)}`,
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
const heads: number[] = [];
const checks: number[] = [];
for (let round = 0; round < rounds; round++) {
  const start = performance.now();
  const read = await readWeightFiles(large, files);
  heads.push(performance.now() - start);
  if (read.kind !== 'tensors') throw new Error(JSON.stringify(read));
  const again = performance.now();
  const faults = await readWeightFaults(large, files, { config: null, adapter: false });
  checks.push(performance.now() - again);
  if (faults.length > 0) throw new Error(JSON.stringify(faults));
}
console.log(
  `ten shards with 10 GB: heads read in ${median(heads).toFixed(0)} ms, looked into by the check of the card in ${median(checks).toFixed(0)} ms (target at most 200 ms)`,
);
