import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Head } from '../../src/architectures/architecture.js';
import type { LocatedTensor } from '../../src/architectures/weights.js';
import { altered as alteredModel, differenceOf, withTableOfTheHead } from './encoder.js';
import { referenceModels, TOLERANCE } from './reference-models.js';

const models = referenceModels('bert');
const folder = mkdtempSync(join(tmpdir(), 'validate-card-bert-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the graph of a BERT model', () => {
  it.each(models)('$name gives what PyTorch gives', async (model) => {
    expect(await differenceOf(folder, model)).toBeLessThan(TOLERANCE);
  });

  it.each(withTableOfTheHead(models))(
    '$name gives it where the table of words is stored as that of the head',
    async (model) => {
      expect(await differenceOf(folder, model)).toBeLessThan(TOLERANCE);
    },
  );

  it('covers seven model types and five heads', () => {
    expect(models).toHaveLength(70);
    expect(new Set(models.map(({ config }) => String(config.architectures))).size).toBe(35);
  });
});

const [sample] = models.filter(
  ({ config }) => String(config.architectures) === 'BertForSequenceClassification',
);

/** Builds the sample with another config.json or other tensors. */
const altered = (
  change: Readonly<Record<string, unknown>>,
  tensors?: (all: Map<string, LocatedTensor>) => void,
  head: Head = 'ForSequenceClassification',
) => alteredModel(sample, change, tensors, head);

describe('refusal', () => {
  it.each([
    [{}, 'built'],
    [{ transformers_version: '4.49.0', hidden_dropout_prob: 0.1 }, 'built'],
    [{ position_embedding_type: 'relative_key' }, 'unsupported: position_embedding_type is "relative_key"'],
    [{ alibi: true }, 'unsupported: nothing is known of its key "alibi"'],
    [{ is_decoder: true }, 'unsupported: is_decoder is true'],
    [{ hidden_act: 'quick_gelu' }, 'unsupported: its activation is "quick_gelu"'],
    [{ architectures: ['BertForMultipleChoice'] }, 'unsupported: its class is "BertForMultipleChoice"'],
    [{ architectures: ['RobertaForMaskedLM'] }, 'unsupported: its class is "RobertaForMaskedLM"'],
    [{ architectures: ['BertModel', 'BertForMaskedLM'] }, 'unsupported: it has 2 classes in architectures'],
    [{ architectures: undefined }, 'unsupported: architectures names no class'],
    [{ model_type: 'mamba' }, 'unsupported: nothing is known of its model_type "mamba"'],
    [{ model_type: 'constructor' }, 'unsupported: nothing is known of its model_type "constructor"'],
    [{ quantization_config: { quant_method: 'gptq' } }, 'unsupported: its weights are quantized ("gptq")'],
    [{ auto_map: { AutoModel: 'x.Y' } }, 'unsupported: it needs Python code of its own (auto_map)'],
    [{ torch_dtype: 'float8_e4m3fn' }, 'unsupported: torch_dtype is "float8_e4m3fn"'],
    [
      JSON.parse('{"__proto__": 1}') as Record<string, unknown>,
      'unsupported: nothing is known of its key "__proto__"',
    ],
    [
      { id2label: { 0: 'a', 1: 'b' } },
      'contradiction: config.json names 2 labels, and classifier.weight has 3 rows',
    ],
    [
      { num_hidden_layers: 1 },
      /^contradiction: 16 tensors belong to no part of the model that config.json describes \(bert\.encoder\.layer\.1\./,
    ],
    [
      { num_hidden_layers: 3 },
      'contradiction: the tensor bert.encoder.layer.2.attention.self.query.weight is missing',
    ],
    [{ num_hidden_layers: 2 ** 40 }, 'unsupported: num_hidden_layers is 1099511627776'],
    [{ num_hidden_layers: -1 }, 'contradiction: num_hidden_layers is -1'],
    [
      { hidden_size: 64 },
      'contradiction: the tensor bert.embeddings.word_embeddings.weight has the shape [24, 8], and config.json tells [24, 64]',
    ],
    [
      { num_attention_heads: 3 },
      'contradiction: its width of 8 cannot be shared out among 3 attention heads',
    ],
    [
      { vocab_size: 25 },
      'contradiction: the tensor bert.embeddings.word_embeddings.weight has the shape [24, 8], and config.json tells [25, 8]',
    ],
  ] as const)('of config.json with %o', async (change, wanted) => {
    const outcome = await altered(change);
    if (typeof wanted === 'string') expect(outcome).toBe(wanted);
    else expect(outcome).toMatch(wanted);
  });

  it('of buckets that MPNet does not count in: it has 32, whatever its table has', async () => {
    const model = models.find(({ config }) => String(config.architectures) === 'MPNetForMaskedLM');
    const change = { relative_attention_num_buckets: 16 };
    expect(await alteredModel(model, change)).toBe('unsupported: relative_attention_num_buckets is 16');
  });

  it('of a head that the task does not need; the encoder alone can be had of any', async () => {
    expect(await altered({}, undefined, 'ForMaskedLM')).toBe(
      'contradiction: config.json names the class BertForSequenceClassification, and the task needs BertForMaskedLM',
    );
    expect(await altered({}, undefined, 'Model')).toBe('built');
  });

  it('of tensors of another type', async () => {
    const outcome = await altered({}, (all) => {
      const tensor = all.get('classifier.weight');
      if (tensor !== undefined) all.set('classifier.weight', { ...tensor, dtype: 'U8' });
    });
    expect(outcome).toBe('unsupported: the tensor classifier.weight is stored as U8');
  });

  it('of a missing head, and of what an adapter left over', async () => {
    expect(await altered({}, (all) => all.delete('classifier.weight'))).toBe(
      'contradiction: the tensor classifier.weight is missing',
    );
    const outcome = await altered({}, (all) => {
      const tensor = all.get('classifier.weight');
      const name = 'bert.encoder.layer.0.attention.self.query.lora_A.weight';
      if (tensor !== undefined) all.set(name, tensor);
    });
    expect(outcome).toBe(
      'contradiction: 1 tensor belongs to no part of the model that config.json describes (bert.encoder.layer.0.attention.self.query.lora_A.weight)',
    );
  });

  it('takes the names that layer normalization had once', async () => {
    const outcome = await altered({}, (all) => {
      for (const [name, tensor] of [...all]) {
        if (!/LayerNorm/.test(name)) continue;
        all.delete(name);
        all.set(name.replace('.weight', '.gamma').replace('.bias', '.beta'), tensor);
      }
    });
    expect(outcome).toBe('built');
  });
});
