import { isMapping, own } from '../mapping.js';
import {
  checkChannels,
  checkDrawing,
  checkShownDrawing,
  compareDrawings,
  DIFFUSION_JSON,
  type DrawingInput,
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
      unfit: (model) => pipelineFault(model, PIPELINES, SUPPORTED) ?? tokenizerFault(model),
      run: draw,
    },
    {
      ...DIFFUSION,
      runner: 'onnx',
      layouts: [{ transformer: 'transformer/model', vae_decoder: 'vae_decoder/model' }],
      unfit: (model) =>
        pipelineFault(model, PIPELINES, SUPPORTED) ??
        `The pipeline has a transformer instead of a unet. What can be run: ${SUPPORTED}.`,
      run: draw,
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
    ...(expected === undefined || facts.thumbnail.length === 0 ? [] : [checkShownDrawing(facts)]),
  ],

  checkLabels: () => [],
  vectors: drawingVectors,
  compare: compareDrawings,
};

/** The tokenizer is saved as one file by some programs, as two by diffusers. */
function tokenizerFault({ files }: ModelFacts): string | null {
  const has = (name: string) => files?.has(`${TOKENIZER}/${name}`) ?? true;
  return has('tokenizer.json') || (has('vocab.json') && has('merges.txt'))
    ? null
    : 'The tokenizer is missing (tokenizer/tokenizer.json, or vocab.json and merges.txt there). Save it with `pipeline.save_pretrained(folder)`.';
}

function drafted(prompt: string): Inference<DrawingInput> {
  return { input: { prompt, draft: true }, parameters: {} };
}
