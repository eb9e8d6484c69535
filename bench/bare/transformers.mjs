/** A bare transformers.js script: `node transformers.mjs SPEC`. */
import * as transformers from '@huggingface/transformers';
import { readWav, runAll, SESSION, spec } from './spec.mjs';

const { env, pipeline, RawImage } = transformers;
env.allowRemoteModels = false;
const options = { ...spec.options, device: 'cpu', local_files_only: true, session_options: SESSION };
const picture = ({ picture: path }) => RawImage.read(path);

/** How a loaded pipeline is called, by task; by default with the input alone. */
const CALLS = {
  'audio-classification': (pipe, { input }) => pipe(readWav(input.sound)),
  'automatic-speech-recognition': (pipe, { input }) => pipe(readWav(input.sound)),
  'depth-estimation': async (pipe, { input }) => pipe(await picture(input)),
  'document-question-answering': async (pipe, { input }) =>
    pipe(await picture(input.image), input.question, { max_new_tokens: 256 }),
  'feature-extraction': (pipe, { input }) => pipe(input, { pooling: 'mean', normalize: true }),
  'image-classification': async (pipe, { input }) => pipe(await picture(input), { top_k: null }),
  'image-feature-extraction': async (pipe, { input }) => pipe(await picture(input)),
  'image-segmentation': async (pipe, { input }) => pipe(await picture(input)),
  'image-to-image': async (pipe, { input }) => pipe(await picture(input)),
  'image-to-text': async (pipe, { input }) => pipe(await picture(input)),
  'object-detection': async (pipe, { input }) => pipe(await picture(input)),
  'question-answering': (pipe, { input }) => pipe(input.question, input.context),
  'sentence-similarity': (pipe, { input }) =>
    pipe([input.source_sentence, ...input.sentences], { pooling: 'mean', normalize: true }),
  'text-classification': (pipe, { input }) => pipe(input, { top_k: null }),
  'text-generation': (pipe, { input }) =>
    typeof input === 'string'
      ? pipe(input, { max_new_tokens: 32, do_sample: false })
      : pipe(input.messages, { max_new_tokens: 256, do_sample: false }),
  'zero-shot-audio-classification': (pipe, { input }) => pipe(readWav(input.audio.sound), input.labels),
  'zero-shot-classification': (pipe, { input, parameters }) => pipe(input, parameters.candidate_labels),
  'zero-shot-image-classification': async (pipe, { input, parameters }) =>
    pipe(await picture(input), parameters.candidate_labels),
  'zero-shot-object-detection': async (pipe, { input, parameters }) =>
    pipe(await picture(input), parameters.candidate_labels),
};

/** Tasks without a pipeline: a function that loads the parts, and gives the function that is called. */
const PARTS = {
  'text-ranking': async () => {
    const tokenizer = await transformers.AutoTokenizer.from_pretrained(spec.folder, options);
    const model = await transformers.AutoModelForSequenceClassification.from_pretrained(spec.folder, options);
    return async ({ input: { query, texts } }) => {
      const scores = [];
      for (const text of texts) {
        const { logits } = await model(tokenizer(query, { text_pair: text, truncation: true }));
        scores.push(logits.data[0]);
      }
      return scores;
    };
  },
  'image-text-to-text': async () => {
    const processor = await transformers.AutoProcessor.from_pretrained(spec.folder, options);
    const model = await transformers.AutoModelForImageTextToText.from_pretrained(spec.folder, options);
    return async ({ input }) => {
      const [image] = await Promise.all(input.images.map(picture));
      const text = input.messages[0].content
        .map((part) => (part.type === 'image' ? '<image>' : part.text))
        .join('\n');
      const inputs = await processor(image, text);
      return processor.batch_decode(await model.generate({ ...inputs, max_new_tokens: 256 }));
    };
  },
};

const parts = PARTS[spec.task];
if (parts === undefined) {
  const pipe = await pipeline(spec.pipeline, spec.folder, options);
  const call = CALLS[spec.task] ?? ((loaded, { input }) => loaded(input));
  await runAll((one) => call(pipe, one));
} else {
  await runAll(await parts());
}
