import { describe, expect, it } from 'vitest';
import { checkShownSound, checkSound, compareSounds, measureSound } from '../../../src/tasks/sound/sound.js';

const RATE = 16_000;
const tone = (seconds = 1, hertz = 440, loudness = 0.5) =>
  Float32Array.from(
    { length: seconds * RATE },
    (_, index) => loudness * Math.sin((2 * Math.PI * hertz * index) / RATE),
  );
const measured = (samples: Float32Array) => measureSound(samples, RATE);

describe('a sound that a model made', () => {
  it.each([
    ['a tone', tone(), 'passed', 'lasts 1 s at 16000 Hz'],
    ['nothing', new Float32Array(), 'failed', 'is empty'],
    ['silence', new Float32Array(RATE), 'failed', 'is silent'],
    ['a faint hiss', tone(1, 440, 5e-5), 'failed', 'is silent'],
    ['a constant', new Float32Array(RATE).fill(0.3), 'failed', 'the constant 0.3'],
    ['NaN', new Float32Array(RATE).fill(Number.NaN), 'failed', 'no finite numbers'],
    ['16 bits', tone(1, 440, 20_000), 'failed', 'up to 20000'],
    ['overdrive', tone(1, 440, 3), 'failed', 'is clipped'],
    ['a peak at full scale', tone(1, 440, 1), 'passed', ''],
  ])('%s', (_, samples, status, message) => {
    const check = checkSound(measured(samples), 'The sound');
    expect(check).toMatchObject({ id: 'sound', status });
    expect(check.message).toContain(message);
  });
});

describe('two sounds', () => {
  const full = measured(tone());
  it.each([
    ['the same', tone(), true, 'alike'],
    ['a little louder', tone(1, 440, 0.6), true, 'alike'],
    ['twice as long', tone(2), false, 'lasts 2 s instead of 1 s'],
    ['much quieter', tone(1, 440, 0.05), false, 'loudness is 0.0354 instead of 0.354'],
    ['silent', new Float32Array(RATE), false, 'loudness'],
    ['far higher', tone(1, 6000), false, 'course differs'],
  ])('%s', (_, samples, agrees, seen) => {
    const comparison = compareSounds([full], [measured(samples)]);
    expect(comparison.agrees).toBe(agrees);
    expect(comparison.seen).toContain(seen);
  });

  it('are as many', () => {
    expect(compareSounds([full], [full, full])).toMatchObject({ agrees: false, drift: null });
  });
});

describe('the recording of the card', () => {
  const sound = measured(tone());
  it('is compared where it is here', () => {
    expect(checkShownSound(sound, sound).status).toBe('passed');
    expect(checkShownSound(sound, measured(tone(3))).status).toBe('warning');
    expect(checkShownSound(sound, null).status).toBe('skipped');
  });
});
