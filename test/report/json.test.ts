import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { RepoTarget } from '../../src/repo/repo.js';
import { formatReport } from '../../src/report/index.js';
import { AWKWARD, CLEAN, REPORT, SILENCED } from './sample.js';

const schema: object = JSON.parse(
  readFileSync(new URL('../../schemas/report.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);

/** Faults of a report against its published schema. */
function faults(report: unknown): readonly string[] {
  validate(report);
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

describe('json', () => {
  it.each([
    ['everything', REPORT],
    ['nothing', CLEAN],
    ['silenced findings', SILENCED()],
  ])('fits the published schema with %s found', (_, report) => {
    expect(faults(JSON.parse(formatReport(report, 'json')))).toEqual([]);
  });

  it.each<RepoTarget>([
    { kind: 'folder', path: '.' },
    { kind: 'card', path: 'a/README.md' },
    { kind: 'hub', id: 'org/name', revision: 'main' },
    { kind: 'memory' },
  ])('fits the published schema whatever was validated: $kind', (target) => {
    expect(faults(JSON.parse(formatReport({ ...REPORT, target }, 'json')))).toEqual([]);
  });

  it('has a schema that refuses what is not in the contract', () => {
    const report = JSON.parse(formatReport(REPORT, 'json'));
    expect(faults({ ...report, extra: 1 })).not.toEqual([]);
    expect(faults({ ...report, schemaVersion: 2 })).not.toEqual([]);
    expect(faults({ ...report, summary: undefined })).not.toEqual([]);
    expect(faults({ ...report, smoke: { ...report.smoke, device: 'auto' } })).not.toEqual([]);
    expect(faults({ ...report, diagnostics: [{ ...report.diagnostics[0], severity: 'fatal' }] })).not.toEqual(
      [],
    );
  });

  it('describes every property of the schema', () => {
    const bare: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (key === 'properties') {
          for (const [name, property] of Object.entries(value as Record<string, object>)) {
            if (!('description' in property) && !('$ref' in property)) bare.push(`${path}/${name}`);
          }
        }
        walk(value, `${path}/${key}`);
      }
    };
    walk(schema, '');
    expect(bare).toEqual([]);
  });

  it('writes keys in the same order, whatever the order they come in', () => {
    const shuffled = Object.fromEntries(Object.entries(REPORT).reverse()) as unknown as typeof REPORT;
    expect(formatReport(shuffled, 'json')).toBe(formatReport(REPORT, 'json'));
    expect(Object.keys(JSON.parse(formatReport(REPORT, 'json')))).toEqual([
      'schemaVersion',
      'tool',
      'tables',
      'target',
      'diagnostics',
      'support',
      'smoke',
      'summary',
    ]);
  });

  it('writes what JSON lacks as strings', () => {
    const inner: unknown[] = [1];
    inner.push(inner);
    const twice = { a: 1 };
    const parameters = {
      nan: Number.NaN,
      inf: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      small: 5n,
      large: 2n ** 60n,
      bytes: new Uint8Array([1, 2, 255]),
      floats: new Float32Array([0.5, Number.NaN]),
      date: new Date('2024-01-02T00:00:00Z'),
      noDate: new Date(Number.NaN),
      inner,
      twice: [twice, twice],
      ['__proto__']: 'kept',
    };
    const report = { ...CLEAN, support: { ...CLEAN.support, api: { ...CLEAN.support.api, parameters } } };
    const text = formatReport(report, 'json');
    expect(text.slice(text.indexOf('"parameters"'), text.indexOf('"widget"'))).toContain(
      '"__proto__": "kept"',
    );
    const { ['__proto__']: _, ...rest } = JSON.parse(text).support.api.parameters;
    expect(rest).toEqual({
      nan: 'NaN',
      inf: ['Infinity', '-Infinity'],
      small: 5,
      large: '1152921504606846976',
      bytes: 'AQL/',
      floats: [0.5, 'NaN'],
      date: '2024-01-02T00:00:00.000Z',
      noDate: 'Invalid Date',
      inner: [1, '[circular]'],
      twice: [{ a: 1 }, { a: 1 }],
    });
  });

  it('ends with a line break and holds no terminal escape', () => {
    const text = formatReport(REPORT, 'json');
    expect(text.endsWith('}\n')).toBe(true);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(JSON.parse(text).smoke.cases[1].input).toBe(AWKWARD);
  });
});
