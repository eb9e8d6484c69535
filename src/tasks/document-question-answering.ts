import { own } from '../mapping.js';
import { preview } from '../preview.js';
import type { SmokeCheck } from '../smoke/report.js';
import type { TransformersSession } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import { compareTexts } from './checks/compare.js';
import {
  agreesWithCard,
  notComparable,
  otherAnswer,
  sameAnswer,
  statedAnswer,
} from './checks/expected-output.js';
import { PREPROCESSOR, TEXT_FILES } from './needed-files.js';
import {
  askAbout,
  type PictureQuestion,
  readQuestionExample,
  readQuestionRequest,
} from './picture/picture-question.js';
import { checkPictureShape } from './picture/picture-shape.js';
import { readNamed, wholeNumber } from './reading/parameters.js';
import type { Answer, Inference, Parameters, Read, Task } from './task.js';

/** What the checks need to know of an answer. */
export interface DocumentQuestionAnsweringFacts {
  /** Null when the model never closed its answer. */
  readonly answer: string | null;
  /** How many tokens it was allowed. */
  readonly limit: number;
}

/** Tokens of an answer when the request does not say (transformers.js, `DocumentQuestionAnsweringPipeline`). */
const MAX_TOKENS = 256;

/** An answer to a question about a page, by a model that reads the page itself (Donut). */
export const documentQuestionAnswering: Task<PictureQuestion, DocumentQuestionAnsweringFacts> = {
  tag: 'document-question-answering',
  ways: [
    {
      runner: 'transformers',
      pipeline: 'document-question-answering',
      images: true,
      layouts: [
        { encoder: 'encoder_model', decoder: 'decoder_model_merged' },
        { encoder: 'encoder_model', decoder: 'decoder_model' },
      ],
      needs: [...TEXT_FILES, PREPROCESSOR],
      unfit: ({ config }) =>
        own(config, 'model_type') === 'vision-encoder-decoder'
          ? null
          : 'A model of the type vision-encoder-decoder (model_type in config.json), as Donut is one, would be run.',
      run,
    },
    {
      // Only to say why such models are not run.
      runner: 'onnx',
      needs: [],
      unfit: () =>
        'The graph does not read the page itself, but takes its words and their places (as LayoutLM does), which takes a program for text recognition. A model that reads pages, as Donut does (onnx/encoder_model.onnx and onnx/decoder_model_merged.onnx), would be run.',
      run: () => Promise.reject(new Error('This graph is never run.')),
    },
  ],

  readExample: (example) => readQuestionExample(example, readParameters),
  readRequest: (body) => readQuestionRequest(body, readParameters),
  readParameters,
  defaultInferences: () =>
    ['What is the title?', 'What is the date?'].map((question) => askAbout('text', question)),
  contrast(inferences) {
    const question = inferences[0]?.input.question ?? 'What is the title?';
    return [
      ...['shapes', 'noise', 'black'].map((name) => askAbout(name, question)),
      ...['Who wrote it?', 'How many pages are there?'].map((other) => askAbout('text', other)),
    ];
  },
  checkModel: (model) => [
    ...checkArchitecture(model, 'document-question-answering'),
    ...checkPictureShape(model),
  ],

  checkAnswer({ facts, expected }) {
    const ends = checkEnds(facts);
    return ends.status === 'failed' || expected === undefined
      ? [ends]
      : [ends, checkExpected(facts.answer ?? '', expected)];
  },

  checkLabels: () => [],
  vectors: ({ facts }) => [[facts.answer ?? '']],
  compare: ({ facts: full }, { facts: other }) => compareTexts([full.answer ?? ''], [other.answer ?? '']),
};

function readParameters(parameters: unknown): Read<Parameters> {
  const count = wholeNumber(1);
  return readNamed(parameters, { max_new_tokens: count, max_answer_len: count, top_k: count });
}

async function run(
  session: TransformersSession,
  { input, parameters }: Inference<PictureQuestion>,
): Promise<Answer<DocumentQuestionAnsweringFacts>> {
  const picture = await session.media.picture(input.image);
  // Tags in a question would end it.
  const question = input.question.replaceAll('<', ' ');
  const limit = Math.min(
    roomFor(session, question),
    Number(parameters.max_new_tokens ?? parameters.max_answer_len ?? MAX_TOKENS),
  );
  const { output } = await session.call(picture, question, { max_new_tokens: limit });
  const given = Array.isArray(output) ? own(output[0], 'answer') : undefined;
  const answer = typeof given === 'string' ? given : null;
  return { output: [{ answer: answer ?? '' }], facts: { answer, limit } };
}

/** How many tokens fit behind the question, for which the decoder has positions. */
function roomFor(session: TransformersSession, question: string): number {
  const positions = own(own(session.config, 'decoder'), 'max_position_embeddings');
  if (typeof positions !== 'number') return MAX_TOKENS;
  const prompt = session.tokenizer.encode(`<s_docvqa><s_question>${question}</s_question><s_answer>`, {
    add_special_tokens: false,
  });
  return Math.max(1, positions - (prompt.input_ids?.dims.at(-1) ?? 0));
}

function checkEnds({ answer, limit }: DocumentQuestionAnsweringFacts): SmokeCheck {
  const id = 'generation-ends';
  if (answer === null) {
    return {
      id,
      status: 'failed',
      message: `The model did not end its answer with </s_answer> within ${limit} tokens. Fine-tune it on questions in the form of Donut (<s_docvqa><s_question>…</s_question><s_answer>…</s_answer>), and upload the tokenizer that has these tokens.`,
    };
  }
  return answer === ''
    ? { id, status: 'warning', message: 'The answer is empty.' }
    : { id, status: 'passed', message: `The model ended its answer: ${preview(answer)}.` };
}

function checkExpected(answer: string, expected: unknown): SmokeCheck {
  const stated = statedAnswer(expected);
  if (stated === null) return notComparable('has no `answer`');
  return sameAnswer(answer, stated.answer)
    ? agreesWithCard(`The answer agrees with the card: ${preview(answer)}.`)
    : otherAnswer(stated.answer, answer, 'look at the preprocessing in preprocessor_config.json');
}
