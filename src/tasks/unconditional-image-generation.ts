import { draw } from './diffusion/diffusion.js';
import { DRAWING, type DrawingInput, type DrawnFacts, readDrawingParameters } from './diffusion/drawing.js';
import { DIFFUSION_JSON, PIPELINE_FILES, pipelineFault } from './diffusion/pipeline-parts.js';
import { inferenceOf, readExample, withParameters } from './reading/example.js';
import { type Inference, read, type Task } from './task.js';

/** A picture without any input: the seed alone tells one from another. */
export const unconditionalImageGeneration: Task<DrawingInput, DrawnFacts> = {
  tag: 'unconditional-image-generation',
  makes: 'picture',
  ways: [
    {
      runner: 'onnx',
      layouts: [{ unet: 'unet/model' }],
      needs: PIPELINE_FILES,
      json: DIFFUSION_JSON,
      unfit: (model) =>
        pipelineFault(
          model,
          /^(?:Onnx|ORT)?(?:DDIM|DDPM|PNDM)Pipeline$/,
          'DDIMPipeline, DDPMPipeline and PNDMPipeline (the unet as an ONNX graph)',
        ),
      run: draw,
    },
  ],

  ...DRAWING,
  readExample: (example) =>
    readExample(example, '`parameters`', () => read(DRAFT.input), readDrawingParameters),
  readRequest: (body) => withParameters(read({ prompt: '', draft: false }), body, readDrawingParameters),
  defaultInferences: () => [DRAFT, { ...DRAFT, parameters: { seed: 1 } }],
  // What is drawn may well be the same for every seed, of a model of a single thing.
  contrast: () => [],
};

const DRAFT: Inference<DrawingInput> = inferenceOf({ prompt: '', draft: true });
