import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { helpText } from '../src/cli/help.js';
import { HELP_TOPICS } from '../src/cli/help-pages.js';
import { EXIT } from '../src/errors.js';
import { FORMAT_NAMES } from '../src/report/names.js';
import { TOOL } from '../src/version.js';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const readme = read('README.md');

describe('the README', () => {
  it('shows the example workflow as it is in docs/examples', () => {
    expect(readme).toContain(`\`\`\`yaml\n${read('docs/examples/validate-then-sync.yml')}\`\`\``);
  });

  it('has a row for every exit code', () => {
    const rows = [...readme.matchAll(/^\| (\d) \|/gm)].map((match) => Number(match[1]));
    expect(rows).toEqual(Object.values(EXIT));
  });

  it('names every format, and only options the command has', () => {
    for (const name of FORMAT_NAMES) expect(readme).toContain(`\`${name}\``);
    const help = HELP_TOPICS.map((topic) => helpText(false, topic)).join('');
    const own = [...readme.matchAll(/`(--[a-z][a-z-]*)/g)].map((match) => match[1] ?? '');
    expect(own.length).toBeGreaterThan(5);
    for (const option of own) expect(help).toContain(option);
  });

  it('never tells to run the package of that name which is not ours outside a project', () => {
    const beforeInstall = readme.slice(0, readme.indexOf('npm install --save-dev validate-model-card'));
    expect(beforeInstall).not.toMatch(/npx (?:-y |--yes )?validate-card/);
  });
});

it('states the same name and version in the program and in package.json', () => {
  const { name, version } = JSON.parse(read('package.json')) as { name: string; version: string };
  expect(TOOL).toEqual({ name, version });
});
