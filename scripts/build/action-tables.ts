import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';

/** The part of `action.yml` that people read. */
interface Metadata {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
}

function metadata(): Metadata {
  return load(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8')) as Metadata;
}

function cell(text: string): string {
  return text.trim().replace(/\s+/g, ' ').replaceAll('|', '\\|');
}

/** The inputs as a Markdown table; `short` keeps the first sentence of each. */
export function inputTable(short: boolean): string {
  const rows = Object.entries(metadata().inputs).map(([name, { description, default: value }]) => {
    const text = cell(description);
    const shown = short ? (/^.*?\.(?= |$)/.exec(text)?.[0] ?? text) : text;
    return `| \`${name}\` | ${value === '' ? '' : `\`${value}\``} | ${shown} |`;
  });
  return `| input | default | what it does |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

/** The outputs as a Markdown table. */
export function outputTable(): string {
  const rows = Object.entries(metadata().outputs).map(
    ([name, { description }]) => `| \`${name}\` | ${cell(description)} |`,
  );
  return `| output | what it says |\n| --- | --- |\n${rows.join('\n')}\n`;
}

/** Replaces what stands between `<!-- NAME: ... -->` and `<!-- /NAME -->` in a text. Throws when the marks are missing. */
export function withSection(text: string, name: string, content: string): string {
  const begin = new RegExp(`<!-- ${name}:[^>]*-->\\n`).exec(text);
  const end = text.indexOf(`<!-- /${name} -->`);
  if (begin === null || end < begin.index) throw new Error(`There is no section ${name}`);
  return `${text.slice(0, begin.index + begin[0].length)}\n${content}\n${text.slice(end)}`;
}
