import { own } from '../mapping.js';
import type { MediaSource } from '../smoke/media/source.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { TensorView } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import { compareEmbeddings } from './checks/compare.js';
import { agreesWithCard, contradictsCard, notComparable } from './checks/expected-output.js';
import { checkOutputs } from './checks/output-shape.js';
import { dimensions, short } from './checks/wording.js';
import { nest, readNestedNumbers } from './numbers/nested-numbers.js';
import { cosine } from './numbers/numbers.js';
import { numbersOf } from './numbers/tensors.js';
import { CONTRASTING_PICTURES, SAMPLE_INFERENCES } from './picture/picture-input.js';
import { pictureWays, pixelsOf } from './picture/picture-model.js';
import { checkPictureShape } from './picture/picture-shape.js';
import { readMediaExample, readMediaRequest } from './reading/example.js';
import { readNamed, TRUE_OR_FALSE } from './reading/parameters.js';
import type { Parameters, Read, Task } from './task.js';

/** What the checks need to know of an answer; null when the graph gave no features. */
export interface ImageFeatureExtractionFacts {
  readonly features: {
    /** [1, vectors, width] or [1, width]. */
    readonly dims: readonly number[];
    /** The first vector, which often stands for the whole picture. */
    readonly first: readonly number[];
    /** The average of all vectors. */
    readonly mean: readonly number[];
  } | null;
  /** `hidden_size` of config.json, also that of its `vision_config`; null when there is none. */
  readonly hiddenSize: number | null;
}

/** How close the answer must be to the one in the card, by cosine. */
const SAME = 0.99;

/** Vectors that stand for a picture. */
export const imageFeatureExtraction: Task<MediaSource, ImageFeatureExtractionFacts> = {
  tag: 'image-feature-extraction',
  takesFile: true,
  ways: pictureWays({
    pipeline: 'image-feature-extraction',
    // Models of pictures and texts are split for this task.
    layouts: [{ model: 'vision_model' }, { model: 'model' }],
    modelTypes: [
      'vit',
      'ijepa',
      'pvt',
      'vit_msn',
      'vit_mae',
      'fastvit',
      'mobilevit',
      'mobilevitv2',
      'beit',
      'deit',
      'hiera',
      'convnext',
      'convnextv2',
      'dinov2',
      'dinov2_with_registers',
      'dinov3_vit',
      'dinov3_convnext',
      'resnet',
      'swin',
      'efficientnet',
      'clip',
      'siglip',
      'jina_clip',
    ],
    unfit: ({ graph }) =>
      graph?.inputs.some(({ name }) => name === 'input_ids') === true
        ? 'The graph takes a text beside the picture. Add onnx/vision_model.onnx, which takes the picture alone, to have it run.'
        : null,
    async run(model, { input, parameters }) {
      const outputs = await model.run(await pixelsOf(model, await model.media.picture(input)));
      const tensor =
        parameters.pool === true
          ? outputs.pooler_output
          : (outputs.last_hidden_state ?? outputs.image_embeds ?? outputs.pooler_output);
      if (parameters.pool === true && tensor === undefined) {
        throw new Error('The graph has no pooler_output, which the parameter pool asks for.');
      }
      const hidden =
        own(model.config, 'hidden_size') ?? own(own(model.config, 'vision_config'), 'hidden_size');
      const hiddenSize = typeof hidden === 'number' ? hidden : null;
      if (tensor === undefined || (tensor.dims.at(-1) ?? 0) === 0) {
        return { output: [], facts: { features: null, hiddenSize } };
      }
      const numbers = Array.from(numbersOf(tensor), (value) => Number(value.toPrecision(7)));
      return { output: nest(numbers, tensor.dims), facts: { features: featuresOf(tensor), hiddenSize } };
    },
  }),

  readExample: (example) => readMediaExample(example, readParameters),
  readRequest: (body) => readMediaRequest(body, 'image', readParameters),
  readParameters,
  defaultInferences: () => SAMPLE_INFERENCES,
  contrast: () => CONTRASTING_PICTURES,
  // Every model of pictures makes features on its way; whether the graph gives them is seen in its outputs.
  checkModel: (model) => [
    ...checkArchitecture(
      model,
      'image-feature-extraction',
      'image-classification',
      'object-detection',
      'image-segmentation',
      'depth-estimation',
    ),
    ...checkPictureShape(model),
  ],

  checkAnswer({ facts, expected, output, tensors }) {
    const outputs = checkOutputs(tensors, 'image-feature-extraction', [
      {
        names: ['last_hidden_state', 'image_embeds', 'pooler_output'],
        shape: '1 × vectors × width',
      },
    ]);
    if (facts.features === null) return [outputs];
    return [
      outputs,
      checkVaries(facts.features.mean),
      ...checkWidth(facts.features.dims, facts.hiddenSize),
      ...(expected === undefined ? [] : [checkExpected(output, expected)]),
    ];
  },

  checkLabels: () => [],
  // That all numbers are the same is said of each answer; that the answers are need not be said too.
  vectors: ({ facts }) =>
    facts.features === null || !varies(facts.features.mean) ? [] : [facts.features.mean],
  compare: ({ facts: full }, { facts: other }) => compareEmbeddings(rowsOf(full), rowsOf(other)),
};

function readParameters(parameters: unknown): Read<Parameters> {
  return readNamed(parameters, { pool: TRUE_OR_FALSE });
}

function rowsOf({ features }: ImageFeatureExtractionFacts): readonly (readonly number[])[] {
  return features === null ? [] : [features.first, features.mean];
}

function featuresOf(tensor: TensorView): ImageFeatureExtractionFacts['features'] {
  const data = numbersOf(tensor);
  const width = tensor.dims.at(-1) ?? 1;
  const rows = data.length / width;
  const mean = new Array<number>(width).fill(0);
  for (const [at, value] of data.entries()) mean[at % width] = (mean[at % width] ?? 0) + value / rows;
  return { dims: tensor.dims, first: Array.from(data.subarray(0, width)), mean };
}

function varies(vector: readonly number[]): boolean {
  const [first = 0] = vector;
  return vector.length < 2 || vector.some((value) => Math.abs(value - first) > 1e-7);
}

function checkVaries(vector: readonly number[]): SmokeCheck {
  const id = 'not-constant';
  return varies(vector)
    ? { id, status: 'passed', message: 'The numbers of the vectors differ.' }
    : {
        id,
        status: 'failed',
        message: `All numbers of the vectors are ${short(vector[0] ?? 0, 4)}. Look for weights that were not loaded before the export.`,
      };
}

/** `last_hidden_state` is as wide as the model; what was pooled or projected may have another width. */
function checkWidth(dims: readonly number[], hiddenSize: number | null): readonly SmokeCheck[] {
  const id = 'embedding-width';
  const width = dims.at(-1);
  if (hiddenSize === null || dims.length !== 3) return [];
  return width === hiddenSize
    ? [{ id, status: 'passed', message: `The vectors are ${width} wide, as config.json says.` }]
    : [
        {
          id,
          status: 'failed',
          message: `The vectors are ${width} wide, but config.json says hidden_size ${hiddenSize}. Upload the config.json of the model that was exported.`,
        },
      ];
}

function checkExpected(output: unknown, expected: unknown): SmokeCheck {
  const stated = readNestedNumbers(expected, 'The `output` of this widget example');
  const actual = readNestedNumbers(output, 'The answer');
  if (!stated.ok || !actual.ok) return notComparable('is no nested list of numbers');
  const [shown, given] = [stated.value, actual.value].map(({ dims }) => dimensions(dims));
  if (shown !== given) return contradictsCard(`shows ${shown} numbers, the model gives ${given}`);
  const likeness = cosine(stated.value.data, actual.value.data);
  return likeness >= SAME
    ? agreesWithCard(`The vectors agree with the card: their cosine is ${short(likeness, 4)}.`)
    : contradictsCard(
        `shows other vectors than the model gives: their cosine is ${short(likeness)}`,
        'look at the preprocessing in preprocessor_config.json',
      );
}
