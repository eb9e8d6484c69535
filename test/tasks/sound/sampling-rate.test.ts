import { describe, expect, it } from 'vitest';
import {
  answerAtOtherRates,
  checkListeningRate,
  explainRate,
  statedRate,
} from '../../../src/tasks/sound/sampling-rate.js';
import { modelFacts } from '../session.js';

const WAV2VEC2 = { feature_extractor_type: 'Wav2Vec2FeatureExtractor', sampling_rate: 16_000 };
const WHISPER = {
  feature_extractor_type: 'WhisperFeatureExtractor',
  sampling_rate: 16_000,
  chunk_length: 30,
  n_samples: 480_000,
};

describe('the rate at which a model listens', () => {
  it.each([
    [WAV2VEC2, {}, 'passed', '16000 Hz'],
    [{ ...WAV2VEC2, sampling_rate: undefined }, {}, 'warning', 'does not say'],
    [{ ...WAV2VEC2, sampling_rate: '16k' }, {}, 'failed', 'is no rate'],
    [{ ...WAV2VEC2, sampling_rate: 16 }, {}, 'failed', 'is no rate'],
    [{ ...WAV2VEC2, sampling_rate: 8_000 }, {}, 'warning', 'usually listen at 16000 Hz'],
    [{ sampling_rate: 44_100 }, {}, 'passed', '44100 Hz'],
    [WAV2VEC2, { sampling_rate: 8_000 }, 'failed', 'config.json says 8000 Hz'],
    [WHISPER, {}, 'passed', ''],
    [
      { ...WHISPER, sampling_rate: 8_000 },
      {},
      'failed',
      'contradicts itself: 30 s (chunk_length) at 8000 Hz',
    ],
  ])('%j with %j: %s', (preprocessor, config, status, message) => {
    const [check] = checkListeningRate(
      modelFacts({ config, json: { 'preprocessor_config.json': preprocessor } }),
    );
    expect(check).toMatchObject({ id: 'sampling-rate', status });
    expect(check?.message).toContain(message);
  });

  it('is not asked for where nothing is there to say it', () => {
    expect(checkListeningRate(modelFacts())).toEqual([]);
  });

  it('is the first that is stated, in a part of the file too', () => {
    expect(statedRate({ feature_extractor: { sampling_rate: 24_000 } })).toBe(24_000);
    expect(statedRate(undefined, { sampling_rate: 8_000 })).toBe(8_000);
    expect(statedRate({}, null)).toBeNull();
  });
});

describe('a contradiction to the card', () => {
  const asked: number[] = [];
  const answer = async (rate: number) => {
    asked.push(rate);
    if (rate === 48_000) throw new Error('too long');
    return { output: rate, facts: { rate } };
  };
  const look = (expected: unknown) => {
    asked.length = 0;
    return answerAtOtherRates<{ readonly rate: number; readonly agreesAt?: number }>(
      { preprocessor: { sampling_rate: 8_000 }, expected, others: [8_000, 48_000, 16_000, 44_100] },
      answer,
      ({ rate }) => rate === expected,
    );
  };

  it('is looked into at other rates, until one agrees', async () => {
    expect(await look(16_000)).toEqual({ output: 8_000, facts: { rate: 8_000, agreesAt: 16_000 } });
    expect(asked).toEqual([8_000, 48_000, 16_000]);
  });

  it('is not looked for without one', async () => {
    expect(await look(undefined)).toEqual({ output: 8_000, facts: { rate: 8_000 } });
    expect(await look(8_000)).toEqual({ output: 8_000, facts: { rate: 8_000 } });
    expect(asked).toEqual([8_000]);
  });

  it('stays unexplained where no rate agrees', async () => {
    expect((await look(1)).facts).toEqual({ rate: 8_000 });
  });

  it('becomes a fault of the rate', () => {
    const check = { id: 'expected-output', status: 'failed', message: 'It says A, not B. Do this.' } as const;
    expect(explainRate(check, {})).toBe(check);
    expect(explainRate(check, { agreesAt: 16_000 })).toEqual({
      id: 'sampling-rate',
      status: 'failed',
      message:
        'It says A, not B. With the sound at 16000 Hz, the model agrees with the card: write "sampling_rate": 16000 into preprocessor_config.json.',
    });
  });
});
