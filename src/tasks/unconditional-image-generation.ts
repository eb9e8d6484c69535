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
import { titleAndOutput } from './example.js';
import { fault, type Inference, kindOf, read, type Task } from './task.js';
import { within } from './text-input.js';

/** A picture without any input: the seed alone tells one from another. */
export const unconditionalImageGeneration: Task<DrawingInput, DrawnFacts> = {
  tag: 'unconditional-image-generation',
  ways: [
    {
      runner: 'onnx',
      layouts: [{ unet: 'unet/model' }],
      needs: [
        { path: MODEL_INDEX, remedy: 'Save the pipeline with `pipeline.save_pretrained(folder)`.' },
        SCHEDULER_FILE,
      ],
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

  readExample(example) {
    if (!isMapping(example)) return fault([], `A widget example is a mapping, not ${kindOf(example)}.`);
    const parameters = within('parameters', readDrawingParameters(own(example, 'parameters')));
    if (!parameters.ok) return parameters;
    return read({ input: DRAFT.input, parameters: parameters.value, ...titleAndOutput(example) });
  },

  readRequest(body) {
    const parameters = within(
      'parameters',
      readDrawingParameters(isMapping(body) ? own(body, 'parameters') : undefined),
    );
    if (!parameters.ok) return parameters;
    return read({ input: { prompt: '', draft: false }, parameters: parameters.value });
  },

  readParameters: readDrawingParameters,
  defaultInferences: () => [DRAFT, { ...DRAFT, parameters: { seed: 1 } }],
  // What is drawn may well be the same for every seed, of a model of a single thing.
  contrast: () => [],
  checkModel: checkChannels,
  checkAnswer: ({ facts, expected }) => [
    ...checkDrawing(facts),
    ...(expected === undefined || facts.thumbnail.length === 0 ? [] : [checkShownDrawing(facts)]),
  ],
  checkLabels: () => [],
  vectors: drawingVectors,
  compare: compareDrawings,
};

const DRAFT: Inference<DrawingInput> = { input: { prompt: '', draft: true }, parameters: {} };
