/**
 * Loads one model that writes on onnxruntime-node and writes 48 tokens after 16: `node decoder.mjs MODEL [FOLDER]`, MODEL an ONNX file, FOLDER where its
 * weights lie when they are not inside. Prints, without the first eight, the tokens that it writes in a second, and in a second of a processor: the latter
 * does not depend on what else the machine does.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [path, folder] = process.argv.slice(2);
const session = await InferenceSession.create(path, {
  graphOptimizationLevel: 'basic',
  // What a thread waits for others would count as its time.
  intraOpNumThreads: 1,
  logSeverityLevel: 3,
  ...(folder === undefined
    ? {}
    : {
        extra: {
          session: { disable_prepacking: '1', model_external_initializers_file_folder_path: folder },
        },
      }),
});
const row = (values) => new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
const range = (from, to) => Array.from({ length: to - from }, (_, index) => from + index);
let past = Object.fromEntries(
  session.inputMetadata
    .filter(({ name }) => name.startsWith('past_key_values.'))
    .map(({ name, shape }) => [
      name,
      new Tensor('float32', new Float32Array(0), [1, Number(shape[1]), 0, Number(shape[3])]),
    ]),
);
let fresh = range(1, 17);
let length = 0;
let begin = 0;
let used = process.cpuUsage();
const [skipped, counted] = [8, 40];
for (let step = 0; step < skipped + counted; step++) {
  if (step === skipped) {
    begin = performance.now();
    used = process.cpuUsage();
  }
  const outputs = await session.run({
    input_ids: row(fresh),
    attention_mask: row(range(0, length + fresh.length).map(() => 1)),
    position_ids: row(range(length, length + fresh.length)),
    num_logits_to_keep: new Tensor('int64', BigInt64Array.of(1n), []),
    ...past,
  });
  length += fresh.length;
  const logits = outputs.logits.data;
  let best = 0;
  for (let word = 1; word < logits.length; word++) if (logits[word] > logits[best]) best = word;
  fresh = [best];
  past = Object.fromEntries(
    Object.keys(past).map((name) => [name, outputs[name.replace('past_key_values', 'present')]]),
  );
}
const tokensPerSecond = (1000 * counted) / (performance.now() - begin);
const { user, system } = process.cpuUsage(used);
console.log(JSON.stringify({ tokensPerSecond, perProcessorSecond: (1e6 * counted) / (user + system) }));
