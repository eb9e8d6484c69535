import { describe, expect, it } from 'vitest';
import { zeroShotAudioClassification as task } from '../../src/tasks/zero-shot-audio-classification.js';
import { modelFacts, runOn, sounds, transformersSession } from './session.js';

const INPUT = { audio: { kind: 'file', path: 'a.wav' }, labels: ['dog', 'cat'] } as const;

function session(logits: readonly number[], calls: unknown[] = []) {
  return transformersSession({
    media: sounds(),
    processor: { config: { sampling_rate: 48_000 }, pictures: async () => ({}), sound: async () => ({}) },
    call: async (samples, labels, options) => {
      calls.push((samples as Float32Array).length, labels, options);
      const data = Float32Array.from(logits);
      return {
        output: [],
        tensors: { logits_per_audio: { type: 'float32', dims: [1, logits.length], data } },
      };
    },
  });
}

describe('zero-shot-audio-classification', () => {
  it('ranks the labels', async () => {
    const calls: unknown[] = [];
    const { output } = await runOn(task, session([0, 2], calls), {
      input: INPUT,
      parameters: { hypothesis_template: 'I hear a {}' },
    });
    expect(output).toMatchObject([{ label: 'cat' }, { label: 'dog' }]);
    expect(calls).toEqual([48_000, ['dog', 'cat'], { hypothesis_template: 'I hear a {}' }]);
  });

  it.each([
    [[0, 2], [{ label: 'cat', score: 0.9 }], ['probabilities passed', 'expected-output passed']],
    [[2, 0], [{ label: 'cat', score: 0.9 }], ['probabilities passed', 'expected-output failed']],
    [[2, 0, 1], undefined, ['output-shape failed']],
  ])('checks %j', async (logits, expected, statuses) => {
    const inference = { input: INPUT, parameters: {} };
    const answer = await runOn(task, session(logits), inference);
    const checks = task.checkAnswer({
      ...answer,
      inference,
      tensors: [],
      ...(expected === undefined ? {} : { expected }),
    });
    expect(checks.map(({ id, status }) => `${id} ${status}`)).toEqual(statuses);
  });

  it.each([
    [{ inputs: 'UklGRg==', parameters: { candidate_labels: ['dog', 'cat'] } }, true],
    [{ inputs: 'UklGRg==', parameters: { candidate_labels: 'dog, cat' } }, true],
    [{ inputs: 'UklGRg==', parameters: {} }, false],
    [{ inputs: 'UklGRg==', parameters: { candidate_labels: ['dog', '', 'cat'] } }, true],
    [{ inputs: 'UklGRg==', parameters: { candidate_labels: ['dog', 7] } }, false],
    [{ inputs: 'UklGRg==', parameters: { candidate_labels: 3 } }, false],
    [{ inputs: 'UklGRg==', parameters: { candidate_labels: ['a'], hypothesis_template: 'no place' } }, false],
    [{ inputs: '???', parameters: { candidate_labels: ['a'] } }, false],
  ])('reads %j: %s', (body, ok) => {
    const result = task.readRequest(body, modelFacts());
    expect(result.ok).toBe(ok);
    if (result.ok) expect(result.value.input.labels).toEqual(['dog', 'cat']);
  });

  it('reads a widget example', () => {
    expect(task.readExample({ src: 'a.wav', candidate_labels: 'dog, cat' }, modelFacts())).toEqual({
      ok: true,
      value: { input: INPUT, parameters: {} },
    });
    expect(task.readExample({ src: 'a.wav' }, modelFacts()).ok).toBe(false);
  });
});
