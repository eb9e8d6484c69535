import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Difference, differenceTable } from '../../scripts/build/architecture-table.js';
import { ARCHITECTURES } from '../../src/architectures/index.js';

const page = readFileSync(new URL('../../docs/architectures.md', import.meta.url), 'utf8');

describe('the table of differences', () => {
  it('has every model type that is built, and every head that there are references of', () => {
    for (const type of ARCHITECTURES.flatMap(({ modelTypes }) => modelTypes)) {
      expect(page, type).toContain(`| \`${type}\` | `);
    }
    const folder = new URL('references/', import.meta.url);
    const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl') && name !== 'lora.jsonl');
    for (const line of files.flatMap((name) =>
      readFileSync(new URL(name, folder), 'utf8').trimEnd().split('\n'),
    )) {
      const { config } = JSON.parse(line) as { config: Record<string, unknown> };
      const head = /(?:For[A-Z]\w*|LMHeadModel|MTModel|Model)$/.exec(String(config.architectures))?.[0];
      expect(page).toContain(`| \`${String(config.model_type)}\` | ${head} | `);
    }
  });

  it('tells the largest, rounded up, and what did not run', () => {
    const one = (device: string, dtype: string, difference: number | null): Difference => ({
      device,
      type: 'bert',
      class: 'BertModel',
      dtype,
      name: dtype,
      difference,
    });
    const seen = [
      one('cpu', 'F32', 1.01e-7),
      one('cpu', 'F32', 9e-8),
      one('cpu', 'F16', 2e-6),
      one('webgpu', 'F32', null),
    ];
    expect(differenceTable(seen).trimEnd().split('\n').at(-1)).toBe(
      '| `bert` | Model | 2 | 1.1e-7 | 2.0e-6 |  | no number | not run |  |',
    );
  });
});
