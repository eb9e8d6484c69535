import { own } from '../../mapping.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { GraphValue } from '../../smoke/session.js';
import type { ModelFacts, NeededFile } from '../task.js';
import { SCHEDULERS, schedulerFault } from './noise-schedulers.js';

/** What says of which parts a pipeline of diffusers is made. */
const MODEL_INDEX = 'model_index.json';
/** The scheduler’s configuration. */
export const SCHEDULER = 'scheduler/scheduler_config.json';
/** That of the network. */
export const UNET = 'unet/config.json';
/** That of the decoder, which makes pixels of latents. */
export const DECODER = 'vae_decoder/config.json';
/** The JSON files that a run reads. */
export const DIFFUSION_JSON = [MODEL_INDEX, SCHEDULER, UNET, DECODER] as const;

/** The files that every pipeline of diffusers has: what its parts are, and the scheduler’s configuration. */
export const PIPELINE_FILES: readonly NeededFile[] = [
  { path: MODEL_INDEX, remedy: 'Save the pipeline with `pipeline.save_pretrained(folder)`.' },
  { path: SCHEDULER, remedy: 'Save it with `pipeline.save_pretrained(folder)`.' },
];

/** Why a pipeline of diffusers cannot be run, as a sentence; null when it can. */
export function pipelineFault(
  { graphs, json }: ModelFacts,
  pipelines: RegExp,
  supported: string,
): string | null {
  const name = own(json[MODEL_INDEX], '_class_name');
  const runs = `What can be run: ${supported}, with ${SCHEDULERS.join(', ')}.`;
  if (typeof name === 'string' && !pipelines.test(name)) return `${name} cannot be run. ${runs}`;
  const { unet } = graphs;
  const unknown = (unet?.inputs ?? []).find(
    ({ name: input }) => !['sample', 'timestep', 'encoder_hidden_states'].includes(input),
  );
  if (unknown !== undefined) {
    return `The unet takes ${unknown.name} too, which belongs to another pipeline (such as Stable Diffusion XL or a consistency model). ${runs}`;
  }
  const scheduler = json[SCHEDULER] === undefined ? null : schedulerFault(json[SCHEDULER]);
  return scheduler;
}

/** The number of channels that a configuration and its graph state. */
interface Channels {
  readonly what: string;
  readonly count: number;
}

/** Whether the parts of a pipeline hand on as many channels as the next one takes. */
export function checkChannels({ graphs, json }: ModelFacts): readonly SmokeCheck[] {
  const id = 'latent-channels';
  const latents = [
    configured(json[UNET], 'in_channels', UNET),
    axis(graphs.unet?.inputs, 'sample', 1, 'unet/model.onnx (sample)'),
    configured(json[UNET], 'out_channels', UNET),
    axis(graphs.unet?.outputs, 'out_sample', 1, 'unet/model.onnx (out_sample)'),
    configured(json[DECODER], 'latent_channels', DECODER),
    axis(graphs.vae_decoder?.inputs, 'latent_sample', 1, 'vae_decoder/model.onnx (latent_sample)'),
  ];
  const words = [
    configured(json['text_encoder/config.json'], 'hidden_size', 'text_encoder/config.json'),
    axis(graphs.text_encoder?.outputs, 'last_hidden_state', 2, 'text_encoder/model.onnx (last_hidden_state)'),
    configured(json[UNET], 'cross_attention_dim', UNET),
    axis(graphs.unet?.inputs, 'encoder_hidden_states', 2, 'unet/model.onnx (encoder_hidden_states)'),
  ];
  for (const chain of [latents, words]) {
    const [first, ...others] = chain.filter((one) => one !== null);
    const other = others.find(({ count }) => count !== first?.count);
    if (first === undefined || other === undefined) continue;
    return [
      {
        id,
        status: 'failed',
        message: `The parts do not fit together: ${first.what} says ${first.count} channels, ${other.what} says ${other.count}. Take all parts from the same model, and export them together.`,
      },
    ];
  }
  const known = latents.find((one) => one !== null);
  return known === null || known === undefined
    ? []
    : [{ id, status: 'passed', message: `The parts fit together: ${known.count} channels.` }];
}

function configured(config: unknown, key: string, path: string): Channels | null {
  const count = own(config, key);
  return typeof count === 'number' ? { what: `${path} (${key})`, count } : null;
}

function axis(
  values: readonly GraphValue[] | undefined,
  name: string,
  place: number,
  what: string,
): Channels | null {
  const count = values?.find((value) => value.name === name)?.shape?.[place];
  return typeof count === 'number' ? { what, count } : null;
}
