/** A bare onnxruntime-node script, with tokenizer or image processor of transformers.js where a task needs one: `node onnx.mjs SPEC`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { readWav, runAll, SESSION, spec } from './spec.mjs';

const json = (path) => JSON.parse(readFileSync(join(spec.folder, path), 'utf8'));
const load = (path) => InferenceSession.create(join(spec.folder, path), SESSION);
const floats = (data, dims) => new Tensor('float32', Float32Array.from(data), dims);
const ints = (data, dims) => new Tensor('int64', BigInt64Array.from(data, BigInt), dims);
const largest = (data) => data.indexOf(Math.max(...data));

async function transformers() {
  const loaded = await import('@huggingface/transformers');
  loaded.env.allowRemoteModels = false;
  return loaded;
}

/** A graph that takes one tensor of floats. */
async function single(dims) {
  const session = await load(spec.graphs.model);
  const outputs = session.outputMetadata.filter(({ isTensor }) => isTensor).map(({ name }) => name);
  return async (data) => {
    const made = await session.run({ [session.inputNames[0]]: floats(data, dims(data)) }, outputs);
    return Object.values(made).map((tensor) => Array.from(tensor.data, String));
  };
}

async function tabular() {
  const columns = Object.values(spec.calls[0].input.data).length;
  const run = await single((data) => [data.length / columns, columns]);
  return ({ input: { data } }) => {
    const names = Object.keys(data);
    return run(data[names[0]].flatMap((_, row) => names.map((name) => data[name][row])));
  };
}

/** Pictures from noise, with a DDIM scheduler of five steps. */
async function drawing() {
  const unet = await load(spec.graphs.unet);
  const encoder = spec.graphs.text_encoder && (await load(spec.graphs.text_encoder));
  const decoder = spec.graphs.vae_decoder && (await load(spec.graphs.vae_decoder));
  const scheduler = json('scheduler/scheduler_config.json');
  const { in_channels: channels, sample_size: size } = json('unet/config.json');
  const tokenizer =
    encoder &&
    (await (
      await transformers()
    ).AutoTokenizer.from_pretrained(join(spec.folder, 'tokenizer'), { local_files_only: true }));
  const { num_train_timesteps: steps, beta_start: from, beta_end: to } = scheduler;
  let product = 1;
  const kept = Array.from({ length: steps }, (_, step) => {
    const root = Math.sqrt(from) + ((Math.sqrt(to) - Math.sqrt(from)) * step) / (steps - 1);
    product *= 1 - root * root;
    return product;
  });
  const stride = Math.floor(steps / 5);
  return async ({ input: { prompt } }) => {
    const text = encoder && tokenizer(prompt, { padding: 'max_length', truncation: true });
    const states = encoder && (await encoder.run({ input_ids: text.input_ids.ort_tensor })).last_hidden_state;
    const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
    let sample = Float32Array.from({ length: channels * size * size }, normal);
    for (let step = 4; step >= 0; step--) {
      const time = step * stride + (scheduler.steps_offset ?? 0);
      const { out_sample: noise } = await unet.run({
        sample: floats(sample, [1, channels, size, size]),
        timestep: ints([time], [1]),
        ...(states ? { encoder_hidden_states: states } : {}),
      });
      const now = kept[time];
      const next = kept[time - stride] ?? 1;
      sample = sample.map(
        (value, index) =>
          Math.sqrt(next) * ((value - Math.sqrt(1 - now) * noise.data[index]) / Math.sqrt(now)) +
          Math.sqrt(1 - next) * noise.data[index],
      );
    }
    if (!decoder) return sample.length;
    const scale = json('vae_decoder/config.json').scaling_factor;
    const latent = floats(
      sample.map((value) => value / scale),
      [1, channels, size, size],
    );
    return (await decoder.run({ latent_sample: latent })).sample.dims;
  };
}

/** Loads what a task needs, and gives the function that is called. */
const TASKS = {
  'audio-to-audio': async () => {
    const run = await single((data) => [1, 1, data.length]);
    return ({ input }) => run(readWav(input.sound));
  },
  'reinforcement-learning': async () => {
    const run = await single((data) => [data.length / 4, 4]);
    return ({ input }) => run(input.observations.obs.flat());
  },
  'tabular-classification': tabular,
  'tabular-regression': tabular,
  'text-generation': async () => {
    const { AutoTokenizer } = await transformers();
    const session = await load(spec.graphs.model);
    const tokenizer = await AutoTokenizer.from_pretrained(spec.folder, { local_files_only: true });
    const end = json('generation_config.json').eos_token_id;
    return async ({ input }) => {
      const ids = Array.from(tokenizer(input).input_ids.data, Number);
      for (let count = 0; count < 32; count++) {
        const dims = [1, ids.length];
        const { logits } = await session.run({
          input_ids: ints(ids, dims),
          attention_mask: ints(
            ids.map(() => 1),
            dims,
          ),
        });
        ids.push(largest(logits.data.subarray((ids.length - 1) * logits.dims[2])));
        if (ids.at(-1) === end) break;
      }
      return tokenizer.decode(ids, { skip_special_tokens: true });
    };
  },
  'text-to-image': drawing,
  'unconditional-image-generation': drawing,
  'time-series-forecasting': async () => {
    const run = await single((data) => [1, data.length, 1]);
    return ({ input }) => run(input.past_values);
  },
  'table-question-answering': async () => {
    const { AutoTokenizer } = await transformers();
    const session = await load(spec.graphs.model);
    const tokenizer = await AutoTokenizer.from_pretrained(spec.folder, { local_files_only: true });
    const encode = (text) =>
      Array.from(tokenizer(text, { add_special_tokens: false }).input_ids.data, Number);
    return async ({ input: { query, table } }) => {
      const columns = Object.keys(table);
      const ids = Array.from(tokenizer(query).input_ids.data, Number);
      const types = ids.map(() => [0, 0, 0, 0, 0, 0, 0]);
      const add = (text, column, row) => {
        for (const id of encode(text)) {
          ids.push(id);
          types.push([1, column + 1, row, 0, 0, 0, 0]);
        }
      };
      for (const [column, name] of columns.entries()) add(name, column, 0);
      for (const row of table[columns[0]].keys()) {
        for (const [column, name] of columns.entries()) add(table[name][row], column, row + 1);
      }
      const { logits } = await session.run({
        input_ids: ints(ids, [1, ids.length]),
        attention_mask: ints(
          ids.map(() => 1),
          [1, ids.length],
        ),
        token_type_ids: ints(types.flat(), [1, ids.length, 7]),
      });
      return Array.from(logits.data).filter((logit) => logit > 0).length;
    };
  },
  'video-classification': async () => {
    const { AutoImageProcessor, RawImage } = await transformers();
    const { default: sharp } = await import('sharp');
    const session = await load(spec.graphs.model);
    const processor = await AutoImageProcessor.from_pretrained(spec.folder, { local_files_only: true });
    const count = json('config.json').num_frames;
    return async ({ input: { video } }) => {
      const { data, info } = await sharp(video, { pages: -1 })
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      const height = info.pageHeight ?? info.height;
      const size = info.width * height * 3;
      const frames = Math.min(count, info.height / height);
      const images = Array.from({ length: count }, (_, index) => {
        const at = Math.trunc((index * (frames - 1)) / (count - 1)) * size;
        return new RawImage(new Uint8ClampedArray(data.subarray(at, at + size)), info.width, height, 3);
      });
      const { pixel_values: pixels } = await processor(images);
      const { logits } = await session.run({
        pixel_values: new Tensor('float32', pixels.data, [1, ...pixels.dims]),
      });
      return largest(logits.data);
    };
  },
  'visual-question-answering': async () => {
    const { AutoImageProcessor, AutoTokenizer, RawImage } = await transformers();
    const session = await load(spec.graphs.model);
    const tokenizer = await AutoTokenizer.from_pretrained(spec.folder, { local_files_only: true });
    const processor = await AutoImageProcessor.from_pretrained(spec.folder, { local_files_only: true });
    return async ({ input }) => {
      const { pixel_values: pixels } = await processor(await RawImage.read(input.image.picture));
      const [, , height, width] = pixels.dims;
      const { logits } = await session.run({
        ...Object.fromEntries(
          Object.entries(tokenizer(input.question)).map(([name, tensor]) => [name, tensor.ort_tensor]),
        ),
        pixel_values: pixels.ort_tensor,
        pixel_mask: ints(new Array(height * width).fill(1), [1, height, width]),
      });
      return largest(logits.data);
    };
  },
};

await runAll(await TASKS[spec.task]());
