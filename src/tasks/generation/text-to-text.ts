import { own } from '../../mapping.js';
import type { Options, TransformersSession } from '../../smoke/session.js';
import { checkArchitecture } from '../checks/architecture.js';
import { TEXT_FILES } from '../needed-files.js';
import { inferenceOf } from '../reading/example.js';
import {
  answerEach,
  haveDifferentInputs,
  readTextExample,
  readTextsRequest,
  type Texts,
} from '../reading/text-input.js';
import type { ModelFacts, Parameters, Read, Task } from '../task.js';
import { toldOf, type Written } from './causal.js';
import {
  checkDecoderStart,
  checkReads,
  ENCODER_DECODER,
  type Source,
  textFeeds,
  writeAnswer,
} from './encoder-decoder.js';
import { type GenerationParameters, readGenerationParameters } from './generation-parameters.js';
import { checkWritten, compareWritten, factsOf, type WrittenFacts, writtenVectors } from './written-text.js';

/** What tasks that make a text of a text differ in. */
export interface TextToText {
  readonly tag: string;
  /** The pipeline of transformers.js. */
  readonly pipeline: string;
  /** What the Inference API calls the new text. */
  readonly key: string;
  /** Tasks of classes that do this too. */
  readonly others: readonly string[];
  /** What to run when the card has no examples. */
  readonly texts: readonly string[];
  /** Two texts with nothing in common. */
  readonly contrasts: readonly string[];
  /** What the model reads, and how it begins; absent: the text as it is. */
  readonly source?: (
    session: TransformersSession,
    text: string,
    parameters: GenerationParameters,
  ) => Omit<Source, 'asked'>;
}

/** A task that makes a new text of a text, with a model that has an encoder and a decoder. */
export function textToText(kind: TextToText): Task<Texts, WrittenFacts> {
  const { tag, key } = kind;
  const source = kind.source ?? ((session, text) => textFeeds(session, text));
  return {
    tag,
    writes: true,
    ways: [
      {
        runner: 'transformers',
        pipeline: kind.pipeline,
        layouts: [ENCODER_DECODER],
        needs: TEXT_FILES,
        async run(session, { input, parameters }, following) {
          const written = await answerEach(input, (text) =>
            writeAnswer(
              session,
              { ...source(session, text, parameters), asked: text },
              parameters,
              following,
            ),
          );
          return {
            output: written.flat().map(({ text }: Written) => ({ [key]: text })),
            facts: factsOf(written.flat()),
            written: toldOf(written.flat()),
          };
        },
      },
    ],

    readExample: (example) => readTextExample(example, tag, readGenerationParameters),

    readRequest: (body) => readTextsRequest(body, readGenerationParameters),

    readParameters: (parameters): Read<Parameters> => readGenerationParameters(parameters),

    defaultInferences: () => kind.texts.map(inferenceOf),

    contrast: (inferences) => (haveDifferentInputs(inferences) ? [] : kind.contrasts.map(inferenceOf)),

    checkModel: (model: ModelFacts) => [
      ...checkArchitecture(model, tag, ...kind.others),
      ...checkReads(model, 'input_ids'),
      ...checkDecoderStart(model),
    ],

    checkAnswer: (answered) => checkWritten(answered, true),

    checkLabels: () => [],

    vectors: writtenVectors,

    compare: compareWritten,
  };
}

/** A number that config.json sets for a task, as an option of transformers.js; nothing when it does not. */
export function optionFrom(settings: unknown, name: string): Options {
  const value = own(settings, name);
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? { [name]: value } : {};
}
