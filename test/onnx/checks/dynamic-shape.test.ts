import { describe, expect, it } from 'vitest';
import { checkDynamicShape } from '../../../src/onnx/checks/dynamic-shape.js';

const check = (
  inputs: Readonly<Record<string, readonly (number | string)[] | null>>,
  preprocessor?: unknown,
) =>
  checkDynamicShape(
    { inputs: Object.entries(inputs).map(([name, shape]) => ({ name, type: 'float32', shape })) },
    'm.onnx',
    preprocessor,
  );
const status = (...args: Parameters<typeof check>) => check(...args).map((one) => one.status);

describe('dynamic-shape', () => {
  it('asks for texts of any length and number', () => {
    expect(status({ input_ids: ['b', 's'], attention_mask: ['b', 's'] })).toEqual(['passed']);
    expect(check({ input_ids: ['b', 128] })).toMatchObject([
      { status: 'failed', message: expect.stringContaining('exactly 128 tokens (input_ids)') },
    ]);
    expect(status({ input_ids: ['b', 's'], attention_mask: ['b', 128] })).toEqual(['failed']);
    expect(check({ input_ids: [1, 's'] })).toMatchObject([
      { status: 'warning', message: expect.stringContaining('batch of 1') },
    ]);
    expect(check({ input_ids: [8, 's'] })).toMatchObject([
      { status: 'failed', message: expect.stringContaining('exactly 8 inputs') },
    ]);
    expect(status({ 'past_key_values.0.key': ['b', 4, 32, 16] })).toEqual(['failed']);
    expect(status({ 'past_key_values.0.key': ['b', 4, 'p', 16] })).toEqual(['passed']);
  });

  const pixels = { pixel_values: ['b', 3, 224, 224] };
  it.each<[unknown, readonly string[]]>([
    [{ do_resize: true, size: { height: 224, width: 224 } }, ['passed']],
    [{ size: 224 }, ['passed']],
    [
      { do_center_crop: true, size: { shortest_edge: 256 }, crop_size: { height: 224, width: 224 } },
      ['passed'],
    ],
    [{ do_center_crop: true, size: 256, crop_size: 224 }, ['passed']],
    [{ size: { height: 384, width: 224 } }, ['failed']],
    [{ size: { shortest_edge: 224 } }, ['warning']],
    [{ do_resize: false, size: 224 }, ['warning']],
    [{ do_pad: true, size: { shortest_edge: 800 } }, ['passed']],
    [undefined, ['warning']],
    [[], ['warning']],
  ])('takes pictures of one size that the processor makes: %j', (preprocessor, expected) => {
    expect(status(pixels, preprocessor)).toEqual(expected);
  });

  it('says which sizes', () => {
    expect(
      check({ pixel_values: ['b', 3, 10, 20] }, { size: { height: 10, width: 30 } })[0]?.message,
    ).toMatch(
      /^m\.onnx takes pictures of exactly 20 × 10 pixels \(width × height\), but preprocessor_config\.json makes them 30 × 10\./,
    );
    expect(status({ pixel_values: ['b', 3, 'h', 'w'] })).toEqual(['passed']);
    expect(status({ pixel_values: ['b', 8, 3, 'h', 64] }, { size: 64 })).toEqual(['passed']);
  });

  it('takes sounds of one length that the feature extractor makes', () => {
    expect(status({ input_values: ['b', 's'] })).toEqual(['passed']);
    expect(status({ input_values: ['b', 16000] })).toEqual(['warning']);
    expect(status({ input_features: ['b', 80, 3000] }, { nb_max_frames: 3000 })).toEqual(['passed']);
    expect(status({ input_features: ['b', 80, 3000] })).toEqual(['warning']);
  });

  it('says nothing of inputs that may mean anything', () => {
    expect(check({ float_input: [1, 4], pixel_values: null })).toEqual([]);
    expect(check({})).toEqual([]);
  });
});
