import { draw } from './diffusion/diffusion.js';
import { DRAWING, type DrawingInput, type DrawnFacts, readDrawingParameters } from './diffusion/drawing.js';
import { DIFFUSION_JSON, PIPELINE_FILES, pipelineFault } from './diffusion/pipeline-parts.js';
import { inferenceOf } from './reading/example.js';
import { readTextExample, readTextRequest } from './reading/text-input.js';
import { type Inference, type ModelFacts, type NeededFile, read, type Task, type Way } from './task.js';

const TOKENIZER = 'tokenizer';
const TOKENIZER_FILES: readonly NeededFile[] = [
  {
    path: `${TOKENIZER}/tokenizer_config.json`,
    remedy: 'Save it with `pipeline.save_pretrained(folder)`.',
  },
];
/** Pipelines that are run: the plain ones of Stable Diffusion, whatever made the graphs. */
const PIPELINES = /^(?:Onnx|ORT)?StableDiffusionPipeline$/;
const SUPPORTED = 'StableDiffusionPipeline (text_encoder, unet and vae_decoder as ONNX graphs)';

const DIFFUSION: Pick<Way<DrawingInput, DrawnFacts>, 'needs'> = {
  needs: [...PIPELINE_FILES, ...TOKENIZER_FILES],
};

/** A picture for a text. */
export const textToImage: Task<DrawingInput, DrawnFacts> = {
  tag: 'text-to-image',
  makes: 'picture',
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
    const found = readTextExample(example, 'text-to-image', readDrawingParameters);
    return found.ok ? read({ ...found.value, input: { prompt: found.value.input, draft: true } }) : found;
  },

  readRequest(body) {
    const found = readTextRequest(body, readDrawingParameters, ['inputs', 'prompt', 'text']);
    return found.ok ? read({ ...found.value, input: { prompt: found.value.input, draft: false } }) : found;
  },

  ...DRAWING,
  defaultInferences: () => [drafted('a photo of a red apple on a table')],
  contrast: () => [drafted('a blue sea under the moon'), drafted('a crowd of people in a green field')],
};

/** The tokenizer is saved as one file by some programs, as two by diffusers. */
function tokenizerFault({ files }: ModelFacts): string | null {
  const has = (name: string) => files?.has(`${TOKENIZER}/${name}`) ?? true;
  return has('tokenizer.json') || (has('vocab.json') && has('merges.txt'))
    ? null
    : 'The tokenizer is missing (tokenizer/tokenizer.json, or vocab.json and merges.txt there). Save it with `pipeline.save_pretrained(folder)`.';
}

function drafted(prompt: string): Inference<DrawingInput> {
  return inferenceOf({ prompt, draft: true });
}
