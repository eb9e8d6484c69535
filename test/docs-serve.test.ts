import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SERVE_OPTIONS } from '../src/cli/option-table.js';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** The cells of the rows of the table that begins with `head`. */
function table(page: string, head: string): readonly (readonly string[])[] {
  const [, rows = ''] = page.split(`${head}\n`);
  return rows
    .slice(0, rows.indexOf('\n\n'))
    .split('\n')
    .slice(1)
    .map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()));
}

/** Names of the fields of an interface, as its file has them. */
function fieldsOf(file: string, name: string): readonly string[] {
  const [, body = ''] = read(file).split(`export interface ${name} `);
  return [...body.slice(0, body.indexOf('\n}')).matchAll(/^ {2}readonly (\w+)\??:/gm)].map(
    ([, field = '']) => field,
  );
}

describe('options of the server', () => {
  const rows = table(
    read('docs/library.md'),
    '| of `validate-card serve` | of `createServer` | when absent |',
  );
  const quoted = (column: number) =>
    rows.flatMap((cells) => [...(cells[column] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));

  it('stand beside those of the command, each once', () => {
    const fields = [
      ...fieldsOf('src/serve/server-options.ts', 'ServerOptions'),
      ...fieldsOf('src/serve/catalog.ts', 'CatalogOptions'),
    ];
    expect(fields).toContain('cwd');
    const told = quoted(2).filter((name) => name !== 'HubAccess');
    expect([...told].sort()).toEqual([...fields].sort());
  });

  it('are those of the command, which docs/serve.md names', () => {
    const told = quoted(1).flatMap((name) => (name.startsWith('--') ? [name.slice(2)] : []));
    // What only the terminal sees.
    const shown = ['color', 'no-color', 'debug', 'help'];
    expect([...told, ...shown].sort()).toEqual(Object.keys(SERVE_OPTIONS).sort());
    const page = read('docs/serve.md');
    expect(told.filter((name) => !new RegExp(`--${name}\\b`).test(page))).toEqual([]);
  });
});
