import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { licenses } from '../../src/hub/licenses.js';
import { tasks } from '../../src/hub/tasks.js';
import { FIELD_VALIDATORS } from '../../src/rules/schema/metadata-validators.generated.js';

type Schema = { readonly [keyword: string]: unknown };

const schema = JSON.parse(
  readFileSync(new URL('../../schemas/model-card.schema.json', import.meta.url), 'utf8'),
) as Schema & { readonly properties: Readonly<Record<string, Schema>> };

const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  strictTypes: false,
  strictRequired: false,
});
const validate = ajv.compile(schema);
const entries = Object.entries(schema.properties);

/** Every subschema under `properties`, with the path that leads to it. */
function* named(node: unknown, path = ''): Generator<[string, Schema]> {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'properties') {
      for (const [name, property] of Object.entries(value as Record<string, Schema>))
        yield [`${path}.${name}`, property];
    }
    if (key !== 'examples' && key !== 'enum') yield* named(value, `${path}.${key}`);
  }
}

describe('the published schema', () => {
  it('is draft 2020-12 with an id', () => {
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.$id).toMatch(/model-card\.schema\.json$/);
  });

  it('covers the fields the Hub knows', () => {
    const fields =
      'language language_bcp47 license license_name license_link library_name pipeline_tag tags datasets metrics base_model base_model_relation new_version buckets widget inference mask_token instance_prompt model-index co2_eq_emissions thumbnail description gated extra_gated_prompt extra_gated_fields extra_gated_heading extra_gated_description extra_gated_button_content extra_gated_eu_disallowed';
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(fields.split(' ')));
  });

  it.each(entries)('%s: description, and examples that are valid', (name, property) => {
    expect(property.description).toMatch(/^[A-Z`].*\.$/);
    for (const example of (property.examples ?? []) as unknown[]) {
      expect(validate({ [name]: example }), ajv.errorsText(validate.errors)).toBe(true);
      expect(FIELD_VALIDATORS.get(name)?.(example) ?? true).toBe(true);
    }
  });

  it('describes every property, however deep', () => {
    const bare = [...named(schema)].filter(
      ([path, property]) => !property.description && !path.includes('extra_gated_fields'),
    );
    expect(bare.map(([path]) => path)).toEqual([]);
  });

  it('offers every license and task for completion', () => {
    const text = JSON.stringify(schema);
    for (const id of [...licenses().keys(), ...tasks().keys()]) expect(text).toContain(`"${id}"`);
    expect(schema.properties.pipeline_tag?.anyOf).toEqual([
      { enum: [...tasks().keys()] },
      { type: 'string' },
    ]);
  });

  it.each([
    { pipeline_tag: ['text-classification'] },
    { license: 'MIT' },
    { language: 'zh-CN' },
    { tags: 'finance' },
    { base_model: '/tmp/model' },
    { base_model_relation: 'distilled' },
    { widget: { text: 'x' } },
    { 'model-index': [{ name: 'm' }] },
    { extra_gated_fields: { A: 'textarea' } },
  ])('refuses %j', (metadata) => {
    expect(validate(metadata)).toBe(false);
  });

  it('lets pass what the Hub takes: unknown keys, free library names, tasks and languages it may come to know', () => {
    expect(validate({ bogus: 1, library_name: 'exllamav3', language: ['gom', 'en', 'sh'] })).toBe(true);
    expect(validate({ pipeline_tag: 'text2text-generation', gated: 'manual' })).toBe(true);
  });
});

describe('the validators of the fields', () => {
  it('report every fault once, at the deepest place', () => {
    const validate = FIELD_VALIDATORS.get('model-index');
    expect(
      validate?.([{ name: '', results: [{ task: {}, metrics: [{ type: 'x' }, null] }] }, { results: null }]),
    ).toBe(false);
    const faults = validate?.errors?.map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
    expect(faults?.sort()).toEqual([
      '/0/name minLength',
      '/0/results/0/metrics/0 required',
      '/0/results/0/metrics/1 type',
      '/0/results/0/task required',
      '/1 required',
      '/1/results type',
    ]);
  });

  it('leave alone what the Hub is not known to check', () => {
    expect(['metrics', 'buckets', 'gated', 'bogus'].filter((name) => FIELD_VALIDATORS.has(name))).toEqual([]);
  });
});
