import type { FedInputs } from '../onnx/checks/input-names.js';
import type { NeededFile } from './task.js';

/** What says which class a model is, and how large. */
export const CONFIG: NeededFile = {
  path: 'config.json',
  remedy: 'Save it with `model.save_pretrained(folder)`.',
};

/** What a model of texts needs beside its graphs. */
export const TEXT_FILES: readonly NeededFile[] = [
  CONFIG,
  { path: 'tokenizer.json', remedy: 'Save the fast tokenizer with `tokenizer.save_pretrained(folder)`.' },
  { path: 'tokenizer_config.json', remedy: 'Save the tokenizer with `tokenizer.save_pretrained(folder)`.' },
];

/** What the encoder of a model of texts is given. */
export const TEXT_FEEDS: FedInputs = {
  required: ['input_ids'],
  optional: ['attention_mask', 'token_type_ids'],
};

/** What says how pictures or sounds become tensors. */
export const PREPROCESSOR: NeededFile = {
  path: 'preprocessor_config.json',
  remedy: 'Save it with `processor.save_pretrained(folder)`.',
};
