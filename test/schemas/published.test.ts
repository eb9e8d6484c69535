import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';

type Schema = { readonly [keyword: string]: unknown };

const folder = new URL('../../schemas/', import.meta.url);
const names = readdirSync(folder);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Schema;

/** Strict: an unknown keyword, or one that another makes void, throws. The view for editors writes types beside `anyOf`. */
function compile(schema: Schema): ValidateFunction {
  const options = {
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    strictTypes: false,
    strictRequired: false,
  };
  const ajv = new Ajv2020(options);
  // One may refer to another by its id.
  for (const other of names.map(read)) if (other.$id !== schema.$id) ajv.addSchema(other);
  return ajv.compile(schema);
}

/** Every subschema below `properties`, with the path that leads to it. */
function* properties(node: unknown, path = ''): Generator<[string, Schema]> {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'properties') {
      for (const [name, property] of Object.entries(value as Record<string, Schema>)) {
        yield [`${path}.${name}`, property];
      }
    }
    if (key !== 'examples' && key !== 'enum' && key !== 'const') yield* properties(value, `${path}.${key}`);
  }
}

describe.each(names)('%s', (name) => {
  const schema = read(name);

  it('is a schema of draft 2020-12, with an id and a title', () => {
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.$id).toBe(`urn:validate-model-card:${name}`);
    expect(schema.title).toMatch(/^[A-Z]/);
    expect(schema.description).toMatch(/\.$/);
    const metaschema = new Ajv2020({ strict: false });
    expect(metaschema.validateSchema(schema), metaschema.errorsText()).toBe(true);
  });

  it('is understood as a whole', () => {
    expect(() => compile(schema)).not.toThrow();
  });

  it('holds examples that are valid', () => {
    const validate = compile(schema);
    for (const example of (schema.examples ?? []) as unknown[]) {
      expect(validate(example), JSON.stringify(validate.errors)).toBe(true);
    }
    for (const [path, property] of properties(schema)) {
      if (property.examples === undefined) continue;
      // References lead to definitions of the whole.
      const part = compile({ $defs: schema.$defs ?? {}, ...property });
      for (const example of property.examples as unknown[]) {
        expect(part(example), `${path}: ${JSON.stringify(example)}`).toBe(true);
      }
    }
  });
});

describe('eval-results.schema.json', () => {
  const validate = compile(read('eval-results.schema.json'));
  const dataset = { id: 'cais/hle', task_id: 'hle' };

  it('describes every key', () => {
    for (const [path, { description, examples }] of properties(read('eval-results.schema.json'))) {
      expect(description, path).toMatch(/^[A-Z].*\.$/);
      if (!path.endsWith('verifyToken')) expect(examples, path).not.toBeUndefined();
    }
  });

  it.each([
    [[{ dataset, value: 0.412 }]],
    [[{ dataset, value: -3, date: '2026-01-15T10:30:00+02:00', notes: 'With tools' }]],
    [
      [
        {
          dataset: { ...dataset, revision: '5503434' },
          value: 1,
          source: { url: 'https://x.org', user: 'a', org: 'b' },
        },
      ],
    ],
  ])('takes %j', (results) => {
    expect(validate(results), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each([
    [null],
    [[]],
    [{ dataset, value: 1 }],
    [[{ dataset }]],
    [[{ value: 1 }]],
    [[{ dataset: { id: 'cais/hle' }, value: 1 }]],
    [[{ dataset: 'cais/hle', value: 1 }]],
    [[{ dataset, value: '1' }]],
    [[{ dataset, value: null }]],
    [[{ dataset, value: 1, Notes: 'a' }]],
    [[{ dataset: { ...dataset, split: 'test' }, value: 1 }]],
    [[{ dataset: { ...dataset, id: 'https://huggingface.co/datasets/cais/hle' }, value: 1 }]],
    [[{ dataset: { ...dataset, revision: 'main' }, value: 1 }]],
    [[{ dataset, value: 1, date: '15.01.2026' }]],
    [[{ dataset, value: 1, source: { name: 'Paper' } }]],
    [[{ dataset, value: 1, source: { url: 'our paper' } }]],
    [
      [
        { dataset, value: 1 },
        { dataset, value: 1 },
      ],
    ],
  ])('refuses %j', (results) => {
    expect(validate(results)).toBe(false);
  });
});
