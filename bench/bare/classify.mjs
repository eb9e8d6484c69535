/**
 * Classifies texts with a pipeline of transformers.js, one after the other: `node classify.mjs FOLDER THREADS COUNT`, what a server is held against.
 * Prints as JSON how many it does in a second, what one takes of a processor, and the median of the time of one, both in milliseconds.
 */
import { env, pipeline } from '@huggingface/transformers';

const [folder, threads, count] = process.argv.slice(2);
env.allowRemoteModels = false;
const classify = await pipeline('text-classification', folder, {
  dtype: 'fp32',
  device: 'cpu',
  local_files_only: true,
  session_options: {
    graphOptimizationLevel: 'all',
    intraOpNumThreads: Number(threads),
    interOpNumThreads: 1,
  },
});
const text = (index) => `The movie was great! I would watch it again, number ${index % 500}.`;
for (let index = 0; index < 1000; index++) await classify(text(index), { top_k: null });
const times = [];
const used = process.cpuUsage();
const begin = performance.now();
for (let index = 0; index < Number(count); index++) {
  const start = performance.now();
  await classify(text(index), { top_k: null });
  times.push(performance.now() - start);
}
const ms = performance.now() - begin;
const { user, system } = process.cpuUsage(used);
console.log(
  JSON.stringify({
    perSecond: (times.length / ms) * 1000,
    cpuMs: (user + system) / 1000 / times.length,
    latencyMs: times.sort((a, b) => a - b)[times.length >> 1],
  }),
);
