/** What a check of the smoke inference is about. */
export interface CheckReference {
  /** As in `SmokeCheck.id`. */
  readonly id: string;
  /** What is checked, in a sentence. */
  readonly checks: string;
  /** What to do when it fails, in a sentence or two. */
  readonly remedy: string;
}

/** Checks that are about the same thing. */
export interface CheckSubject {
  readonly title: string;
  readonly checks: readonly CheckReference[];
}

/** Every check of a smoke inference, for the reference (docs/checks.md, `validate-card explain CHECK`). */
export const CHECK_SUBJECTS: readonly CheckSubject[] = [
  {
    title: 'Before the model is loaded',
    checks: [
      {
        id: 'weights',
        checks:
          'The tensors of the weight files are exactly those of the class that config.json describes: names, shapes, none missing and none left over; their numbers are finite, as far as one second of reading goes.',
        remedy:
          'Upload config.json and weights as the same `save_pretrained` wrote them; where numbers are not finite, those of a checkpoint from before.',
      },
      {
        id: 'tokenizer',
        checks: 'Where there is no tokenizer.json, what the tokenizer is built of.',
        remedy: 'Save the fast tokenizer with `tokenizer.save_pretrained(folder)`.',
      },
      {
        id: 'opset',
        checks: 'The runtime knows the graph’s IR version and opsets.',
        remedy:
          'Export with the opset that the message names (`opset_version` of torch.onnx.export, `--opset` of Optimum).',
      },
      {
        id: 'operators',
        checks: 'The runtime has every operator and domain that the graph uses.',
        remedy: 'Export without the custom operator, or write it as a local function of the graph.',
      },
      {
        id: 'dtype',
        checks: 'The weights have the number type that the name of the file tells.',
        remedy:
          'Rename the file, or quantize it again: `model_fp16.onnx` with float32 inside saves nobody anything.',
      },
      {
        id: 'dynamic-shape',
        checks: 'The graph takes batches, and texts or pictures of any size that the processor makes.',
        remedy: 'Export with dynamic axes; Optimum does so by default.',
      },
      {
        id: 'input-names',
        checks: 'The graph’s inputs have the names they will be given.',
        remedy: 'Export with the usual names (`input_names` of torch.onnx.export).',
      },
      {
        id: 'kv-cache',
        checks: 'The key-value cache of the graph has the layers, heads and sizes that config.json tells.',
        remedy:
          'Write the numbers that the message names into config.json, or upload the one the model was trained with.',
      },
      {
        id: 'vocabulary',
        checks: 'The embedding has a row for every token of the tokenizer and of `vocab_size`.',
        remedy:
          'Resize the embedding before the export, or upload the tokenizer that the model was trained with.',
      },
      {
        id: 'label-count',
        checks: 'config.json names as many labels as the model gives scores.',
        remedy: 'Write one label for each class into `id2label`, in the order of training.',
      },
      {
        id: 'architecture',
        checks: 'The class in config.json, or the head of the graph, is one for this task.',
        remedy: 'Correct `pipeline_tag` in the card, or export the model with the head for the task.',
      },
      {
        id: 'columns',
        checks: 'config.json lists as many columns as the graph takes.',
        remedy: 'Correct `sklearn.columns`, or export the model that was trained on these columns.',
      },
      {
        id: 'chat-template',
        checks: 'A model for conversations has a chat template that can be rendered.',
        remedy: 'Save the tokenizer with its `chat_template`.',
      },
      {
        id: 'decoder-start',
        checks: 'An encoder-decoder says with which token its answers begin.',
        remedy: 'Write `decoder_start_token_id` into generation_config.json or config.json.',
      },
      {
        id: 'latent-channels',
        checks: 'The parts of a diffusion model agree on the channels of the latent picture.',
        remedy: 'Upload the parts that were trained together.',
      },
      {
        id: 'pooling',
        checks: 'A sentence-transformers model says how tokens become a vector.',
        remedy: 'Upload `1_Pooling/config.json`, or save the model with sentence-transformers again.',
      },
    ],
  },
  {
    title: 'Every answer',
    checks: [
      {
        id: 'input',
        checks: 'The widget example fits the task, and its file is in the repository.',
        remedy: 'Correct the example in the card, or put its file into the repository.',
      },
      {
        id: 'run',
        checks: 'The inference comes to an end without an error.',
        remedy: 'The message says what stopped it.',
      },
      {
        id: 'finite',
        checks: 'No raw output holds NaN or infinite numbers.',
        remedy: 'Look for a training that diverged, or an overflow in half precision; export again.',
      },
      {
        id: 'output-shape',
        checks: 'The raw outputs have the names and shapes of the task.',
        remedy:
          'Export for the task of the card, or correct `pipeline_tag`; the message names the task that the outputs are of.',
      },
      {
        id: 'output-schema',
        checks: 'The answer has the shape that clients of the Inference API read.',
        remedy: 'Look at the outputs that the message names.',
      },
      {
        id: 'expected-output',
        checks: 'The answer is that of the widget example’s `output`.',
        remedy:
          'Correct the card, or look for what the message found: swapped labels, swapped channels, a wrong sampling rate.',
      },
      {
        id: 'answers-differ',
        checks: 'Different inputs give different answers.',
        remedy: 'Look for a head without weights, or a wrong checkpoint in the export.',
      },
      {
        id: 'same-answer-twice',
        checks: 'The same input gives the same answer twice.',
        remedy: 'Export in evaluation mode, without dropout or random operators.',
      },
      {
        id: 'not-constant',
        checks: 'The values of an answer are not all the same.',
        remedy: 'Look for weights that were not loaded, or a scaling that flattens them.',
      },
    ],
  },
  {
    title: 'Classes and scores',
    checks: [
      {
        id: 'labels-named',
        checks: 'The labels have names, not `LABEL_0`.',
        remedy: 'Write the names of the classes into `id2label` and `label2id` of config.json.',
      },
      {
        id: 'probabilities',
        checks: 'Scores lie between 0 and 1, and add up to 1 where classes exclude each other.',
        remedy:
          'Export so that the model gives logits or probabilities; set `problem_type` when several labels can hold at once.',
      },
      {
        id: 'one-answer-per-row',
        checks: 'A table with n rows gets n answers.',
        remedy: 'Keep the batch dimension in the export.',
      },
    ],
  },
  {
    title: 'Texts',
    checks: [
      {
        id: 'spans',
        checks: 'Spans lie inside the text, and hold the words they claim.',
        remedy: 'Upload the tokenizer that the model was trained with.',
      },
      {
        id: 'cells',
        checks: 'The cells of an answer are in the table.',
        remedy: 'Export the model with its row and column embeddings.',
      },
      {
        id: 'generation-ends',
        checks: 'A generated text is not empty, does not run away, and does not say one thing over and over.',
        remedy: 'Name the token that ends a text in `eos_token_id` of generation_config.json.',
      },
      {
        id: 'generated-tokens',
        checks: 'The tokenizer has every token that the model gives.',
        remedy: 'Upload the tokenizer that the model was trained with.',
      },
      {
        id: 'special-tokens',
        checks: 'No special tokens are left in a generated text.',
        remedy: 'Mark them as special among `added_tokens` of tokenizer.json.',
      },
      {
        id: 'echo',
        checks: 'A summary, translation or answer is not the input again.',
        remedy: 'Look for a prefix that the model was trained with, or a wrong checkpoint.',
      },
    ],
  },
  {
    title: 'Embeddings',
    checks: [
      {
        id: 'embedding-width',
        checks: 'The vectors are as wide as config.json, the pooling or the card says.',
        remedy: 'Correct the number, or export the model that it is about.',
      },
      {
        id: 'embedding-normalized',
        checks: 'The vectors have length one where the repository says they do.',
        remedy: 'Add `2_Normalize` to modules.json, or do not promise it.',
      },
    ],
  },
  {
    title: 'Pictures',
    checks: [
      {
        id: 'boxes',
        checks: 'Boxes lie inside the picture, are given in pixels, and something is found.',
        remedy: 'Scale boxes to the original picture; look at the message for what is wrong with them.',
      },
      {
        id: 'mask',
        checks: 'A mask has the size of the picture, and is neither empty nor everything.',
        remedy: 'Look at preprocessor_config.json and the labels.',
      },
      {
        id: 'picture',
        checks: 'A made picture has the right size, and is not black or of one colour.',
        remedy: 'Look for NaN in half precision, a wrong scaling factor, or weights that were not loaded.',
      },
      {
        id: 'channel-order',
        checks: 'Red and blue are in the order in which the model was trained.',
        remedy:
          'Convert the weights of the first layer to RGB, or say the order in preprocessor_config.json.',
      },
    ],
  },
  {
    title: 'Sounds',
    checks: [
      {
        id: 'sampling-rate',
        checks: 'The sampling rate is that of the feature extractor, config.json and the card.',
        remedy: 'Correct `sampling_rate` in preprocessor_config.json.',
      },
      {
        id: 'transcript',
        checks: 'Speech gives a transcript, which depends on what is said.',
        remedy: 'Look at the vocabulary, the blank token and the sampling rate.',
      },
      {
        id: 'blank-token',
        checks: 'The blank of CTC is the token that config.json names, and parts doubled letters.',
        remedy: 'Correct `pad_token_id`, or set `"special": false` for the blank in tokenizer.json.',
      },
      {
        id: 'sound',
        checks: 'A made sound is not silent and does not clip.',
        remedy: 'Look for a vocoder without weights, or a scaling that is missing or done twice.',
      },
      {
        id: 'sound-length',
        checks: 'A made sound is about as long as its input lets expect.',
        remedy: 'Look at the durations that the model gives, and at the sampling rate.',
      },
    ],
  },
  {
    title: 'Series and games',
    checks: [
      {
        id: 'forecast-range',
        checks: 'A forecast is of the size of the past.',
        remedy: 'Look for a scaling that is not undone.',
      },
      {
        id: 'observation-space',
        checks: 'The graph takes observations of the size that config.json tells.',
        remedy: 'Correct the observation space, or export the policy that was trained with it.',
      },
      {
        id: 'action-space',
        checks: 'The action is one that the environment has.',
        remedy: 'Correct the action space, or export the policy that was trained with it.',
      },
    ],
  },
  {
    title: 'GGUF files',
    checks: [
      {
        id: 'gguf-architecture',
        checks: 'llama.cpp knows the architecture that the file names.',
        remedy: 'Say in the card which version of llama.cpp is needed.',
      },
      {
        id: 'quantization',
        checks: 'The weights have the quantization that the name of the file promises.',
        remedy: 'Rename the file, or quantize it again.',
      },
      {
        id: 'context-length',
        checks: 'The file, or config.json of a forecaster, says how much the model can read at once.',
        remedy: 'Convert the file again, or correct `context_length`.',
      },
    ],
  },
  {
    title: 'Other variants and devices',
    checks: [
      {
        id: 'same-as-full-precision',
        checks: 'A quantized variant gives the answers of the most exact one.',
        remedy: 'Quantize again, leave sensitive layers out of it, or take the variant down.',
      },
      {
        id: 'same-as-first-device',
        checks: 'Another device gives the answers of the first one.',
        remedy: 'Look for operators that overflow in half precision.',
      },
      {
        id: 'same-when-optimized',
        checks: 'Graph optimization does not change the answers.',
        remedy: 'Report it to onnxruntime, with the graph.',
      },
      {
        id: 'device',
        checks: 'The operators ran on the device that was asked for.',
        remedy: 'Nothing is wrong with the model; the report says where it ran.',
      },
    ],
  },
];

/** A check by its id; undefined when there is none. */
export function findCheck(id: string): CheckReference | undefined {
  for (const { checks } of CHECK_SUBJECTS) {
    const found = checks.find((check) => check.id === id);
    if (found !== undefined) return found;
  }
  return undefined;
}
