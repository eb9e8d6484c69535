import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { distanceRows } from '../../src/architectures/disentangled-attention.js';
import { altered, differenceOf, withTableOfTheHead } from './encoder.js';
import { referenceModels, TOLERANCE } from './reference-models.js';

const models = referenceModels('deberta');
const folder = mkdtempSync(join(tmpdir(), 'validate-card-deberta-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the graph of a DeBERTa model', () => {
  it.each(models)('$name gives what PyTorch gives', async (model) => {
    expect(await differenceOf(folder, model)).toBeLessThan(TOLERANCE);
  });

  it.each(withTableOfTheHead(models))(
    '$name gives it where the table of words is stored as that of the head',
    async (model) => {
      expect(await differenceOf(folder, model)).toBeLessThan(TOLERANCE);
    },
  );

  it('covers both versions and five heads', () => {
    expect(new Set(models.map(({ config }) => String(config.architectures))).size).toBe(10);
  });
});

describe('the rows of distances', () => {
  it('are those of DeBERTa-v3: 256 buckets for distances up to 512', () => {
    const rows = distanceRows(1024, 256, { buckets: 256, farthest: 512 });
    const row = (distance: number) => rows[1023 + distance];
    // `make_log_bucket_position` of transformers, with PyTorch 1.13.
    expect([0, 1, -1, 127, 128, 129, 130, 200, 256, 400, 511, 512, 1000].map(row)).toEqual([
      256, 257, 255, 383, 384, 385, 386, 425, 448, 489, 511, 511, 511,
    ]);
    expect([-128, -129, -200, -511, -512, -1000].map(row)).toEqual([128, 127, 87, 1, 0, 0]);
  });
});

const sample = models.find(({ name }) => name.startsWith('deberta-v2 ForSequenceClassification, as v3'));
const first = models.find(({ name }) => name.startsWith('deberta ForSequenceClassification'));

describe('refusal', () => {
  it.each([
    [{}, 'built'],
    [{ transformers_version: '4.49.0', hidden_dropout_prob: 0.1, pooler_dropout: 0 }, 'built'],
    [{ legacy: false }, 'unsupported: legacy is false'],
    [{ pos_att_type: ['c2p', 'p2p'] }, 'unsupported: pos_att_type has "p2p"'],
    [{ pos_att_type: 7 }, 'unsupported: pos_att_type has 7'],
    [{ pos_att_type: 'c2p|c2p' }, 'unsupported: pos_att_type has a kind twice'],
    [{ norm_rel_ebd: 'batch_norm' }, 'unsupported: norm_rel_ebd has "batch_norm"'],
    [{ conv_kernel_size: 4 }, 'unsupported: conv_kernel_size is 4'],
    [{ conv_kernel_size: 3 }, 'contradiction: the tensor deberta.encoder.conv.conv.weight is missing'],
    [{ attention_head_size: 8 }, 'unsupported: attention_head_size is not 4'],
    [{ pooler_hidden_size: 4 }, 'unsupported: pooler_hidden_size is not 8'],
    [
      { position_buckets: 1 },
      /^contradiction: the tensor deberta\.encoder\.rel_embeddings\.weight has the shape/,
    ],
    [
      { position_buckets: 8, max_relative_positions: 3 },
      'unsupported: it has 8 buckets for distances up to 3',
    ],
    [{ position_buckets: 'x' }, 'contradiction: position_buckets is "x"'],
    [{ relative_attention: false }, /^contradiction: 1 tensor belongs to no part.*rel_embeddings/],
    [
      { share_att_key: false },
      'contradiction: the tensor deberta.encoder.layer.0.attention.self.pos_key_proj.weight is missing',
    ],
    [
      { type_vocab_size: 2 },
      'contradiction: the tensor deberta.embeddings.token_type_embeddings.weight is missing',
    ],
    [
      { position_biased_input: true },
      'contradiction: the tensor deberta.embeddings.position_embeddings.weight is missing',
    ],
    [{ talking_head: true }, 'unsupported: nothing is known of its key "talking_head"'],
    [
      { architectures: ['DebertaForSequenceClassification'] },
      'unsupported: its class is "DebertaForSequenceClassification"',
    ],
    [{ num_hidden_layers: 1 }, /^contradiction: 16 tensors belong to no part/],
    [
      { num_attention_heads: 3 },
      'contradiction: its width of 8 cannot be shared out among 3 attention heads',
    ],
  ] as const)('of config.json with %o', async (change, wanted) => {
    const outcome = await altered(sample, change);
    if (typeof wanted === 'string') expect(outcome).toBe(wanted);
    else expect(outcome).toMatch(wanted);
  });

  it('of what only the first version has', async () => {
    expect(await altered(first, {})).toBe('built');
    expect(await altered(first, { talking_head: true })).toBe('unsupported: talking_head is true');
    expect(await altered(first, { position_buckets: 8 })).toBe(
      'unsupported: nothing is known of its key "position_buckets"',
    );
  });

  it('of a missing head; the encoder alone can be had of any', async () => {
    expect(await altered(sample, {}, (all) => all.delete('pooler.dense.weight'))).toBe(
      'contradiction: the tensor pooler.dense.weight is missing',
    );
    expect(await altered(sample, {}, undefined, 'Model')).toBe('built');
  });
});
