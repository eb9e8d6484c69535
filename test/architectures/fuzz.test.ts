import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEADS, headOfClass } from '../../src/architectures/architecture.js';
import { buildGraph } from '../../src/architectures/index.js';
import type { LocatedTensor } from '../../src/architectures/weights.js';
import { readSafetensorsHeader } from '../../src/safetensors/header.js';
import { cpuTime } from '../cpu-time.js';
import { REFERENCES, referenceModels, safetensorsOf, tensorsOf } from './reference-models.js';

const models = REFERENCES.flatMap((name) => referenceModels(name));

/** What strangers write in the place of a number. */
const odd = fc.oneof(
  fc.constantFrom(null, 0, -1, 1, 2, 3, 5, 7, 1.5, 1e-300, 2 ** 31, 2 ** 53, 1e300, '', '8', true, false),
  fc.jsonValue(),
);

describe('what strangers write', () => {
  it('into config.json is built, or refused with a reason; it never throws, and takes no time', async () => {
    const all = await Promise.all(models.map((model) => tensorsOf(model)));
    fc.assert(
      fc.property(
        fc.nat(models.length - 1),
        fc.constantFrom(...HEADS),
        fc.array(fc.tuple(fc.nat(40), odd), { maxLength: 3 }),
        fc.dictionary(fc.string(), odd, { maxKeys: 1 }),
        (index, head, changes, more) => {
          const model = models[index];
          if (model === undefined) return;
          const config: Record<string, unknown> = { ...model.config };
          const keys = Object.keys(config);
          for (const [at, value] of changes) config[keys[at % keys.length] ?? ''] = value;
          Object.assign(config, more);
          const computed = cpuTime();
          const built = buildGraph(config, all[index] ?? new Map<string, LocatedTensor>(), head);
          expect(computed()).toBeLessThan(2000);
          if (built.kind !== 'built') expect(built.reason.length).toBeGreaterThan(5);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('is no fault where a task wants vectors, whatever the model ends in', async () => {
    for (const model of models) {
      const built = buildGraph(model.config, await tensorsOf(model), 'Model');
      expect(built.kind, model.name).not.toBe('contradiction');
    }
  });

  it('as the largest number of layers is refused at once', async () => {
    for (const model of models) {
      const tensors = await tensorsOf(model);
      for (const key of Object.keys(model.config).filter((name) => /^(?!max_).*layers?$/.test(name))) {
        const computed = cpuTime();
        for (const head of HEADS) {
          const { kind } = buildGraph({ ...model.config, [key]: 2 ** 31 }, tensors, head);
          expect(kind, `${model.name}, ${key}`).not.toBe('built');
        }
        expect(computed()).toBeLessThan(2000);
      }
    }
  });

  it.each([1, 2, 3, 5, 7, 30, 64, 2 ** 31])('as %s buckets of relative positions', async (buckets) => {
    for (const model of models.filter(({ config }) => /^(?:t5|mt5|mpnet)$/.test(String(config.model_type)))) {
      const tensors = await tensorsOf(model);
      for (const [name, tensor] of tensors) {
        if (/relative_attention_bias/.test(name)) tensors.set(name, { ...tensor, shape: [buckets, 2] });
      }
      const head = headOfClass(String(model.config.architectures)) ?? 'Model';
      const built = buildGraph({ ...model.config, relative_attention_num_buckets: buckets }, tensors, head);
      const sound = model.config.model_type === 'mpnet' ? buckets === 32 : buckets % 4 === 0 && buckets <= 64;
      expect(built.kind === 'built').toBe(
        sound && buckets / 2 < Number(model.config.relative_attention_max_distance ?? 128),
      );
    }
  });

  it('as names and shapes of tensors is built, or refused with a reason', async () => {
    const all = await Promise.all(models.map((model) => tensorsOf(model)));
    fc.assert(
      fc.property(
        fc.nat(models.length - 1),
        fc.nat(200),
        fc.constantFrom('drop', 'rename', 'shape', 'dtype'),
        fc.array(fc.nat(40), { maxLength: 4 }),
        fc.string(),
        (index, at, what, shape, name) => {
          const model = models[index];
          const tensors = new Map(all[index]);
          const [victim, tensor] = [...tensors][at % tensors.size] ?? [];
          if (model === undefined || victim === undefined || tensor === undefined) return;
          if (what === 'drop' || what === 'rename') tensors.delete(victim);
          if (what === 'rename') tensors.set(name, tensor);
          if (what === 'shape') tensors.set(victim, { ...tensor, shape });
          if (what === 'dtype') tensors.set(victim, { ...tensor, dtype: name });
          const head = headOfClass(String(model.config.architectures)) ?? 'Model';
          const built = buildGraph(model.config, tensors, head);
          // Whatever is taken away from a model shows, but for what nobody uses.
          if (built.kind === 'built') {
            expect(victim).toMatch(
              /position_ids|pooler|embed_tokens|\.attn\.bias|inv_freq|lm_head|decoder\.bias|\.bias$|\.weight$|_token$|_embeddings$|masked_spec_embed$|final_logits_bias$/,
            );
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('as a safetensors file is read, or refused; it never throws', async () => {
    const [sample] = models;
    if (sample === undefined) throw new Error('no sample');
    const whole = safetensorsOf(sample);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { maxLength: 6 }),
        fc.nat(whole.length),
        fc.boolean(),
        async (bytes, end, cut) => {
          const file = Uint8Array.from(cut ? whole.subarray(0, end) : whole);
          for (const [at, value] of bytes) if (at < file.length) file[at] = value;
          const read = await readSafetensorsHeader({
            size: file.length,
            read: async (start, length) => file.subarray(start, start + length),
          });
          if (read.kind !== 'header') return;
          for (const { offset, length } of read.header.tensors.values()) {
            expect(offset + length).toBeLessThanOrEqual(file.length);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
