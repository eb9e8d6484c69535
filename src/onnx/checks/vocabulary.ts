import { own } from '../../mapping.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { OnnxGraph } from '../onnx-graph.js';

/** Parts of config.json that describe the text model, where there are several. */
const TEXT_PARTS = ['text_config', 'decoder', 'text_encoder', 'llm_config', 'language_config'];

/**
 * Whether the embedding has a row for each token of config.json’s `vocab_size`; nothing when either is unknown. Which tokens
 * a tokenizer really gives is checked with the tokenizer.
 */
export function checkVocabularySize(
  graph: Pick<OnnxGraph, 'tokenRows'>,
  path: string,
  config: unknown,
): readonly SmokeCheck[] {
  const id = 'vocabulary';
  const { tokenRows } = graph;
  const sizes = [config, ...TEXT_PARTS.map((key) => own(config, key))].map((one) => own(one, 'vocab_size'));
  const size = sizes.find((one) => typeof one === 'number');
  if (tokenRows === null || size === undefined) return [];
  if (tokenRows >= size) {
    return [
      { id, status: 'passed', message: `The embedding has ${tokenRows} rows for a vocabulary of ${size}.` },
    ];
  }
  return [
    {
      id,
      // Tokens beyond the rows make the model fail, but the tokenizer may not know so many.
      status: 'warning',
      message: `config.json says vocab_size ${size}, but the embedding of ${path} has ${tokenRows} rows: a token from ${tokenRows} on makes the model fail. Correct vocab_size, or resize the embedding before the export.`,
    },
  ];
}
