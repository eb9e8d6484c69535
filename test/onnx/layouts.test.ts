import { describe, expect, it } from 'vitest';
import { findGraphs, indexGraphs, LAYOUTS, variantsAt } from '../../src/onnx/layouts.js';
import { DTYPE_SUFFIXES } from '../../src/smoke/dtypes.js';

const files = (...paths: readonly string[]) => paths.map((path) => ({ path, size: 1 }));

describe('variants of a graph', () => {
  it('finds all dtypes, full precision first', () => {
    const all = Object.values(DTYPE_SUFFIXES).map((suffix) => `onnx/model${suffix}.onnx`);
    const found = variantsAt(
      indexGraphs(files('README.md', ...all.toReversed(), 'onnx/model_other.onnx')),
      'onnx/model',
    );
    expect(found.map(({ dtype }) => dtype)).toEqual(Object.keys(DTYPE_SUFFIXES));
    expect(found.map(({ file }) => file.path)).toEqual(all);
  });

  it('takes a path as it is', () => {
    const some = indexGraphs(files('model.onnx', 'unet/model.onnx', 'unet/model_q4f16.onnx'));
    expect(variantsAt(some, 'unet/model').map(({ dtype }) => dtype)).toEqual(['fp32', 'q4f16']);
    expect(variantsAt(some, 'onnx/model')).toEqual([]);
  });
});

describe('layouts of graphs', () => {
  const named = (...paths: readonly string[]) =>
    findGraphs(files(...paths)).layouts.map(({ layout, folder }) => `${folder}: ${layout.name}`);

  it.each<[readonly string[], readonly string[]]>([
    [[], []],
    [['onnx/model_quantized.onnx'], ['onnx/: a single graph']],
    [['model.onnx'], [': a single graph']],
    [['onnx/encoder_model.onnx', 'onnx/decoder_model_merged_q4.onnx'], ['onnx/: an encoder and a decoder']],
    [
      ['onnx/encoder_model.onnx', 'onnx/decoder_model.onnx', 'onnx/decoder_with_past_model.onnx'],
      ['onnx/: an encoder and a decoder, the decoder in two graphs'],
    ],
    [
      ['onnx/encoder_model.onnx', 'onnx/decoder_model.onnx', 'onnx/decoder_model_merged.onnx'],
      ['onnx/: an encoder and a decoder', 'onnx/: an encoder and a decoder without a cache'],
    ],
    [
      ['onnx/vision_encoder_fp16.onnx', 'onnx/embed_tokens.onnx', 'onnx/decoder_model_merged_q4.onnx'],
      ['onnx/: a model of texts and pictures'],
    ],
    [
      ['onnx/embed_tokens.onnx', 'onnx/decoder_model_merged.onnx'],
      ['onnx/: a decoder with its embedding in a graph of its own'],
    ],
    [['unet/model.onnx', 'text_encoder/model.onnx', 'vae_decoder/model.onnx'], [': a diffusion pipeline']],
    [['unet/model.onnx'], [': a denoiser of pictures']],
    [
      ['onnx/model.onnx', 'onnx/text_model.onnx', 'onnx/vision_model.onnx'],
      ['onnx/: a model of texts and one of pictures, side by side', 'onnx/: a single graph'],
    ],
  ])('tells what %j is', (paths, expected) => {
    expect(named(...paths)).toEqual(expected);
  });

  it('gives the variants of each graph by role, optional graphs, and what belongs to none', () => {
    const found = findGraphs(
      files(
        'text_encoder/model.onnx',
        'unet/model.onnx',
        'unet/model_fp16.onnx',
        'vae_decoder/model.onnx',
        'vae_encoder/model.onnx',
        'extra/detector.onnx',
      ),
    );
    const [pipeline] = found.layouts;
    expect(Object.keys(pipeline?.graphs ?? {})).toEqual(['encoder', 'denoiser', 'decoder', 'imageEncoder']);
    expect(pipeline?.graphs.denoiser?.map(({ dtype }) => dtype)).toEqual(['fp32', 'fp16']);
    expect(found.others).toEqual(['extra/detector.onnx']);
  });

  it('puts a layout before those whose graphs are among its own', () => {
    for (const [index, one] of LAYOUTS.entries()) {
      const bases = new Set(Object.values(one.graphs));
      for (const later of LAYOUTS.slice(index + 1)) {
        const wider = Object.values(later.graphs);
        expect(
          wider.length > bases.size && [...bases].every((base) => wider.includes(base)),
          `${one.name} before ${later.name}`,
        ).toBe(false);
      }
    }
  });

  it('is quick for ten thousand files', () => {
    const many = files(
      ...Array.from({ length: 5_000 }, (_, index) => `onnx/model_${index}.onnx`),
      ...Array.from({ length: 5_000 }, (_, index) => `checkpoints/${index}/weights.bin`),
      'onnx/model.onnx',
    );
    const start = process.cpuUsage();
    expect(findGraphs(many).others).toHaveLength(5_000);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(50);
  });
});
