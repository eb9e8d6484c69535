import { own } from '../../mapping.js';
import type { GenerationHooks, Graph, Tensors, TensorView } from '../../smoke/session.js';
import { dimensions } from '../checks/wording.js';
import { numbersOf, numberTensor } from '../numbers/tensors.js';
import { forbidRepeats, penalize } from './sampling.js';

/**
 * Generates with a graph that keeps no keys and values: each step sees the whole text again. All ids, those of the prompt too.
 * `noRepeat` is the length of rows of tokens that may come once; 0 for any. Throws when the graph gives no scores [1, n, tokens].
 */
export async function decodeWithoutCache(
  graph: Graph,
  prompt: readonly number[],
  { repetitionPenalty, noRepeat }: { readonly repetitionPenalty: number; readonly noRepeat: number },
  hooks: GenerationHooks,
): Promise<readonly number[]> {
  const ids = [...prompt];
  do {
    const { logits } = await graph.run(feedsFor(graph, ids));
    const scores = lastRow(logits);
    penalize(scores, ids, repetitionPenalty);
    forbidRepeats(scores, ids, noRepeat);
    ids.push(hooks.choose(ids, scores));
  } while (!hooks.done(ids));
  return ids;
}

/** The penalty for tokens that came already: the request’s, else that of generation_config.json, else none. */
export function repetitionPenaltyOf(asked: number | undefined, generationConfig: unknown): number {
  const configured = own(generationConfig, 'repetition_penalty');
  const penalty = asked ?? configured;
  return typeof penalty === 'number' && penalty > 0 ? penalty : 1;
}

function feedsFor(graph: Graph, ids: readonly number[]): Tensors {
  const values: Readonly<Record<string, readonly number[]>> = {
    input_ids: ids,
    attention_mask: ids.map(() => 1),
    position_ids: ids.map((_, index) => index),
    token_type_ids: ids.map(() => 0),
  };
  return Object.fromEntries(
    graph.inputs.flatMap((input) => {
      const row = Object.hasOwn(values, input.name) ? values[input.name] : undefined;
      return row === undefined ? [] : [[input.name, numberTensor(input, row, [1, row.length])]];
    }),
  );
}

/** The scores of the token that comes next: those after the last token. */
function lastRow(logits: TensorView | undefined): Float32Array {
  const [batch, length, tokens] = logits?.dims ?? [];
  if (logits === undefined || batch !== 1 || !length || !tokens) {
    const found = logits === undefined ? 'no output `logits`' : `logits of ${dimensions(logits.dims)}`;
    throw new Error(`The graph must give logits of 1 × n × tokens; it gives ${found}.`);
  }
  return numbersOf(logits).slice((length - 1) * tokens);
}
