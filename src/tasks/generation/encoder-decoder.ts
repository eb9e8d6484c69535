import { isMapping, own } from '../../mapping.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { Options, Tensors, TransformersSession } from '../../smoke/session.js';
import type { Following } from '../following.js';
import type { Layout, ModelFacts } from '../task.js';
import { truncationOf } from '../text/text-encoding.js';
import { optionsOf, seedOf, tellerOf, vocabularyOf, type Written, withoutOvershoot } from './causal.js';
import { describeGeneration } from './generation.js';
import type { GenerationParameters } from './generation-parameters.js';
import { observe, planGeneration, plansOfTexts, positionsOf } from './generation-plan.js';

/** The graphs of a model that reads with one and writes with the other, as Optimum names them. */
export const ENCODER_DECODER: Layout = {
  encoder_model: 'encoder_model',
  decoder_model_merged: 'decoder_model_merged',
};

/** What a model that reads and then writes is given. */
export interface Source {
  /** Tensors such as `input_ids` or `pixel_values`. */
  readonly feeds: Tensors;
  /** What was asked, for the checks; empty for a picture. */
  readonly asked: string;
  readonly inputTokens: number;
  /** Further options of transformers.js, such as the id that the answer begins with. */
  readonly options?: Options;
}

/** Writes an answer with a pipeline of transformers.js. */
export async function writeAnswer(
  session: TransformersSession,
  source: Source,
  parameters: GenerationParameters,
  following?: Following,
): Promise<readonly Written[]> {
  const { config, generationConfig } = session;
  const vocabulary = vocabularyOf(session.tokenizer);
  const plan = planGeneration(parameters, {
    config,
    generationConfig,
    answers: true,
    // The token that the decoder starts with.
    startTokens: 1,
    positions: decoderPositions(config),
  });
  const decode = (ids: readonly number[]) => vocabulary.decode(ids, { skip_special_tokens: true });
  const written: Written[] = [];
  for (const one of plansOfTexts(plan, parameters)) {
    const teller = tellerOf(vocabulary, written.length, parameters, following);
    const observer = observe(one, decode, teller, following);
    const ids = await session.generate(
      source.feeds,
      { ...optionsOf(one, parameters), ...source.options },
      observer,
    );
    const generated = observer.result(ids);
    const text = withoutOvershoot(decode(ids), generated).trim();
    const told = { prompt: source.asked, promptTokens: source.inputTokens, text, answers: true };
    const facts = describeGeneration(generated, one, told, vocabulary);
    written.push({ text, facts, seed: seedOf(one, parameters), made: teller?.tokens ?? [] });
  }
  return written;
}

/** Tensors of a text, cut to what the model takes. */
export function textFeeds(
  session: TransformersSession,
  text: string,
): { readonly feeds: Tensors; readonly inputTokens: number } {
  const feeds = session.tokenizer.encode(text, truncationOf(session));
  return { feeds, inputTokens: feeds.input_ids?.dims.at(-1) ?? 0 };
}

function decoderPositions(config: unknown): number | null {
  // T5 has no table of positions: its n_positions is only what it was trained with.
  const kind = own(config, 'model_type');
  if (typeof kind === 'string' && /t5/.test(kind)) return null;
  const stated = own(config, 'max_decoder_position_embeddings');
  return typeof stated === 'number' ? stated : positionsOf(own(config, 'decoder') ?? config);
}

/** Whether the decoder knows with which token to start. */
export function checkDecoderStart({ config, json }: ModelFacts): readonly SmokeCheck[] {
  const id = 'decoder-start';
  const generation = json['generation_config.json'];
  for (const [file, part] of [
    ['generation_config.json', generation],
    ['config.json', config],
    ['config.json', own(config, 'decoder')],
  ] as const) {
    for (const key of ['decoder_start_token_id', 'bos_token_id']) {
      const value = own(part, key);
      if (typeof value === 'number') {
        return [
          { id, status: 'passed', message: `The decoder starts with token ${value} (${key} in ${file}).` },
        ];
      }
    }
  }
  return [
    {
      id,
      status: 'failed',
      message:
        'Neither generation_config.json nor config.json says with which token the decoder starts. Write decoder_start_token_id into generation_config.json (T5: the pad_token_id; BART: the eos_token_id; Marian: the pad_token_id).',
    },
  ];
}

/** Inputs of encoders, what they hold, and the tasks of models that read it. */
const READS = {
  input_ids: { what: 'texts', tasks: 'summarization, translation or text-generation' },
  pixel_values: { what: 'pictures', tasks: 'image-to-text' },
  input_features: { what: 'sounds', tasks: 'automatic-speech-recognition' },
} as const;

/** Whether the encoder reads what the task has. */
export function checkReads(
  { graphs }: ModelFacts,
  wanted: 'input_ids' | 'pixel_values',
): readonly SmokeCheck[] {
  const inputs = graphs.encoder_model?.inputs.map(({ name }) => name);
  if (inputs === undefined || inputs.includes(wanted)) return [];
  const found = (['input_ids', 'pixel_values', 'input_features'] as const).find((name) =>
    inputs.includes(name),
  );
  if (found === undefined) return [];
  const { what, tasks } = READS[found];
  return [
    {
      id: 'architecture',
      status: 'failed',
      message: `The encoder reads ${what} (${found}), not ${READS[wanted].what}. Correct pipeline_tag in the card (${tasks}), or upload the model that was meant.`,
    },
  ];
}

/** What config.json says of a task, such as the prefix of its inputs. */
export function taskParameters(config: unknown, task: string): Readonly<Record<string, unknown>> {
  const found = own(own(config, 'task_specific_params'), task);
  return isMapping(found) ? found : {};
}

/** The prefix that inputs of a task begin with. */
export function prefixOf(config: unknown, task: string): string {
  const prefix = own(taskParameters(config, task), 'prefix') ?? own(config, 'prefix');
  return typeof prefix === 'string' ? prefix : '';
}
