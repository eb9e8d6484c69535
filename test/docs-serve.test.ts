import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SERVE_OPTIONS } from '../src/cli/option-table.js';
import type { RequestEvent } from '../src/serve/events.js';
import { openAiError } from '../src/serve/openai/openai-error.js';
import { TASKS } from '../src/tasks/index.js';

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

describe('docs/serve-requests.md', () => {
  const page = read('docs/serve-requests.md');

  it('has each task once', () => {
    const rows = table(page, '| task | inputs | parameters | answer |');
    const told = rows.flatMap(([, tasks = '']) => tasks.split(', '));
    expect([...told].sort()).toEqual([...TASKS.keys()].sort());
    for (const [, , inputs, , answer] of rows) expect([inputs, answer]).not.toContain('');
  });

  it('has each status of an error, and what OpenAI’s API makes of it', () => {
    const [, rest = ''] = page.split('Errors are ');
    const told = table(rest, '| status | |').flatMap(([, statuses = '']) => statuses.split(', '));
    const source = readdirSync(new URL('../src/serve', import.meta.url), {
      recursive: true,
      encoding: 'utf8',
    })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => read(`src/serve/${path}`))
      .join('\n');
    const thrown = [...source.matchAll(/new ServeError\(\s*(4\d\d|5\d\d)\b/g)].map(
      ([, status = '']) => status,
    );
    expect(thrown.length).toBeGreaterThan(20);
    expect([...new Set(thrown)].filter((status) => !told.includes(status))).toEqual([]);
    for (const status of told) {
      const { type, code } = openAiError(Number(status), '').error;
      expect(rest, status).toContain(`\`${type}\``);
      if (code !== null) expect(rest).toContain(`\`${code}\` (${status})`);
    }
  });

  it('has each thing that may compute', () => {
    const types: Readonly<Record<NonNullable<RequestEvent['computeType']>, true>> = {
      cpu: true,
      'cpu+optimized': true,
      gpu: true,
      cache: true,
    };
    const row = page.split('\n').find((line) => line.startsWith('| `x-compute-type`'));
    for (const type of Object.keys(types)) expect(row).toContain(`\`${type}\``);
  });
});

describe('docs/serve.md', () => {
  it.each([
    ['request', 'RequestEvent'],
    ['load', 'LoadEvent'],
    ['worker-end', 'WorkerEndEvent'],
    ['fault', 'FaultEvent'],
    ['usage-file', 'UsageFileEvent'],
  ])('tells what the event %s holds', (event, type) => {
    const rows = table(read('docs/serve.md'), '| `event` | when | what |');
    const [, , , what = ''] = rows.find(([, name]) => name === `\`${event}\``) ?? [];
    const fields = fieldsOf('src/serve/events.ts', type).filter((name) => name !== 'event');
    expect(fields).not.toEqual([]);
    expect(fields.filter((name) => !what.includes(`\`${name}\``))).toEqual([]);
  });
});
