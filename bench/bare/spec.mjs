/** What the bare scripts share: they read what to run, and repeat the first call as the smoke inference does. */
import { readFileSync } from 'node:fs';

/**
 * `folder`, `task`, `pipeline`, `graphs` by role, `dtype`, `options` of a transformers.js pipeline, `calls` ({input, parameters}, with
 * {picture}, {sound} or {video}, each the paths of files, in the place of media).
 */
export const spec = JSON.parse(readFileSync(process.argv[2], 'utf8'));

/** Options of a session: those of the smoke inference. */
export const SESSION = {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'disabled',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
};

/** Runs each call, and the first one again: once, and up to five times within 25 ms. */
export async function runAll(call) {
  for (const one of spec.calls) await call(one);
  const start = performance.now();
  for (let runs = 0; runs < 5 && (runs === 0 || performance.now() - start < 25); runs++)
    await call(spec.calls[0]);
}

/** Samples of a WAV file of 16 bits. */
export function readWav(path) {
  const bytes = readFileSync(path);
  for (let at = 12; at < bytes.length; at += 8 + bytes.readUInt32LE(at + 4)) {
    if (bytes.toString('latin1', at, at + 4) !== 'data') continue;
    const samples = new Float32Array(bytes.readUInt32LE(at + 4) / 2);
    for (let index = 0; index < samples.length; index++)
      samples[index] = bytes.readInt16LE(at + 8 + 2 * index) / 32768;
    return samples;
  }
  throw new Error(`${path} holds no samples`);
}
