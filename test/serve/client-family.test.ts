import { describe, expect, it } from 'vitest';
import { familyOf, isHuggingFaceJs } from '../../src/serve/client-family.js';

describe('who asks', () => {
  it.each([
    ['@huggingface/inference/4.13.30 Node.js/20', 'js'],
    ['@huggingface/inference/4.13.15', 'js'],
    ['@huggingface/inference/5.0.0', 'js'],
    ['@huggingface/inference/next', 'js'],
    ['@huggingface/inference/4.13.14', 'js-4.5'],
    ['@huggingface/inference/4.5.0', 'js-4.5'],
    ['@huggingface/inference/4.4.0 Node.js/22', 'js-3'],
    ['@huggingface/inference/3.15.0', 'js-3'],
    ['@huggingface/inference/3.1.4', 'js-3'],
    ['unknown/None; hf_hub/0.21.0; python/3.11', 'legacy'],
    ['unknown/None; hf_hub/0.29.3; python/3.12', 'legacy'],
    ['unknown/None; hf_hub/0.30.0; python/3.12', 'hub-1.1'],
    ['transformers/4.57.0; hf_hub/0.36.2; python/3.12', 'hub-1.1'],
    ['unknown/None; hf_hub/1.0.0.rc7; python/3.12', 'hub-1.1'],
    ['unknown/None; hf_hub/1.1.4; python/3.13', 'hub-1.1'],
    ['unknown/None; hf_hub/1.1.5; python/3.13', 'other'],
    ['unknown/None; hf_hub/1.29.0; python/3.13', 'other'],
    ['unknown/None; hf_hub/2.0.0.dev0; python/3.13', 'other'],
    ['curl/8.5.0', 'other'],
  ])('is found by its agent: %s', (agent, family) => {
    expect(familyOf(agent, { inputs: 'a text' })).toBe(family);
    expect(isHuggingFaceJs(agent)).toBe(family.startsWith('js'));
  });

  it('is an old client where the body has what only old ones put there, whatever carries it', () => {
    expect(familyOf('node', { inputs: 'a text', options: {} })).toBe('legacy');
    expect(familyOf(undefined, { inputs: 'a text', parameters: { candidate_labels: 'a,b' } })).toBe('legacy');
    expect(familyOf(undefined, 'a text')).toBe('other');
    expect(isHuggingFaceJs(undefined)).toBe(false);
  });
});
