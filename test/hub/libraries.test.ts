import { describe, expect, it } from 'vitest';
import { meantLibrary } from '../../src/hub/libraries.js';

describe('meantLibrary', () => {
  it.each([
    ['Transformers', 'transformers'],
    ['transformer', 'transformers'],
    ['tranformers', 'transformers'],
    ['tranfromers', 'transformers'],
    ['sentence_transformers', 'sentence-transformers'],
    ['sentencetransformers', 'sentence-transformers'],
    ['scikit-learn', 'sklearn'],
    ['open-clip', 'open_clip'],
    ['pyannote.audio', 'pyannote-audio'],
    ['Stable-Baselines3', 'stable-baselines3'],
    ['diffuser', 'diffusers'],
    ['adapters', 'adapter-transformers'],
    ['keras_hub', 'keras-hub'],
    ['SpaCy', 'spacy'],
  ])('takes %s for %s', (name, library) => {
    expect(meantLibrary(name)).toBe(library);
  });

  it.each([
    'transformers',
    'pytorch',
    'generic',
    'cleanrl',
    'ctransformers',
    'mlx-lm',
    'mlx_lm',
    'mlx-vlm',
    'yolov8',
    'yolov11',
    'sam3',
    'exllamav3',
    'onnx',
    'jax',
    'skrl',
    'gguf',
    'vllm',
    'wan2.1',
    'dualgnn',
    'pytorch-lightning',
    'TTS',
    'kokoro',
    'optimum',
    '',
  ])('takes %j for nothing else', (name) => {
    expect(meantLibrary(name)).toBeUndefined();
  });

  it('takes a very long name for nothing else', () => {
    expect(meantLibrary('x'.repeat(1e6))).toBeUndefined();
  });
});
