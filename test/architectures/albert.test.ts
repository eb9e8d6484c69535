import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { altered, differenceOf, withTableOfTheHead } from './encoder.js';
import { referenceModels, TOLERANCE } from './reference-models.js';

const models = referenceModels('albert');
const folder = mkdtempSync(join(tmpdir(), 'validate-card-albert-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the graph of an ALBERT model', () => {
  it.each(models)('$name gives what PyTorch gives', async (model) => {
    expect(await differenceOf(folder, model)).toBeLessThan(TOLERANCE);
  });

  it.each(withTableOfTheHead(models))(
    '$name gives it where the table of words is stored as that of the head',
    async (model) => {
      expect(await differenceOf(folder, model)).toBeLessThan(TOLERANCE);
    },
  );

  it('covers five heads', () => {
    expect(new Set(models.map(({ config }) => String(config.architectures))).size).toBe(5);
  });
});

const sample = models.find(({ name }) => name.startsWith('albert ForSequenceClassification, 4 layers'));

describe('refusal', () => {
  it.each([
    [{}, 'built'],
    [
      {
        classifier_dropout_prob: 0.1,
        down_scale_factor: 1,
        gap_size: 0,
        net_structure_type: 0,
        num_memory_blocks: 0,
      },
      'built',
    ],
    // Layers have no weights of their own.
    [{ num_hidden_layers: 6 }, 'built'],
    [{ num_hidden_layers: 1000 }, 'unsupported: it has 1000 layers'],
    [{ num_hidden_groups: 1 }, /^contradiction: 16 tensors belong to no part/],
    [{ num_hidden_groups: 5 }, 'contradiction: num_hidden_groups is 5, and num_hidden_layers is 4'],
    [
      { num_hidden_groups: 3 },
      'contradiction: the tensor albert.encoder.albert_layer_groups.2.albert_layers.0.attention.query.weight is missing',
    ],
    [
      { inner_group_num: 2 },
      'contradiction: the tensor albert.encoder.albert_layer_groups.0.albert_layers.1.attention.query.weight is missing',
    ],
    [{ position_embedding_type: 'relative_key' }, 'unsupported: position_embedding_type is "relative_key"'],
    [
      { embedding_size: 8 },
      /^contradiction: the tensor albert\.embeddings\.word_embeddings\.weight has the shape/,
    ],
    [{ id2label: { 0: 'a' } }, 'contradiction: config.json names 1 labels, and classifier.weight has 3 rows'],
    [{ architectures: ['AlbertForPreTraining'] }, 'unsupported: its class is "AlbertForPreTraining"'],
    [{ hidden_act: 'mish' }, 'unsupported: its activation is "mish"'],
    [{ alibi: 1 }, 'unsupported: nothing is known of its key "alibi"'],
  ] as const)('of config.json with %o', async (change, wanted) => {
    const outcome = await altered(sample, change);
    if (typeof wanted === 'string') expect(outcome).toBe(wanted);
    else expect(outcome).toMatch(wanted);
  });

  it('of a missing layer before the labels; the encoder alone can be had of any', async () => {
    expect(await altered(sample, {}, (all) => all.delete('albert.pooler.weight'))).toBe(
      'contradiction: the tensor albert.pooler.weight is missing',
    );
    expect(await altered(sample, {}, undefined, 'Model')).toBe('built');
  });
});
