import { own } from '../../mapping.js';
import { randomNumbers } from '../../random.js';

/**
 * The loops that make a picture of noise, as the schedulers of diffusers 0.35 define them. Each takes the prediction of the
 * network at one timestep and gives the sample at the next, less noisy one.
 */
export interface NoiseScheduler {
  /** Timesteps in the order in which the network is asked, falling. */
  readonly timesteps: readonly number[];
  /** Standard deviation of the noise at the start. */
  readonly startScale: number;
  /** What the network is shown of a sample, at a place in `timesteps`. */
  input(sample: Float32Array, place: number): Float32Array;
  /** The next sample. */
  step(prediction: Float32Array, place: number, sample: Float32Array): Float32Array;
}

type Open = (config: unknown, steps: number, noise: () => number) => NoiseScheduler;

const OPEN: Readonly<Record<string, Open>> = {
  DDIMScheduler: openDdim,
  DDPMScheduler: openDdpm,
  PNDMScheduler: openPndm,
  EulerDiscreteScheduler: openEuler,
  EulerAncestralDiscreteScheduler: openEuler,
};

/** Names of the schedulers there are. */
export const SCHEDULERS: readonly string[] = Object.keys(OPEN);

const PREDICTIONS = ['epsilon', 'v_prediction', 'sample'];
const BETAS = ['linear', 'scaled_linear', 'squaredcos_cap_v2'];
const MOST_TIMESTEPS = 100_000;

/** Why a scheduler_config.json cannot be followed, as a sentence; null when it can. */
export function schedulerFault(config: unknown): string | null {
  const name = own(config, '_class_name');
  const supported = `${SCHEDULERS.slice(0, -1).join(', ')} and ${SCHEDULERS.at(-1)}`;
  if (typeof name !== 'string' || !Object.hasOwn(OPEN, name)) {
    return `The scheduler is ${typeof name === 'string' ? name : 'not named'}; ${supported} can be run.`;
  }
  const prediction = own(config, 'prediction_type') ?? 'epsilon';
  if (!PREDICTIONS.includes(String(prediction))) {
    return `The scheduler’s prediction_type is ${String(prediction)}; ${PREDICTIONS.join(', ')} can be run.`;
  }
  const betas = own(config, 'beta_schedule') ?? 'linear';
  if (!Array.isArray(own(config, 'trained_betas')) && !BETAS.includes(String(betas))) {
    return `The scheduler’s beta_schedule is ${String(betas)}; ${BETAS.join(', ')} can be run.`;
  }
  const variance = own(config, 'variance_type') ?? 'fixed_small';
  if (name === 'DDPMScheduler' && !/^fixed/.test(String(variance))) {
    return `The scheduler’s variance_type is ${String(variance)}; those that are fixed can be run.`;
  }
  const count = own(config, 'num_train_timesteps') ?? 1000;
  if (!(typeof count === 'number' && Number.isInteger(count) && count >= 2 && count <= MOST_TIMESTEPS)) {
    return `The scheduler’s num_train_timesteps is no number from 2 to ${MOST_TIMESTEPS}.`;
  }
  return null;
}

/** Opens the scheduler that a scheduler_config.json describes. `noise` gives normal random numbers. Throws what `schedulerFault` says. */
export function openScheduler(config: unknown, steps: number, noise: () => number): NoiseScheduler {
  const fault = schedulerFault(config);
  const name = own(config, '_class_name');
  const open = typeof name === 'string' && Object.hasOwn(OPEN, name) ? OPEN[name] : undefined;
  if (fault !== null || open === undefined) throw new Error(fault ?? 'The scheduler is not named.');
  return open(config, Math.min(steps, trainSteps(config)), noise);
}

function trainSteps(config: unknown): number {
  return number(config, 'num_train_timesteps', 1000);
}

function number(config: unknown, key: string, usual: number): number {
  const value = own(config, key);
  return typeof value === 'number' && Number.isFinite(value) ? value : usual;
}

/** How much of the picture is left at each timestep: the product of 1 − β so far. */
function alphasOf(config: unknown): Float64Array {
  const count = trainSteps(config);
  const [start, end] = [number(config, 'beta_start', 0.0001), number(config, 'beta_end', 0.02)];
  const trained = own(config, 'trained_betas');
  const kind = own(config, 'beta_schedule') ?? 'linear';
  const bar = (share: number) => Math.cos((((share + 0.008) / 1.008) * Math.PI) / 2) ** 2;
  const beta = (index: number): number => {
    if (Array.isArray(trained)) return Number(trained[index] ?? 0);
    const share = index / (count - 1);
    if (kind === 'scaled_linear') {
      return (Math.sqrt(start) + (Math.sqrt(end) - Math.sqrt(start)) * share) ** 2;
    }
    if (kind === 'squaredcos_cap_v2') {
      return Math.min(1 - bar((index + 1) / count) / bar(index / count), 0.999);
    }
    return start + (end - start) * share;
  };
  const alphas = new Float64Array(count);
  let product = 1;
  for (let index = 0; index < count; index++) {
    product *= 1 - beta(index);
    alphas[index] = product;
  }
  return alphas;
}

/** Timesteps of an inference, falling; `usual` is the spacing that the scheduler has when the configuration says none. */
function timestepsOf(config: unknown, steps: number, usual: string): readonly number[] {
  const count = trainSteps(config);
  const spacing = own(config, 'timestep_spacing') ?? usual;
  const last = (value: number) => Math.max(0, Math.min(count - 1, value));
  if (spacing === 'linspace') {
    const gap = steps === 1 ? 0 : (count - 1) / (steps - 1);
    return Array.from({ length: steps }, (_, index) => last((steps - 1 - index) * gap));
  }
  if (spacing === 'trailing') {
    return Array.from({ length: steps }, (_, index) => last(Math.round(count - (index * count) / steps) - 1));
  }
  const ratio = Math.floor(count / steps);
  const offset = number(config, 'steps_offset', 0);
  return Array.from({ length: steps }, (_, index) => last((steps - 1 - index) * ratio + offset));
}

/** The picture and the noise that a prediction means, for a sample of which √`alpha` is picture. */
function split(
  config: unknown,
  prediction: number,
  sample: number,
  alpha: number,
): { readonly picture: number; readonly noise: number } {
  const [a, b] = [Math.sqrt(alpha), Math.sqrt(1 - alpha)];
  switch (own(config, 'prediction_type') ?? 'epsilon') {
    case 'v_prediction':
      return { picture: a * sample - b * prediction, noise: a * prediction + b * sample };
    case 'sample':
      return { picture: prediction, noise: (sample - a * prediction) / b };
    default:
      return { picture: (sample - b * prediction) / a, noise: prediction };
  }
}

/** Cuts a picture to the range that the configuration says; both DDIM and DDPM do so unless it says no. */
function clipper(config: unknown): (value: number) => number {
  if ((own(config, 'clip_sample') ?? true) !== true) return (value) => value;
  const range = number(config, 'clip_sample_range', 1);
  return (value) => Math.max(-range, Math.min(range, value));
}

function unchanged(sample: Float32Array): Float32Array {
  return sample;
}

/** Denoising diffusion implicit models (Song et al., 2020), without noise of its own. */
function openDdim(config: unknown, steps: number): NoiseScheduler {
  const alphas = alphasOf(config);
  const timesteps = timestepsOf(config, steps, 'leading').map(Math.round);
  const gap = Math.floor(alphas.length / steps);
  const final = (own(config, 'set_alpha_to_one') ?? true) === true ? 1 : (alphas[0] ?? 1);
  const clip = clipper(config);
  return {
    timesteps,
    startScale: 1,
    input: unchanged,
    step(prediction, place, sample) {
      const time = timesteps[place] ?? 0;
      const alpha = alphas[time] ?? 1;
      const next = time - gap >= 0 ? (alphas[time - gap] ?? 1) : final;
      return sample.map((value, index) => {
        const { picture, noise } = split(config, prediction[index] ?? 0, value, alpha);
        return Math.sqrt(next) * clip(picture) + Math.sqrt(1 - next) * noise;
      });
    },
  };
}

/** Denoising diffusion probabilistic models (Ho et al., 2020). */
function openDdpm(config: unknown, steps: number, noise: () => number): NoiseScheduler {
  const alphas = alphasOf(config);
  const timesteps = timestepsOf(config, steps, 'leading').map(Math.round);
  const gap = Math.floor(alphas.length / steps);
  const clip = clipper(config);
  const large = /large/.test(String(own(config, 'variance_type') ?? ''));
  return {
    timesteps,
    startScale: 1,
    input: unchanged,
    step(prediction, place, sample) {
      const time = timesteps[place] ?? 0;
      const alpha = alphas[time] ?? 1;
      const next = time - gap >= 0 ? (alphas[time - gap] ?? 1) : 1;
      const beta = 1 - alpha / next;
      const ofPicture = (Math.sqrt(next) * beta) / (1 - alpha);
      const ofSample = (Math.sqrt(1 - beta) * (1 - next)) / (1 - alpha);
      const variance = large ? beta : ((1 - next) / (1 - alpha)) * beta;
      const spread = time > 0 ? Math.sqrt(Math.max(variance, 1e-20)) : 0;
      return sample.map((value, index) => {
        const { picture } = split(config, prediction[index] ?? 0, value, alpha);
        return ofPicture * clip(picture) + ofSample * value + (spread === 0 ? 0 : spread * noise());
      });
    },
  };
}

/**
 * Pseudo numerical methods (Liu et al., 2022): the linear multistep, as Stable Diffusion has it. The Runge–Kutta steps with
 * which it may begin are left out, as with `skip_prk_steps`.
 */
function openPndm(config: unknown, steps: number): NoiseScheduler {
  const alphas = alphasOf(config);
  const falling = timestepsOf(config, steps, 'leading').map(Math.round);
  // The second timestep is asked twice: once to try, once to go on.
  const timesteps = steps < 2 ? falling : [...falling.slice(0, 2), ...falling.slice(1)];
  const gap = Math.floor(alphas.length / steps);
  const final = own(config, 'set_alpha_to_one') === true ? 1 : (alphas[0] ?? 1);
  const past: Float32Array[] = [];
  let first: Float32Array = new Float32Array();
  const velocity = (own(config, 'prediction_type') ?? 'epsilon') !== 'epsilon';
  const alphaAt = (time: number) => (time >= 0 ? (alphas[Math.min(time, alphas.length - 1)] ?? 1) : final);
  return {
    timesteps,
    startScale: 1,
    input: unchanged,
    step(prediction, place, given) {
      let time = timesteps[place] ?? 0;
      let to = time - gap;
      let sample = given;
      if (place === 1) {
        [time, to] = [time + gap, time];
        sample = first;
      } else {
        past.push(prediction);
        if (past.length > 4) past.shift();
      }
      if (place === 0) first = given;
      const [e1, e2, e3, e4] = past.toReversed();
      const at = (list: Float32Array | undefined, index: number) => list?.[index] ?? 0;
      const direction = (index: number): number => {
        if (place === 0) return prediction[index] ?? 0;
        if (place === 1) return ((prediction[index] ?? 0) + at(e1, index)) / 2;
        if (past.length < 3) return (3 * at(e1, index) - at(e2, index)) / 2;
        if (past.length === 3) return (23 * at(e1, index) - 16 * at(e2, index) + 5 * at(e3, index)) / 12;
        return (55 * at(e1, index) - 59 * at(e2, index) + 37 * at(e3, index) - 9 * at(e4, index)) / 24;
      };
      const [alpha, next] = [alphaAt(time), alphaAt(to)];
      const ofSample = Math.sqrt(next / alpha);
      const ofNoise = (next - alpha) / (alpha * Math.sqrt(1 - next) + Math.sqrt(alpha * (1 - alpha) * next));
      return sample.map((value, index) => {
        const output = direction(index);
        const noise = velocity ? split(config, output, value, alpha).noise : output;
        return ofSample * value - ofNoise * noise;
      });
    },
  };
}

/** Euler’s method on noise levels (Karras et al., 2022, algorithm 2); the ancestral one adds fresh noise at each step. */
function openEuler(config: unknown, steps: number, noise: () => number): NoiseScheduler {
  const alphas = alphasOf(config);
  const timesteps = timestepsOf(config, steps, 'linspace');
  const ancestral = own(config, '_class_name') === 'EulerAncestralDiscreteScheduler';
  const levels = timesteps.map((time) => levelAt(alphas, time));
  const highest = levels[0] ?? 1;
  const spaced = own(config, 'timestep_spacing') ?? 'linspace';
  return {
    timesteps,
    startScale: spaced === 'linspace' || spaced === 'trailing' ? highest : Math.sqrt(highest ** 2 + 1),
    input(sample, place) {
      const scale = Math.sqrt((levels[place] ?? 0) ** 2 + 1);
      return sample.map((value) => value / scale);
    },
    step(prediction, place, sample) {
      const level = levels[place] ?? 0;
      const next = levels[place + 1] ?? 0;
      const up =
        ancestral && level > 0
          ? Math.min(next, Math.sqrt((next ** 2 * (level ** 2 - next ** 2)) / level ** 2))
          : 0;
      const down = Math.sqrt(next ** 2 - up ** 2);
      const kind = own(config, 'prediction_type') ?? 'epsilon';
      return sample.map((value, index) => {
        const output = prediction[index] ?? 0;
        const picture =
          kind === 'epsilon'
            ? value - level * output
            : kind === 'sample'
              ? output
              : (-output * level) / Math.sqrt(level ** 2 + 1) + value / (level ** 2 + 1);
        const slope = level === 0 ? 0 : (value - picture) / level;
        return value + slope * (down - level) + (up === 0 ? 0 : up * noise());
      });
    },
  };
}

/** The noise level at a timestep, between whole ones too. */
function levelAt(alphas: Float64Array, time: number): number {
  const level = (index: number) => {
    const alpha = alphas[Math.min(index, alphas.length - 1)] ?? 1;
    return Math.sqrt((1 - alpha) / alpha);
  };
  const below = Math.floor(time);
  return level(below) + (time - below) * (level(below + 1) - level(below));
}

/** Normal random numbers, the same for the same seed (Box and Muller, 1958). */
export function normalNumbers(seed: number): () => number {
  const uniform = randomNumbers(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
