import { own } from '../mapping.js';
import type { Picture } from '../smoke/media/picture.js';
import type { MediaSource } from '../smoke/media/source.js';
import type { GraphValue, OnnxSession, TensorView } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import { checkOutputs } from './checks/output-shape.js';
import {
  CLASSIFICATION,
  type ClassificationFacts,
  checkScores,
  classified,
  readClassificationParameters,
} from './classification/classification.js';
import { CONFIG, PREPROCESSOR } from './needed-files.js';
import { feedGraph, numbersOf, numberTensor } from './numbers/tensors.js';
import { checkPictureShape } from './picture/picture-shape.js';
import { readMediaExample, readMediaRequest, sampleInference } from './reading/example.js';
import { readNamed, wholeNumber } from './reading/parameters.js';
import { type Answer, type Inference, type Parameters, type Read, read, type Task } from './task.js';

/** Frames when neither graph nor config.json say how many (VideoMAE, ViViT, TimeSformer take 8 to 32). */
const FRAMES = 16;
const MAX_FRAMES = 256;

/** Scores of classes for a video. */
export const videoClassification: Task<MediaSource, ClassificationFacts> = {
  tag: 'video-classification',
  takesFile: true,
  ways: [
    {
      runner: 'onnx',
      needs: [CONFIG, PREPROCESSOR],
      processor: true,
      unfit({ graph }) {
        const rank = framesInput(graph?.inputs)?.shape?.length;
        return rank === undefined || rank === 5
          ? null
          : `The graph takes pixels in ${rank} dimensions; one of videos takes 5: batch, frames, channels, height and width. Export it for video-classification.`;
      },
      run,
    },
  ],

  readExample: (example) => readMediaExample(example, readParameters),
  readRequest: (body) => readMediaRequest(body, 'image', readParameters),
  readParameters,
  defaultInferences: () => ['moves-right', 'brightens'].map(sampleInference),
  contrast: () => ['moves-left', 'moves-right', 'darkens', 'brightens'].map(sampleInference),
  checkModel: (model) => [...checkArchitecture(model, 'video-classification'), ...checkPictureShape(model)],

  checkAnswer: ({ facts, expected, tensors }) => [
    checkOutputs(tensors, 'video-classification', [{ names: ['logits'], rank: 2, shape: '1 × classes' }]),
    ...checkScores(facts, expected),
  ],

  ...CLASSIFICATION,
};

function readParameters(parameters: unknown): Read<Parameters> {
  const given = readClassificationParameters(parameters);
  if (!given.ok) return given;
  const frames = readNamed(parameters, {
    num_frames: wholeNumber(1, MAX_FRAMES),
    frame_sampling_rate: wholeNumber(1, MAX_FRAMES),
  });
  return frames.ok ? read({ ...given.value, ...frames.value }) : frames;
}

/** The input that takes the frames. */
function framesInput(inputs: readonly GraphValue[] | undefined): GraphValue | undefined {
  return (
    inputs?.find(({ name }) => name === 'pixel_values') ?? (inputs?.length === 1 ? inputs[0] : undefined)
  );
}

async function run(
  session: OnnxSession,
  { input, parameters }: Inference<MediaSource>,
): Promise<Answer<ClassificationFacts>> {
  const frames = await session.media.video(input);
  const target = framesInput(session.inputs);
  const shape = target?.shape;
  // Frames before channels, as transformers has them; some graphs want it the other way round.
  const channelsFirst = shape?.[1] === 3 && shape[2] !== 3;
  const fixed = shape?.[channelsFirst ? 2 : 1];
  const stated = own(session.config, 'num_frames');
  const asked = parameters.num_frames;
  const wanted = [fixed, asked, stated].find((count) => typeof count === 'number') ?? FRAMES;
  const rate = typeof parameters.frame_sampling_rate === 'number' ? parameters.frame_sampling_rate : 1;
  const chosen = chooseFrames(frames, Math.min(Number(wanted), MAX_FRAMES), rate);
  const { pixel_values } = await session.processor.pictures(chosen);
  if (pixel_values === undefined) throw new Error('preprocessor_config.json makes no pixel_values.');
  const clip = clipOf(target, pixel_values, channelsFirst);
  const { logits } = await session.run(feedGraph(session, { pixel_values: clip }));
  return classified(logits, session.config, parameters);
}

/**
 * Frames at an even distance over the first `count × rate` (transformers, `VideoClassificationPipeline.preprocess`); over the
 * whole video when it is shorter.
 */
export function chooseFrames(frames: readonly Picture[], count: number, rate: number): readonly Picture[] {
  const last = Math.min(count * rate, frames.length) - 1;
  return Array.from({ length: count }, (_, index) => {
    const at = count === 1 ? 0 : Math.trunc((index * last) / (count - 1));
    const frame = frames[at];
    if (frame === undefined) throw new Error('The video has no frames.');
    return frame;
  });
}

/** Pixels of pictures [frames, channels, height, width] as those of one video. */
function clipOf(target: GraphValue | undefined, pixels: TensorView, channelsFirst: boolean): TensorView {
  const [frames = 0, channels = 0, height = 0, width = 0] = pixels.dims;
  const input = target ?? { name: 'pixel_values', type: 'float32' };
  const data = numbersOf(pixels);
  if (!channelsFirst) return numberTensor(input, data, [1, frames, channels, height, width]);
  const area = height * width;
  const turned = new Float32Array(data.length);
  for (let frame = 0; frame < frames; frame++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = (frame * channels + channel) * area;
      turned.set(data.subarray(from, from + area), (channel * frames + frame) * area);
    }
  }
  return numberTensor(input, turned, [1, channels, frames, height, width]);
}
