import type { MediaSource } from '../smoke/media/source.js';
import { checkArchitecture } from './checks/architecture.js';
import { checkDecoderStart, checkReads, ENCODER_DECODER, writeAnswer } from './generation/encoder-decoder.js';
import { readGenerationParameters } from './generation/generation-parameters.js';
import {
  checkWritten,
  compareWritten,
  factsOf,
  type WrittenFacts,
  writtenVectors,
} from './generation/written-text.js';
import { PREPROCESSOR, TEXT_FILES } from './needed-files.js';
import { CONTRASTING_PICTURES, SAMPLE_INFERENCES } from './picture/picture-input.js';
import { checkPictureShape } from './picture/picture-shape.js';
import { readMediaExample, readMediaRequest } from './reading/example.js';
import type { Task } from './task.js';

/** What a picture shows, or what is written in it. */
export const imageToText: Task<MediaSource, WrittenFacts> = {
  tag: 'image-to-text',
  takesFile: true,
  writes: true,
  ways: [
    {
      runner: 'transformers',
      pipeline: 'image-to-text',
      images: true,
      layouts: [ENCODER_DECODER],
      needs: [...TEXT_FILES, PREPROCESSOR],
      async run(session, { input, parameters }, following) {
        const picture = await session.media.picture(input);
        const { pixel_values } = await session.processor.pictures([picture]);
        if (pixel_values === undefined) throw new Error('The processor made no pixel_values of the picture.');
        const written = await writeAnswer(
          session,
          { feeds: { pixel_values }, asked: '', inputTokens: 0 },
          parameters,
          following,
        );
        return { output: written.map(({ text }) => ({ generated_text: text })), facts: factsOf(written) };
      },
    },
  ],

  readExample: (example) => readMediaExample(example, readGenerationParameters),
  readRequest: (body) => readMediaRequest(body, 'image', readGenerationParameters),
  readParameters: (parameters) => readGenerationParameters(parameters),
  defaultInferences: () => SAMPLE_INFERENCES,
  contrast: () => CONTRASTING_PICTURES,

  checkModel: (model) => [
    ...checkArchitecture(model, 'image-to-text', 'image-text-to-text', 'visual-question-answering'),
    ...checkReads(model, 'pixel_values'),
    ...checkDecoderStart(model),
    ...checkPictureShape(model),
  ],
  checkAnswer: (answered) => checkWritten(answered, false),
  checkLabels: () => [],
  vectors: writtenVectors,
  compare: compareWritten,
};
