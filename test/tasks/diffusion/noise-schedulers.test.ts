import { describe, expect, it } from 'vitest';
import {
  normalNumbers,
  openScheduler,
  SCHEDULERS,
  schedulerFault,
} from '../../../src/tasks/diffusion/noise-schedulers.js';

const CONFIG = {
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: 'scaled_linear',
  num_train_timesteps: 1000,
  clip_sample: false,
  set_alpha_to_one: false,
  steps_offset: 1,
  timestep_spacing: 'leading',
};
/** What a perfect network has in mind. */
const PICTURE = Float32Array.from([0.8, -0.3, 0, -0.95]);

/** √ of the products of 1 − β: how much picture there is at each timestep. */
const ALPHAS = ((): readonly number[] => {
  let product = 1;
  return Array.from({ length: 1000 }, (_, index) => {
    const root = Math.sqrt(0.00085) + ((Math.sqrt(0.012) - Math.sqrt(0.00085)) * index) / 999;
    product *= 1 - root ** 2;
    return product;
  });
})();

function alphaAt(time: number): number {
  const below = Math.floor(time);
  const level = (index: number) => {
    const alpha = ALPHAS[Math.min(index, 999)] ?? 1;
    return (1 - alpha) / alpha;
  };
  const sigma =
    Math.sqrt(level(below)) + (time - below) * (Math.sqrt(level(below + 1)) - Math.sqrt(level(below)));
  return 1 / (1 + sigma ** 2);
}

/** Runs a scheduler with a network that always knows the picture. */
function drawn(name: string, prediction: string, steps: number): Float32Array {
  const noise = normalNumbers(4);
  const scheduler = openScheduler(
    { ...CONFIG, _class_name: name, prediction_type: prediction },
    steps,
    noise,
  );
  let sample = PICTURE.map(() => noise() * scheduler.startScale);
  for (const [place, time] of scheduler.timesteps.entries()) {
    const alpha = alphaAt(time);
    const [a, b] = [Math.sqrt(alpha), Math.sqrt(1 - alpha)];
    const output = scheduler.input(sample, place).map((value, index) => {
      const picture = PICTURE[index] ?? 0;
      const seen = (value - a * picture) / b;
      if (prediction === 'v_prediction') return a * seen - b * picture;
      return prediction === 'sample' ? picture : seen;
    });
    sample = scheduler.step(output, place, sample) as Float32Array<ArrayBuffer>;
  }
  return sample;
}

describe('a scheduler that is told the picture', () => {
  const cases = SCHEDULERS.flatMap((name) =>
    ['epsilon', 'v_prediction', 'sample'].flatMap((prediction) =>
      [2, 5, 20].map((steps) => [name, prediction, steps] as const),
    ),
  );
  it.each(cases)('comes to it: %s with %s in %i steps', (name, prediction, steps) => {
    const sample = drawn(name, prediction, steps);
    // What is left is the noise of the last timestep: 3 % where the last alpha is that of the first timestep.
    const tolerance = name === 'PNDMScheduler' ? 0.12 : 0.08;
    for (const [index, value] of sample.entries()) {
      expect(Math.abs(value - (PICTURE[index] ?? 0))).toBeLessThan(tolerance);
    }
  });
});

describe('timesteps', () => {
  const times = (change: object, steps = 5) =>
    openScheduler({ ...CONFIG, _class_name: 'DDIMScheduler', ...change }, steps, Math.random).timesteps;

  it.each([
    [{}, [801, 601, 401, 201, 1]],
    [{ steps_offset: 0 }, [800, 600, 400, 200, 0]],
    [{ timestep_spacing: 'trailing' }, [999, 799, 599, 399, 199]],
    [{ timestep_spacing: 'linspace' }, [999, 749, 500, 250, 0]],
    // The second one is asked twice (diffusers, `plms_timesteps`).
    [{ _class_name: 'PNDMScheduler' }, [801, 601, 601, 401, 201, 1]],
    [
      { _class_name: 'EulerDiscreteScheduler', timestep_spacing: 'linspace' },
      [999, 749.25, 499.5, 249.75, 0],
    ],
  ])('%j', (change, expected) => {
    expect(times(change)).toEqual(expected);
  });

  it('are no more than the model was trained on', () => {
    expect(times({ num_train_timesteps: 3 }, 50)).toHaveLength(3);
  });
});

describe('a scheduler that cannot be run', () => {
  it.each([
    [{}, null],
    [{ _class_name: 'UniPCMultistepScheduler' }, 'is UniPCMultistepScheduler; DDIMScheduler,'],
    [{ _class_name: undefined }, 'not named'],
    [{ _class_name: 'constructor' }, 'is constructor'],
    [{ prediction_type: 'flow_prediction' }, 'prediction_type is flow_prediction'],
    [{ beta_schedule: 'sigmoid' }, 'beta_schedule is sigmoid'],
    [{ beta_schedule: 'sigmoid', trained_betas: [0.1, 0.2] }, null],
    [{ num_train_timesteps: 1e9 }, 'num_train_timesteps'],
    [{ _class_name: 'DDPMScheduler', variance_type: 'learned_range' }, 'variance_type is learned_range'],
  ])('%j', (change, expected) => {
    const fault = schedulerFault({ ...CONFIG, _class_name: 'DDIMScheduler', ...change });
    if (expected === null) expect(fault).toBeNull();
    else expect(fault).toContain(expected);
  });

  it('is not opened', () => {
    expect(() => openScheduler({}, 5, Math.random)).toThrow('not named');
  });
});

describe('normal random numbers', () => {
  it('are the same for a seed, of mean 0 and deviation 1', () => {
    const [one, again, other] = [normalNumbers(7), normalNumbers(7), normalNumbers(8)];
    const numbers = Array.from({ length: 4000 }, one);
    expect(numbers.slice(0, 5)).toEqual(Array.from({ length: 5 }, again));
    expect(other()).not.toBe(numbers[0]);
    const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    const spread = Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length);
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(Math.abs(spread - 1)).toBeLessThan(0.05);
    expect(numbers.every(Number.isFinite)).toBe(true);
  });
});
