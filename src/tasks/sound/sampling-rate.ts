import { own } from '../../mapping.js';
import type { SmokeCheck } from '../../smoke/report.js';
import { contradictionSeen } from '../checks/expected-output.js';
import type { Answer, ModelFacts } from '../task.js';

/** Samples a second that a model listens to when nothing says another: what models of speech are trained on. */
export const SPEECH_RATE = 16_000;
/** Rates that models are trained on, the most usual first. */
export const COMMON_RATES = [16_000, 8_000, 48_000, 44_100, 22_050, 24_000];
/** Rates that recordings have, in Hz. */
const LEAST = 2_000;
const MOST = 384_000;

/** By class of the feature extractor: the rate that models of this kind are trained on (defaults of transformers 4.57). */
const USUAL: Readonly<Record<string, number>> = {
  Wav2Vec2FeatureExtractor: 16_000,
  WhisperFeatureExtractor: 16_000,
  ASTFeatureExtractor: 16_000,
  SeamlessM4TFeatureExtractor: 16_000,
  SpeechT5FeatureExtractor: 16_000,
  ParakeetFeatureExtractor: 16_000,
  MoonshineFeatureExtractor: 16_000,
};

/** A rate as a configuration states it, in Hz; null when it is none that a recording can have. */
export function readRate(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= LEAST && value <= MOST
    ? value
    : null;
}

/** `sampling_rate` of some configurations, the first one that states it; null when none does. */
export function statedRate(...configurations: readonly unknown[]): number | null {
  for (const one of configurations) {
    const rate =
      readRate(own(one, 'sampling_rate')) ?? readRate(own(own(one, 'feature_extractor'), 'sampling_rate'));
    if (rate !== null) return rate;
  }
  return null;
}

/** What trying other rates found. */
export interface OtherRate {
  /** The rate in Hz at which the model agrees with the card, where it contradicts it at its own. */
  readonly agreesAt?: number;
}

/** What is heard, and compared with the card. */
interface Heard {
  /** The parsed preprocessor_config.json. */
  readonly preprocessor: unknown;
  /** The answer that the card shows. */
  readonly expected: unknown;
  /** Other rates to try, in Hz. One of a few classes agrees by chance, a transcript does not. */
  readonly others: readonly number[];
}

/**
 * Answers at the rate that preprocessor_config.json states. Where the answer contradicts the card, looks whether it would
 * agree if the sound came at another rate. `agrees` compares an answer with what the card shows.
 */
export async function answerAtOtherRates<Facts extends OtherRate>(
  { preprocessor, expected, others }: Heard,
  answer: (rate: number) => Promise<Answer<Facts>>,
  agrees: (facts: Facts) => boolean,
): Promise<Answer<Facts>> {
  const rate = statedRate(preprocessor) ?? SPEECH_RATE;
  const first = await answer(rate);
  if (expected === undefined || agrees(first.facts)) return first;
  for (const other of others) {
    if (other === rate) continue;
    try {
      if (agrees((await answer(other)).facts))
        return { ...first, facts: { ...first.facts, agreesAt: other } };
    } catch {
      // The sound is too long or too short at this rate, which explains nothing.
    }
  }
  return first;
}

/** Adds to a contradiction of the card that the sound at another rate would resolve it. */
export function explainRate(check: SmokeCheck, { agreesAt }: OtherRate): SmokeCheck {
  const seen = contradictionSeen(check);
  if (seen === null || agreesAt === undefined) return check;
  return {
    id: 'sampling-rate',
    status: 'failed',
    message: `${seen} With the sound at ${agreesAt} Hz, the model agrees with the card: write "sampling_rate": ${agreesAt} into preprocessor_config.json.`,
  };
}

/** The rate that models with such a feature extractor usually listen at, in Hz; undefined when there is none. */
export function usualRate(preprocessor: unknown): number | undefined {
  const name = own(preprocessor, 'feature_extractor_type');
  return typeof name === 'string' && Object.hasOwn(USUAL, name) ? USUAL[name] : undefined;
}

/**
 * Whether the model says at which rate it listens, and says it everywhere alike. A wrong rate makes each sound too high or too
 * low, and raises no error.
 */
export function checkListeningRate({ config, json }: ModelFacts): readonly SmokeCheck[] {
  const id = 'sampling-rate';
  const preprocessor = json['preprocessor_config.json'];
  const stated =
    own(preprocessor, 'sampling_rate') ?? own(own(preprocessor, 'feature_extractor'), 'sampling_rate');
  const rate = statedRate(preprocessor);
  if (preprocessor !== undefined && rate === null) {
    return [
      stated === undefined
        ? {
            id,
            status: 'warning',
            message: `preprocessor_config.json does not say the sampling_rate; ${SPEECH_RATE} Hz were taken. Write the rate the model was trained on.`,
          }
        : {
            id,
            status: 'failed',
            message: `The sampling_rate in preprocessor_config.json is no rate of a recording. Write the samples a second that the model was trained on, such as ${SPEECH_RATE}.`,
          },
    ];
  }
  const other = readRate(own(config, 'sampling_rate'));
  if (rate !== null && other !== null && rate !== other) {
    return [
      {
        id,
        status: 'failed',
        message: `preprocessor_config.json says ${rate} Hz, config.json says ${other} Hz (sampling_rate). Write the rate the model was trained on into both.`,
      },
    ];
  }
  const samples = own(preprocessor, 'n_samples');
  const seconds = own(preprocessor, 'chunk_length');
  if (
    rate !== null &&
    typeof samples === 'number' &&
    typeof seconds === 'number' &&
    samples !== seconds * rate
  ) {
    return [
      {
        id,
        status: 'failed',
        message: `preprocessor_config.json contradicts itself: ${seconds} s (chunk_length) at ${rate} Hz (sampling_rate) are ${seconds * rate} samples, not ${samples} (n_samples). Save it again with \`processor.save_pretrained(folder)\`.`,
      },
    ];
  }
  const usual = usualRate(preprocessor);
  if (rate !== null && usual !== undefined && usual !== rate) {
    return [
      {
        id,
        status: 'warning',
        message: `preprocessor_config.json says ${rate} Hz, but models with a ${String(own(preprocessor, 'feature_extractor_type'))} usually listen at ${usual} Hz. Make sure that this one was trained on ${rate} Hz.`,
      },
    ];
  }
  if (rate !== null) return [{ id, status: 'passed', message: `The model listens at ${rate} Hz.` }];
  return [];
}
