import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SmokeReport } from '../../src/smoke/report.js';
import { smokeTest } from '../../src/smoke/smoke.js';
import { allChecks, copyFixture, open, openFixture } from './fixture.js';

type Json = Record<string, unknown>;

function editJson(folder: string, file: string, edit: (value: Json) => unknown): void {
  const path = join(folder, file);
  const value = JSON.parse(readFileSync(path, 'utf8')) as Json;
  edit(value);
  writeFileSync(path, JSON.stringify(value));
}

function editCard(folder: string, from: string, to: string): void {
  const path = join(folder, 'README.md');
  const card = readFileSync(path, 'utf8');
  expect(card).toContain(from);
  writeFileSync(path, card.replaceAll(from, to));
}

async function changed(name: string, change: (folder: string) => void): Promise<SmokeReport> {
  const folder = copyFixture(name);
  change(folder);
  return smokeTest(await open(folder), { device: 'cpu' });
}

function failures(report: SmokeReport): readonly string[] {
  const failed = allChecks(report).filter(({ status }) => status === 'failed');
  return [...new Set(failed.map(({ id }) => id))];
}

/** A fixture, what is broken in it, the checks that fail, and a part of what the first one says. */
const BROKEN: readonly (readonly [
  name: string,
  what: string,
  change: (folder: string) => void,
  failures: readonly string[],
  message: string,
])[] = [
  [
    'automatic-speech-recognition',
    'the blank is a special token',
    (folder) =>
      editJson(folder, 'tokenizer.json', ({ added_tokens }) =>
        Object.assign((added_tokens as Json[])[0] ?? {}, { special: true }),
      ),
    ['blank-token'],
    'transformers.js writes "HELO WORLD" instead of "HELLO WORLD"',
  ],
  [
    'automatic-speech-recognition',
    'the sampling rate is wrong',
    (folder) =>
      editJson(folder, 'preprocessor_config.json', (value) => Object.assign(value, { sampling_rate: 8_000 })),
    ['sampling-rate'],
    'With the sound at 16000 Hz, the model agrees with the card',
  ],
  [
    'automatic-speech-recognition',
    'the tag is of another task',
    (folder) =>
      editCard(folder, 'pipeline_tag: automatic-speech-recognition', 'pipeline_tag: audio-classification'),
    ['architecture'],
    'which has a head for automatic-speech-recognition',
  ],
  [
    'audio-classification',
    'the tag is of another task, whose files are not there',
    (folder) =>
      editCard(folder, 'pipeline_tag: audio-classification', 'pipeline_tag: automatic-speech-recognition'),
    ['architecture'],
    'which has a head for audio-classification',
  ],
  [
    'text-to-speech',
    'nobody says how fast to play',
    (folder) => editJson(folder, 'config.json', (value) => delete value.sampling_rate),
    ['sampling-rate'],
    'config.json has no sampling_rate',
  ],
  [
    'text-to-image',
    'the decoder is of another model',
    (folder) =>
      editJson(folder, 'vae_decoder/config.json', (value) => Object.assign(value, { latent_channels: 16 })),
    ['latent-channels'],
    'vae_decoder/config.json (latent_channels) says 16',
  ],
  [
    'reinforcement-learning',
    'the environment takes more actions',
    (folder) =>
      editJson(folder, 'config.json', ({ action_space }) => Object.assign(action_space as Json, { n: 3 })),
    ['action-space'],
    'action_logits has 2 numbers',
  ],
  [
    'time-series-forecasting',
    'the forecast is shorter than config.json says',
    (folder) => editJson(folder, 'config.json', (value) => Object.assign(value, { prediction_length: 24 })),
    ['output-shape'],
    'prediction_outputs has 8 steps',
  ],
  [
    'tabular-regression',
    'the tag is of another task',
    (folder) => editCard(folder, 'pipeline_tag: tabular-regression', 'pipeline_tag: tabular-classification'),
    ['output-shape'],
    'this is a regression',
  ],
  [
    'tabular-classification',
    'the tag is of another task',
    (folder) => editCard(folder, 'pipeline_tag: tabular-classification', 'pipeline_tag: tabular-regression'),
    ['output-shape'],
    'This is a classifier',
  ],
];

describe('a fault', () => {
  it.each(BROKEN)('%s: %s', async (name, _, change, ids, message) => {
    const report = await changed(name, change);
    expect(report.status).toBe('failed');
    expect(failures(report)).toEqual(ids);
    expect(allChecks(report).find(({ status }) => status === 'failed')?.message).toContain(message);
  });
});

describe('what cannot be run is skipped', () => {
  it('a scheduler that is not known', async () => {
    const report = await changed('text-to-image', (folder) =>
      editJson(folder, 'scheduler/scheduler_config.json', (value) =>
        Object.assign(value, { _class_name: 'UniPCMultistepScheduler' }),
      ),
    );
    expect(report).toMatchObject({ status: 'skipped', stage: 'plan' });
    expect(report.reason).toContain('UniPCMultistepScheduler; DDIMScheduler, DDPMScheduler');
  });

  it('a voice without a vocoder', async () => {
    const report = await changed('text-to-speech', (folder) => {
      editJson(folder, 'config.json', (value) =>
        Object.assign(value, { model_type: 'speecht5', architectures: ['SpeechT5ForTextToSpeech'] }),
      );
      renameSync(join(folder, 'onnx/model.onnx'), join(folder, 'onnx/encoder_model.onnx'));
      cpSync(join(folder, 'onnx/encoder_model.onnx'), join(folder, 'onnx/decoder_model_merged.onnx'));
    });
    expect(report).toMatchObject({ status: 'skipped', stage: 'plan' });
    expect(report.reason).toContain('it needs a vocoder');
  });
});

describe('other forms of the same', () => {
  it.each(['PNDMScheduler', 'EulerDiscreteScheduler', 'EulerAncestralDiscreteScheduler', 'DDPMScheduler'])(
    'draws with %s',
    async (name) => {
      const report = await changed('text-to-image', (folder) =>
        editJson(folder, 'scheduler/scheduler_config.json', (value) =>
          Object.assign(value, { _class_name: name }),
        ),
      );
      expect(report.status, report.reason).toBe('passed');
      expect(allChecks(report).find(({ id }) => id === 'picture')?.message).toMatch(/25\d, \d, \d/);
    },
  );

  it('reads the tokenizer that diffusers saves', async () => {
    const report = await changed('text-to-image', (folder) => {
      const file = join(folder, 'tokenizer/tokenizer.json');
      const { model } = JSON.parse(readFileSync(file, 'utf8')) as {
        readonly model: { readonly vocab: object; readonly merges: readonly (string | readonly string[])[] };
      };
      const merges = model.merges.map((pair) => (typeof pair === 'string' ? pair : pair.join(' ')));
      writeFileSync(join(folder, 'tokenizer/vocab.json'), JSON.stringify(model.vocab));
      writeFileSync(join(folder, 'tokenizer/merges.txt'), `#version: 0.2\n${merges.join('\n')}\n`);
      rmSync(file);
    });
    const before = await smokeTest(await openFixture('text-to-image'), { device: 'cpu' });
    expect(report.status, report.reason).toBe('passed');
    const pictures = ({ cases }: SmokeReport) =>
      cases.map(({ checks }) => checks.find(({ id }) => id === 'picture')?.message);
    expect(pictures(report)).toEqual(pictures(before));
  });

  it('runs the policy at the root, not its checkpoints', async () => {
    const report = await changed('reinforcement-learning', (folder) => {
      mkdirSync(join(folder, 'CartPole'));
      for (const step of ['1000', '2000']) {
        cpSync(join(folder, 'CartPole-v1.onnx'), join(folder, `CartPole/CartPole-${step}.onnx`));
      }
    });
    expect(report.status, report.reason).toBe('passed');
    expect(report.files.map(({ path }) => path)).toEqual(['CartPole-v1.onnx']);
  });

  it('gives pictures and sounds to whoever asks for them', async () => {
    for (const [name, mediaType, start] of [
      ['text-to-speech', 'audio/wav', 'RIFF'],
      ['audio-to-audio', 'audio/wav', 'RIFF'],
      ['unconditional-image-generation', 'image/png', '\x89PNG'],
    ] as const) {
      const files: string[] = [];
      await smokeTest(await openFixture(name), {
        device: 'cpu',
        onFile: (file) => {
          files.push(`${file.mediaType} ${Buffer.from(file.bytes.subarray(0, 4)).toString('latin1')}`);
        },
      });
      expect(files[0]).toBe(`${mediaType} ${start}`);
    }
  });
});
