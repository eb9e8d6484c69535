import { describe, expect, it } from 'vitest';
import type { Picture } from '../../src/smoke/media/picture.js';
import type { Graph, GraphValue, OnnxSession, TensorView, Tokenizer } from '../../src/smoke/session.js';
import { InferenceStopped } from '../../src/tasks/following.js';
import { textToImage as task } from '../../src/tasks/text-to-image.js';
import { unconditionalImageGeneration } from '../../src/tasks/unconditional-image-generation.js';
import { modelFacts, onnxSession, sounds } from './session.js';

const value = (
  name: string,
  shape: GraphValue['shape'],
  type: GraphValue['type'] = 'float32',
): GraphValue => ({
  name,
  type,
  shape,
});
const SCHEDULER = {
  _class_name: 'DDIMScheduler',
  clip_sample: false,
  prediction_type: 'sample',
  steps_offset: 1,
};
const JSON_FILES = {
  'model_index.json': { _class_name: 'OnnxStableDiffusionPipeline' },
  'scheduler/scheduler_config.json': SCHEDULER,
  'unet/config.json': { in_channels: 3, out_channels: 3, sample_size: 8 },
  'vae_decoder/config.json': { latent_channels: 3, scaling_factor: 0.5, block_out_channels: [1, 1] },
};
const UNET = [
  value('sample', ['batch', 3, 'height', 'width']),
  value('timestep', ['steps'], 'int64'),
  value('encoder_hidden_states', ['batch', 'tokens', 2]),
];

/** A network that always predicts a picture: left half of the words’ first number, right half of the second one. */
function session(
  change: {
    readonly unet?: readonly GraphValue[];
    readonly json?: object;
    readonly decode?: Graph['run'];
    readonly shown?: Picture;
    /** Only the unet. */
    readonly alone?: boolean;
  } = {},
) {
  const asked: {
    readonly sample: readonly number[];
    readonly time: number;
    readonly words: readonly number[];
  }[] = [];
  const unet: Graph = {
    inputs: change.unet ?? UNET,
    outputs: [],
    async run({ sample, timestep, encoder_hidden_states: words }) {
      const [batch = 0, channels = 0, height = 0, width = 0] = sample?.dims ?? [];
      const [left = 0, right = 0] = Array.from(words?.data ?? [0.8, -0.8], Number);
      asked.push({ sample: sample?.dims ?? [], time: Number(timestep?.data[0]), words: [left, right] });
      const data = Float32Array.from({ length: batch * channels * height * width }, (_, index) =>
        index % width < width / 2 ? left / 2 : right / 2,
      );
      return { out_sample: { type: 'float32', dims: sample?.dims ?? [], data } };
    },
  };
  const encoder: Graph = {
    inputs: [value('input_ids', ['batch', 'tokens'], 'int32')],
    outputs: [],
    run: async ({ input_ids }) => {
      const bright = Number(input_ids?.data[0]);
      return {
        last_hidden_state: {
          type: 'float32',
          dims: [1, 1, 2],
          data: Float32Array.from([bright / 10, -bright / 10]),
        },
      };
    },
  };
  const decoder: Graph = {
    inputs: [value('latent_sample', ['batch', 3, 'h', 'w'])],
    outputs: [],
    run:
      change.decode ??
      (async ({ latent_sample: latents }) => {
        const [, channels = 0, height = 0, width = 0] = latents?.dims ?? [];
        const data = Float32Array.from({ length: channels * height * width * 4 }, (_, index) => {
          const [x, y] = [index % (2 * width), Math.floor(index / (2 * width)) % (2 * height)];
          const channel = Math.floor(index / (4 * width * height));
          return Number(latents?.data[(channel * height + Math.floor(y / 2)) * width + Math.floor(x / 2)]);
        });
        return { sample: { type: 'float32', dims: [1, channels, 2 * height, 2 * width], data } };
      }),
  };
  const made = onnxSession({
    graphs: { unet, ...(change.alone === true ? {} : { text_encoder: encoder, vae_decoder: decoder }) },
    json: { ...JSON_FILES, ...change.json },
    media: {
      ...sounds(),
      png: async () => new Uint8Array([1]),
      picture: async () => {
        if (change.shown === undefined) throw new Error('no picture');
        return change.shown;
      },
    },
    tokenizer: {
      encode: (text: string) => ({
        input_ids: { type: 'int64', dims: [1, 1], data: BigInt64Array.from([BigInt(text.length)]) },
      }),
    } as unknown as Tokenizer,
  });
  return { session: made, asked };
}

const way = task.ways[0];
async function draw(of: OnnxSession, parameters = {}, prompt = 'blueblue', draft = true, expected?: unknown) {
  if (way?.runner !== 'onnx') throw new Error('no way');
  const inference = { input: { prompt, draft }, parameters, ...(expected === undefined ? {} : { expected }) };
  const answer = await way.run(of, inference);
  const checks = task.checkAnswer({
    ...answer,
    inference,
    tensors: [],
    ...(expected === undefined ? {} : { expected }),
  });
  return { ...answer, checks: Object.fromEntries(checks.map(({ id, status }) => [id, status])) };
}

describe('a picture for a text', () => {
  it('comes out of noise in a few steps', async () => {
    const { session: of, asked } = session();
    const { output, facts, files, checks } = await draw(of);
    expect(output).toEqual({ image: { $file: 'picture.png' } });
    expect(asked.map(({ time }) => time)).toEqual([801, 601, 401, 201, 1]);
    expect(facts).toMatchObject({ width: 16, height: 16, asked: { width: 16, height: 16 } });
    // 0.8 of −1 to 1 is 230 of 0 to 255.
    expect(facts.thumbnail[0]).toBeCloseTo(229.5, -0.5);
    expect(facts.thumbnail[15 * 3]).toBeCloseTo(25.5, -0.5);
    expect(checks).toEqual({ picture: 'passed' });
    await expect(files?.[0]?.encode()).resolves.toEqual(new Uint8Array([1]));
  });

  it('is not drawn to its end when nobody waits for it', async () => {
    const { session: of, asked } = session();
    if (way?.runner !== 'onnx') throw new Error('no way');
    const inference = { input: { prompt: 'blue', draft: true }, parameters: {} };
    const drawn = way.run(of, inference, { stopped: () => asked.length >= 2 });
    await expect(drawn).rejects.toThrow(InferenceStopped);
    expect(asked).toHaveLength(2);
  });

  it('is the same for the same seed', async () => {
    const { session: of } = session({
      json: { 'scheduler/scheduler_config.json': { ...SCHEDULER, prediction_type: 'epsilon' } },
    });
    const [one, again, other] = await Promise.all([
      draw(of, { seed: 3 }),
      draw(of, { seed: 3 }),
      draw(of, { seed: 4 }),
    ]);
    expect(one.facts.thumbnail).toEqual(again.facts.thumbnail);
    expect(one.facts.thumbnail).not.toEqual(other.facts.thumbnail);
  });

  it('is led by the prompt, and away from what it is not to be', async () => {
    const { session: of, asked } = session();
    await draw(of, { num_inference_steps: 1, guidance_scale: 3, negative_prompt: 'red' });
    expect(asked.map(({ words }) => words)).toEqual([
      [Math.fround(0.8), Math.fround(-0.8)],
      [Math.fround(0.3), Math.fround(-0.3)],
    ]);
    asked.length = 0;
    await draw(of, { num_inference_steps: 1 }, 'blueblue', false);
    expect(asked).toHaveLength(2);
    asked.length = 0;
    await draw(of, { num_inference_steps: 1, guidance_scale: 1 }, 'blueblue', false);
    expect(asked).toHaveLength(1);
  });

  it('has the size that was asked for, if the graph allows it', async () => {
    const { session: of, asked } = session();
    const { facts } = await draw(of, { width: 32, height: 24, num_inference_steps: 1 });
    expect(asked[0]?.sample).toEqual([1, 3, 12, 16]);
    expect([facts.width, facts.height]).toEqual([32, 24]);
    await expect(draw(of, { width: 33 })).rejects.toThrow('multiple of 2');
    const fixed = session({ unet: [value('sample', [2, 3, 8, 8]), ...UNET.slice(1)] });
    await expect(draw(fixed.session, { width: 32 })).rejects.toThrow('draws 16 pixels only');
    expect((await draw(fixed.session)).checks).toEqual({ picture: 'passed' });
    expect(fixed.asked[0]?.sample).toEqual([2, 3, 8, 8]);
  });

  it('is small when it is a draft of a large model', async () => {
    const json = { 'unet/config.json': { in_channels: 3, sample_size: 96 } };
    const { session: of, asked } = session({ json });
    await draw(of, { num_inference_steps: 1 });
    await draw(of, { num_inference_steps: 1, guidance_scale: 1 }, 'blueblue', false);
    expect(asked.map(({ sample }) => sample[2])).toEqual([32, 96]);
  });

  it.each([
    ['black', -1, 'failed', 'is black all over'],
    ['white', 1, 'failed', 'is white all over'],
    ['grey', 0, 'failed', 'is grey'],
  ])('fails when it is %s', async (_, level, status, message) => {
    const decode: Graph['run'] = async ({ latent_sample: latents }) => {
      const dims = [1, 3, 2 * (latents?.dims[2] ?? 0), 2 * (latents?.dims[3] ?? 0)];
      const data = new Float32Array(dims.reduce((product, one) => product * one, 1)).fill(level);
      return { sample: { type: 'float32', dims, data } };
    };
    const { session: of } = session({ decode });
    const { checks, facts } = await draw(of);
    expect(checks).toEqual({ picture: status });
    const [check] = task.checkAnswer({
      inference: { input: { prompt: 'x', draft: true }, parameters: {} },
      output: {},
      facts,
      tensors: [],
    });
    expect(check?.message).toContain(message);
  });

  it('warns when it has a single colour, and fails when it has another size or shape', async () => {
    const decoded =
      (dims: readonly number[], colour: (index: number) => number): Graph['run'] =>
      async (): Promise<Record<string, TensorView>> => ({
        sample: {
          type: 'float32',
          dims,
          data: Float32Array.from({ length: dims.reduce((product, one) => product * one, 1) }, (_, index) =>
            colour(index),
          ),
        },
      });
    const red = session({ decode: decoded([1, 3, 16, 16], (index) => (index < 256 ? 1 : -1)) });
    expect((await draw(red.session)).checks).toEqual({ picture: 'warning' });
    const large = session({ decode: decoded([1, 3, 64, 64], (index) => (index % 2) - 0.5) });
    expect((await draw(large.session)).checks).toEqual({ picture: 'failed' });
    const latents = session({ decode: decoded([1, 4, 16, 16], () => 0) });
    expect((await draw(latents.session)).checks).toEqual({ 'output-shape': 'failed' });
  });

  it('is compared with the card where its picture is here', async () => {
    const shown: Picture = {
      width: 2,
      height: 1,
      channels: 3,
      data: Uint8Array.from([230, 230, 230, 25, 25, 25]),
    };
    const { session: here } = session({ shown });
    const { session: of } = session();
    const expected = { url: 'a.png', file: { kind: 'file', path: 'a.png' } };
    expect((await draw(here, {}, 'blueblue', true, expected)).checks['expected-output']).toBe('passed');
    expect((await draw(here, {}, 'b', true, expected)).checks['expected-output']).toBe('skipped');
    expect((await draw(of, {}, 'blueblue', true, { url: 'b.png' })).checks['expected-output']).toBe(
      'skipped',
    );
  });
});

describe('a pipeline', () => {
  const facts = (json: object = {}, unet = UNET, files?: ReadonlySet<string>) =>
    modelFacts({
      json: { ...JSON_FILES, ...json },
      graphs: {
        unet: { inputs: unet, outputs: [value('out_sample', ['b', 3, 'h', 'w'])] },
        vae_decoder: { inputs: [value('latent_sample', ['b', 3, 'h', 'w'])], outputs: [] },
      },
      ...(files === undefined ? {} : { files }),
    });

  it.each([
    [facts(), null],
    [
      facts({ 'model_index.json': { _class_name: 'StableDiffusionXLPipeline' } }),
      'StableDiffusionXLPipeline cannot be run',
    ],
    [
      facts({ 'scheduler/scheduler_config.json': { _class_name: 'LCMScheduler' } }),
      'LCMScheduler; DDIMScheduler',
    ],
    [facts({}, [...UNET, value('time_ids', ['b', 6])]), 'takes time_ids too'],
    [facts({}, UNET, new Set(['tokenizer/vocab.json'])), 'The tokenizer is missing'],
    [facts({}, UNET, new Set(['tokenizer/vocab.json', 'tokenizer/merges.txt'])), null],
  ])('can be run, or says why not: %#', (model, why) => {
    const reason = way?.unfit?.(model) ?? null;
    if (why === null) expect(reason).toBeNull();
    else expect(reason).toContain(why);
  });

  it('with a transformer is named', () => {
    const index = { 'model_index.json': { _class_name: 'FluxPipeline' } };
    expect(task.ways[1]?.unfit?.(modelFacts({ json: index }))).toContain('FluxPipeline cannot be run');
    expect(task.ways[1]?.unfit?.(modelFacts())).toContain('a transformer instead of a unet');
  });

  it.each([
    [facts(), 'passed', '3 channels'],
    [
      facts({ 'vae_decoder/config.json': { latent_channels: 16 } }),
      'failed',
      'vae_decoder/config.json (latent_channels) says 16',
    ],
    [facts({ 'unet/config.json': { in_channels: 4 } }), 'failed', 'unet/model.onnx (sample) says 3'],
    [facts({ 'text_encoder/config.json': { hidden_size: 768 } }), 'failed', 'encoder_hidden_states) says 2'],
  ])('hands on as many channels as the next part takes: %#', (model, status, message) => {
    const [check] = task.checkModel(model);
    expect(check).toMatchObject({ id: 'latent-channels', status });
    expect(check?.message).toContain(message);
  });
});

describe('a request for a picture', () => {
  it.each([
    ['a cat', { prompt: 'a cat', draft: false }, {}],
    [
      { inputs: 'a cat', parameters: { seed: 3, width: null } },
      { prompt: 'a cat', draft: false },
      { seed: 3 },
    ],
    [{ prompt: 'a cat' }, { prompt: 'a cat', draft: false }, {}],
  ])('is read: %j', (body, input, parameters) => {
    expect(task.readRequest(body, modelFacts())).toEqual({ ok: true, value: { input, parameters } });
  });

  it.each([
    ['', []],
    [{ inputs: 3 }, ['inputs']],
    [{ inputs: 'a', parameters: { num_inference_steps: 0 } }, ['parameters', 'num_inference_steps']],
    [{ inputs: 'a', parameters: { seed: 1.5 } }, ['parameters', 'seed']],
    [{ inputs: 'a', parameters: { width: 100_000 } }, ['parameters', 'width']],
    [{ inputs: 'a', parameters: { guidance_scale: '7' } }, ['parameters', 'guidance_scale']],
    [{ inputs: 'a', parameters: { negative_prompt: 3 } }, ['parameters', 'negative_prompt']],
  ])('is refused: %j', (body, path) => {
    expect(task.readRequest(body, modelFacts())).toMatchObject({ ok: false, fault: { path } });
  });

  it('needs nothing where there is no text', () => {
    for (const body of [null, {}, { inputs: null, parameters: { seed: 3 } }]) {
      expect(unconditionalImageGeneration.readRequest(body, modelFacts()).ok).toBe(true);
    }
    expect(unconditionalImageGeneration.readRequest({ parameters: { seed: -1 } }, modelFacts()).ok).toBe(
      false,
    );
  });
});

describe('a picture without a text', () => {
  const [plain] = unconditionalImageGeneration.ways;

  it('is drawn by the network alone', async () => {
    const { session: of, asked } = session({ unet: UNET.slice(0, 2), alone: true });
    if (plain?.runner !== 'onnx') throw new Error('no way');
    const { facts } = await plain.run(of, { input: { prompt: '', draft: true }, parameters: {} });
    expect(asked[0]?.sample).toEqual([1, 3, 8, 8]);
    expect(facts).toMatchObject({ shapeFault: null, width: 8, height: 8 });
  });

  it('is one of its pipelines', () => {
    const json = (name: string) => ({ ...JSON_FILES, 'model_index.json': { _class_name: name } });
    expect(plain?.unfit?.(modelFacts({ json: json('DDPMPipeline') }))).toBeNull();
    expect(plain?.unfit?.(modelFacts({ json: json('ScoreSdeVePipeline') }))).toContain('cannot be run');
  });
});
