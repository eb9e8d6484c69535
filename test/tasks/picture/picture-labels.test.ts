import { describe, expect, it } from 'vitest';
import { zeroShotImageClassification } from '../../../src/tasks/zero-shot-image-classification.js';
import { zeroShotObjectDetection } from '../../../src/tasks/zero-shot-object-detection.js';
import { LABELS } from '../labelled-pictures.js';
import { modelFacts } from '../session.js';

const NOTHING = modelFacts();

describe.each([zeroShotImageClassification, zeroShotObjectDetection])('candidate labels of $tag', (task) => {
  const example = (rest: object) => task.readExample({ src: 'a.png', ...rest }, NOTHING);

  it('are a list, or a text with commas', () => {
    for (const candidate_labels of [['a cat', 'a dog'], 'a cat, a dog,']) {
      expect(example({ candidate_labels })).toMatchObject({
        ok: true,
        value: { parameters: { candidate_labels: LABELS } },
      });
      expect(task.readRequest({ inputs: 'QUJD', parameters: { candidate_labels } }, NOTHING)).toMatchObject({
        ok: true,
        value: { parameters: { candidate_labels: LABELS } },
      });
    }
  });

  it.each([
    [{}, 'no `candidate_labels`'],
    [{ candidate_labels: [] }, 'is empty'],
    [{ candidate_labels: ', ' }, 'is empty'],
    [{ candidate_labels: [1] }, 'must be a text'],
    [{ candidate_labels: 7 }, 'must be a list'],
    [{ candidate_labels: new Array(201).fill('a') }, 'more than 200'],
  ])('are not %j', (rest, part) => {
    const read = example(rest);
    expect(read.ok ? '' : read.fault.message).toContain(part);
    expect(task.readRequest({ inputs: 'QUJD', parameters: rest }, NOTHING).ok).toBe(false);
  });

  it('stay the same for contrasting pictures', () => {
    const inference = {
      input: { kind: 'file', path: 'a.png' } as const,
      parameters: { candidate_labels: LABELS },
    };
    for (const { parameters } of task.contrast([inference], NOTHING)) {
      expect(parameters.candidate_labels).toEqual(LABELS);
    }
  });
});
