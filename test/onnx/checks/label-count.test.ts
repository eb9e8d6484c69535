import { describe, expect, it } from 'vitest';
import { checkLabelCount } from '../../../src/onnx/checks/label-count.js';

const check = (columns: number | null, labels: number, architecture = 'BertForSequenceClassification') =>
  checkLabelCount({ lastAxis: { logits: columns } }, 'm.onnx', {
    architectures: [architecture],
    id2label: Object.fromEntries(Array.from({ length: labels }, (_, index) => [index, `label ${index}`])),
  });

describe('label-count', () => {
  it.each([
    [3, 3, 'ViTForImageClassification', 'passed'],
    [3, 2, 'ViTForImageClassification', 'failed'],
    [2, 3, 'BertForTokenClassification', 'failed'],
    [1, 1, 'BertForSequenceClassification', 'passed'],
    [4, 3, 'DetrForObjectDetection', 'passed'],
    [3, 3, 'RTDetrForObjectDetection', 'passed'],
    [5, 3, 'DetrForObjectDetection', 'failed'],
    [2, 3, 'DetrForObjectDetection', 'failed'],
  ])('%i columns, %i labels, %s: %s', (columns, labels, architecture, expected) => {
    expect(check(columns, labels, architecture)).toMatchObject([{ id: 'label-count', status: expected }]);
  });

  it('names both numbers', () => {
    expect(check(3, 2)[0]?.message).toMatch(/names 2 labels.* m\.onnx have 3 columns/);
  });

  it('says nothing where the columns or the labels are unknown, or columns are no labels', () => {
    expect(check(null, 2)).toEqual([]);
    expect(check(300, 2, 'BertForMaskedLM')).toEqual([]);
    expect(
      checkLabelCount({ lastAxis: {} }, 'm.onnx', {
        architectures: ['BertForSequenceClassification'],
        id2label: {},
      }),
    ).toEqual([]);
    for (const config of [null, undefined, [], 'x', { architectures: 3, id2label: [] }, { id2label: {} }]) {
      expect(checkLabelCount({ lastAxis: { logits: 3 } }, 'm.onnx', config)).toEqual([]);
    }
  });
});
