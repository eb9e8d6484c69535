import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildGraph } from '../../src/architectures/index.js';
import { referenceModels, renamed, tensorsOf } from './reference-models.js';
import { expectWriter, type Writer } from './writer.js';

const models = referenceModels('gpt2') as readonly Writer[];
const folder = mkdtempSync(join(tmpdir(), 'validate-card-gpt2-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the graph of a GPT-2 model', () => {
  it.each(models)('$name gives what PyTorch gives', (model) => expectWriter(folder, model));

  it.each([
    ['as that of the head', (name: string) => name.replace('transformer.wte', 'lm_head')],
    [
      'as that of the head, in a file without the name of the decoder',
      (name: string) => name.replace('transformer.wte', 'lm_head').replace('transformer.', ''),
    ],
  ])('gives it where the tied table is stored %s', async (_, name) => {
    if (plain === undefined) throw new Error('no sample');
    await expectWriter(folder, renamed(plain, name));
  });
});

const [plain] = models;

describe('refusal', () => {
  it.each([
    [{}, 'built for 32'],
    [{ n_ctx: 16 }, 'built for 32'],
    [{ scale_attn_by_inverse_layer_idx: true }, 'unsupported: scale_attn_by_inverse_layer_idx is true'],
    [{ fuse_attention_qkv: true }, 'unsupported: nothing is known of its key "fuse_attention_qkv"'],
    [
      { architectures: ['GPT2ForSequenceClassification'] },
      'unsupported: its class is "GPT2ForSequenceClassification"',
    ],
    [{ n_head: 3 }, 'contradiction: its width of 16 cannot be shared out among 3 attention heads'],
    [
      { n_positions: 64 },
      'contradiction: the tensor transformer.wpe.weight has the shape [32, 16], and config.json tells [64, 16]',
    ],
    [
      { tie_word_embeddings: false },
      'contradiction: the tensor lm_head.weight is missing, and tie_word_embeddings is false',
    ],
    [
      { n_inner: 20 },
      'contradiction: the tensor transformer.h.0.mlp.c_fc.weight has the shape [16, 64], and config.json tells [16, 20]',
    ],
  ] as const)('of config.json with %o', async (change, wanted) => {
    if (plain === undefined) throw new Error('no sample');
    const built = buildGraph({ ...plain.config, ...change }, await tensorsOf(plain), 'ForCausalLM');
    const outcome =
      built.kind === 'built' ? `built for ${built.graph.longest}` : `${built.kind}: ${built.reason}`;
    expect(outcome).toBe(wanted);
  });
});
