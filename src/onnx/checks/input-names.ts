import { escapeText } from '../../preview.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { OnnxGraph } from '../onnx-graph.js';

/** What a runner gives a graph. */
export interface FedInputs {
  /** Without these the graph cannot be of use. */
  readonly required: readonly string[];
  /** Given where the graph has them. A name ending with a dot stands for all that begin so. */
  readonly optional?: readonly string[];
}

/** Names under which exporters write an input, by the name that runners give. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  input_ids: ['input', 'inputs', 'ids', 'input.1', 'tokens', 'token_ids', 'input_word_ids', 'text', 'x'],
  attention_mask: ['mask', 'input_mask', 'attn_mask'],
  token_type_ids: ['segment_ids', 'input_type_ids'],
  pixel_values: ['input', 'inputs', 'image', 'images', 'input.1', 'x', 'data', 'pixel_value', 'img'],
  input_values: ['input', 'audio', 'waveform', 'wav', 'speech', 'x', 'source'],
  input_features: ['input', 'mel', 'features', 'audio_features', 'x'],
  decoder_input_ids: ['decoder_inputs', 'targets', 'tokens'],
  float_input: ['input', 'X', 'x', 'features', 'variable', 'dense_input'],
};

/** Whether a graph has the inputs that will be given, and no others. */
export function checkInputNames(
  graph: Pick<OnnxGraph, 'inputs'>,
  path: string,
  { required, optional = [] }: FedInputs,
): SmokeCheck {
  const id = 'input-names';
  const names = graph.inputs.map(({ name }) => name);
  const has = new Set(names);
  const exact = new Set([...required, ...optional]);
  const prefixes = [...exact].filter((name) => name.endsWith('.'));
  const unfed = names.filter(
    (name) => !exact.has(name) && !prefixes.some((prefix) => name.startsWith(prefix)),
  );
  const missing = required.find((name) => !name.endsWith('.') && !has.has(name));
  if (missing !== undefined) {
    const aliases = Object.hasOwn(ALIASES, missing) ? ALIASES[missing] : undefined;
    const other =
      unfed.find((name) => aliases?.includes(name)) ?? (unfed.length === 1 ? unfed[0] : undefined);
    return {
      id,
      status: 'failed',
      message:
        other === undefined
          ? `${path} has no input ${missing}; it takes ${list(names)}. Export it for the task that the card names.`
          : `${path} calls its input ${escapeText(other)}, but ${missing} is what it will be given. Export it with that name (\`input_names\` of torch.onnx.export).`,
    };
  }
  if (unfed.length > 0) {
    return {
      id,
      status: 'failed',
      message: `${path} takes ${list(unfed)}, which nothing will give it. Export it for the task that the card names.`,
    };
  }
  return { id, status: 'passed', message: `${path} takes what it is given: ${list(names)}.` };
}

function list(names: readonly string[]): string {
  if (names.length === 0) return 'nothing';
  const shown = names
    .slice(0, 5)
    .map((name) => escapeText(name))
    .join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
