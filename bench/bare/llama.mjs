/** A bare node-llama-cpp script: `node llama.mjs SPEC`. */
import { join } from 'node:path';
import { getLlama } from 'node-llama-cpp';
import { runAll, spec } from './spec.mjs';

const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, progressLogs: false });
const model = await llama.loadModel({ modelPath: join(spec.folder, spec.graphs.model), gpuLayers: 0 });
const context = await model.createContext({ contextSize: model.trainContextSize, threads: 1 });
const sequence = context.getSequence();

await runAll(async ({ input }) => {
  await sequence.clearHistory();
  const text = typeof input === 'string' ? input : input.messages.map(({ content }) => content).join('\n');
  const tokens = [];
  for await (const token of sequence.evaluate(model.tokenize(text, true), {
    temperature: 0,
    yieldEogToken: true,
  })) {
    tokens.push(token);
    if (tokens.length >= 32 || model.isEogToken(token)) break;
  }
  return model.detokenize(tokens);
});
// llama.cpp keeps threads that Node waits for.
process.exit(0);
