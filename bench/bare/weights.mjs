/**
 * Loads one model on onnxruntime-node and runs it: `node weights.mjs MODEL [FOLDER]`, MODEL an ONNX file, FOLDER where its weights lie when they are not
 * inside. Prints milliseconds until it is ready, of a run (median of eight), and private memory in bytes (Linux only).
 */
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [path, folder] = process.argv.slice(2);
const begin = performance.now();
const session = await InferenceSession.create(path, {
  graphOptimizationLevel: 'disabled',
  intraOpNumThreads: 2,
  ...(folder === undefined
    ? {}
    : {
        extra: {
          session: { disable_prepacking: '1', model_external_initializers_file_folder_path: folder },
        },
      }),
});
const readyMs = performance.now() - begin;
const length = 128;
const ids = (value) =>
  new Tensor(
    'int64',
    BigInt64Array.from({ length }, (_, at) => value(at)),
    [1, length],
  );
const feeds = {
  input_ids: ids((at) => BigInt(1 + ((at * 37) % 1000))),
  attention_mask: ids(() => 1n),
  token_type_ids: ids(() => 0n),
};
const times = [];
for (let run = 0; run < 8; run++) {
  const start = performance.now();
  await session.run(feeds);
  times.push(performance.now() - start);
}
const memory = readFileSync('/proc/self/smaps_rollup', 'utf8');
const privateBytes = [...memory.matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm)].reduce(
  (sum, [, kB]) => sum + 1024 * Number(kB),
  0,
);
const anonymous = Number(/^Anonymous: +(\d+) kB$/m.exec(memory)?.[1] ?? 0) * 1024;
times.sort((a, b) => a - b);
console.log(JSON.stringify({ readyMs, runMs: times[4], privateBytes, anonymousBytes: anonymous }));
