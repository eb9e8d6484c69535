/**
 * Time of the plan stage of a smoke inference in a repository of 10,000 files, in memory: from the list of files to the
 * settled plan. And time to read the head of a graph of 100,000 nodes. Usage: npx tsx bench/plan.ts [ROUNDS]. Target: a plan
 * within 50 ms.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PbfWriter } from 'pbf';
import { findGraphs } from '../src/onnx/layouts.js';
import { readOnnxGraph } from '../src/onnx/onnx-graph.js';
import { memoryRepo } from '../src/repo/memory.js';
import { planSmoke } from '../src/smoke/plan/plan.js';
import { place } from './measure.js';

const FILES = 10_000;
const NODES = 100_000;
const rounds = Number(process.argv[2] ?? 25);

/** Median and first of the times of some runs, in milliseconds. */
async function time(run: () => Promise<unknown>): Promise<{ first: number; median: number }> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = process.hrtime.bigint();
    await run();
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  return {
    first: times[0] ?? Number.NaN,
    median: times.sort((a, b) => a - b)[rounds >> 1] ?? Number.NaN,
  };
}

const fixture = place('../fixtures/text-classification');
const contents: Record<string, Uint8Array> = {};
for (const entry of readdirSync(fixture, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath, entry.name);
  contents[path.slice(fixture.length + 1).replaceAll('\\', '/')] = readFileSync(path);
}
for (let index = Object.keys(contents).length; index < FILES; index++) {
  contents[`checkpoints/step-${index >> 3}/shard-${index % 8}.safetensors`] = new Uint8Array(0);
}
// A plan is for files on this machine; none is opened by its path here.
const repo = { ...memoryRepo(contents), root: fixture };
const files = await repo.list();
const plan = await time(() =>
  planSmoke({ repo, files, task: 'text-classification', metadata: null, inputs: [] }),
);
const settled = await planSmoke({ repo, files, task: 'text-classification', metadata: null, inputs: [] });
if (settled.kind !== 'run') throw new Error(`the plan is to ${settled.kind}: ${settled.reason}`);
const layouts = await time(async () => findGraphs(files ?? []));

/** A chain of nodes with names as PyTorch writes them. */
function chain(): Uint8Array {
  const writer = new PbfWriter();
  writer.writeVarintField(1, 8);
  writer.writeMessage(
    7,
    (_, graph) => {
      for (let index = 0; index < NODES; index++) {
        graph.writeMessage(
          1,
          (__, node) => {
            node.writeStringField(1, `/model/encoder/layer.${index}/attention/output/Add_output_0`);
            node.writeStringField(1, 'onnx::Add_17');
            node.writeStringField(2, `/model/encoder/layer.${index + 1}/attention/output/Add_output_0`);
            node.writeStringField(3, `/model/encoder/layer.${index + 1}/attention/output/Add`);
            node.writeStringField(4, 'Add');
          },
          null,
        );
      }
    },
    null,
  );
  return writer.finish();
}

const bytes = chain();
const head = await time(() =>
  readOnnxGraph({
    size: bytes.length,
    read: async (start, length) => bytes.subarray(start, start + length),
  }),
);

console.log(
  `plan: ${FILES} files in ${plan.median.toFixed(1)} ms, the first time ${plan.first.toFixed(1)} ms (target at most 50), ` +
    `layouts among them ${layouts.median.toFixed(1)} ms; head of a graph of ${NODES} nodes (${(bytes.length / 1e6).toFixed(0)} MB) ` +
    `${head.median.toFixed(0)} ms (Node ${process.versions.node})`,
);
