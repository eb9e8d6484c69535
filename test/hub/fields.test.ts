import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fieldRows } from '../../scripts/schemas/field-rows.js';
import { fieldsIn } from '../../src/hub/fields.js';

const schema = JSON.parse(
  readFileSync(new URL('../../schemas/model-card.schema.json', import.meta.url), 'utf8'),
) as { readonly properties: Readonly<Record<string, { readonly description: string }>> };

describe('the table of keys', () => {
  it('is the published schema’s, at the top and inside', () => {
    expect([...fieldsIn().keys()]).toEqual(Object.keys(schema.properties));
    for (const [name, { description }] of Object.entries(schema.properties)) {
      expect(fieldsIn().get(name)?.description).toBe(description);
    }
    const rows = fieldRows(schema);
    const parents = new Set(rows.map(([path]) => path.slice(0, Math.max(path.lastIndexOf('.'), 0))));
    const fields = [...parents].flatMap((parent) => [...fieldsIn(parent).values()]);
    expect(fields.map(({ path }) => path).sort()).toEqual(rows.map(([path]) => path).sort());
  });

  it('says what a value looks like, and which keys are required', () => {
    const shapes = Object.fromEntries([...fieldsIn().values()].map(({ name, shape }) => [name, shape]));
    expect(shapes).toMatchObject({
      license: 'string or list of strings',
      tags: 'list of strings',
      widget: 'list of mappings',
      inference: 'true or false or mapping',
      thumbnail: 'string or null',
      gated: 'true or false or string',
    });
    const result = fieldsIn('model-index[].results[]');
    expect([...result.values()].map(({ name, required }) => [name, required])).toEqual([
      ['task', true],
      ['dataset', false],
      ['metrics', true],
      ['source', false],
    ]);
    expect(result.get('metrics')?.path).toBe('model-index[].results[].metrics');
    expect(fieldsIn('model-index[].results[].metrics[]').get('value')?.shape).toBe('any value');
  });

  it('is empty where no key is known', () => {
    expect(fieldsIn('license').size).toBe(0);
    expect(fieldsIn('nowhere').size).toBe(0);
    expect(fieldsIn('constructor').size).toBe(0);
  });
});
