import { isMapping, own } from '../mapping.js';
import {
  checkChannels,
  checkDrawing,
  compareDrawings,
  DIFFUSION_JSON,
  type DrawingInput,
  type DrawingParameters,
  type DrawnFacts,
  draw,
  drawingVectors,
  MODEL_INDEX,
  pipelineFault,
  readDrawingParameters,
  SCHEDULER_FILE,
} from './diffusion.js';
import { readText, titleAndOutput } from './example.js';
import {
  fault,
  type Inference,
  kindOf,
  type ModelFacts,
  type NeededFile,
  read,
  type Task,
  type Way,
} from './task.js';
import { within } from './text-input.js';

const TOKENIZER = 'tokenizer';
const TOKENIZER_FILES: readonly NeededFile[] = [
  {
    path: `${TOKENIZER}/tokenizer.json`,
    remedy:
      'Save the fast tokenizer with `CLIPTokenizerFast.from_pretrained("tokenizer").save_pretrained("tokenizer")`.',
  },
  {
    path: `${TOKENIZER}/tokenizer_config.json`,
    remedy: 'Save it with `pipeline.save_pretrained(folder)`.',
  },
];
const INDEX_FILE: NeededFile = {
  path: MODEL_INDEX,
  remedy: 'Save the pipeline with `pipeline.save_pretrained(folder)`.',
};

/** Pipelines that are run: the plain ones of Stable Diffusion, whatever made the graphs. */
const PIPELINES = /^(?:Onnx|ORT)?StableDiffusionPipeline$/;
const SUPPORTED = 'StableDiffusionPipeline (text_encoder, unet and vae_decoder as ONNX graphs)';

const DIFFUSION: Pick<Way<DrawingInput, DrawnFacts>, 'needs'> = {
  needs: [INDEX_FILE, SCHEDULER_FILE, ...TOKENIZER_FILES],
};

/** A picture for a text. */
export const textToImage: Task<DrawingInput, DrawnFacts> = {
  tag: 'text-to-image',
  ways: [
    {
      ...DIFFUSION,
      runner: 'onnx',
      layouts: [{ text_encoder: 'text_encoder/model', unet: 'unet/model', vae_decoder: 'vae_decoder/model' }],
      tokenizer: TOKENIZER,
      json: DIFFUSION_JSON,
      unfit: (model) => pipelineFault(model, PIPELINES, SUPPORTED),
      run: (session, { input, parameters }) => draw(session, input, parameters as DrawingParameters),
    },
    {
      ...DIFFUSION,
      runner: 'onnx',
      layouts: [{ transformer: 'transformer/model', vae_decoder: 'vae_decoder/model' }],
      unfit: (model) =>
        pipelineFault(model, PIPELINES, SUPPORTED) ??
        `The pipeline has a transformer instead of a unet. What can be run: ${SUPPORTED}.`,
      run: (session, { input, parameters }) => draw(session, input, parameters as DrawingParameters),
    },
  ],

  readExample(example) {
    if (!isMapping(example)) {
      return fault([], `A widget example is a mapping with \`text\`, not ${kindOf(example)}.`);
    }
    const text = readText(own(example, 'text'), 'text');
    if (!text.ok) return text;
    const parameters = within('parameters', readDrawingParameters(own(example, 'parameters')));
    if (!parameters.ok) return parameters;
    return read({ ...drafted(text.value), parameters: parameters.value, ...titleAndOutput(example) });
  },

  readRequest(body) {
    if (typeof body === 'string') {
      return body.trim() === ''
        ? fault([], 'The text is empty.')
        : read({ input: { prompt: body, draft: false }, parameters: {} });
    }
    if (!isMapping(body)) return fault([], `Expected a text or {"inputs": text}, not ${kindOf(body)}.`);
    const key = ['inputs', 'prompt', 'text'].find((name) => Object.hasOwn(body, name)) ?? 'inputs';
    const text = readText(own(body, key), key);
    if (!text.ok) return text;
    const parameters = within('parameters', readDrawingParameters(own(body, 'parameters')));
    if (!parameters.ok) return parameters;
    return read({ input: { prompt: text.value, draft: false }, parameters: parameters.value });
  },

  readParameters: readDrawingParameters,
  defaultInferences: () => [drafted('a photo of a red apple on a table')],
  contrast: () => [drafted('a blue sea under the moon'), drafted('a crowd of people in a green field')],
  checkModel: (model: ModelFacts) => checkChannels(model),

  checkAnswer: ({ facts, expected }) => [
    ...checkDrawing(facts),
    ...(expected === undefined
      ? []
      : [
          {
            id: 'expected-output',
            status: 'skipped',
            message: 'A picture in the card is not compared with what the model draws; look at both.',
          } as const,
        ]),
  ],

  checkLabels: () => [],
  vectors: drawingVectors,
  compare: compareDrawings,
};

function drafted(prompt: string): Inference<DrawingInput> {
  return { input: { prompt, draft: true }, parameters: {} };
}
