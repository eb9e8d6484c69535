import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/command-options.js';
import { helpText } from '../../src/cli/help.js';
import { HELP_TOPICS, PAGES } from '../../src/cli/help-pages.js';
import { OPTIONS } from '../../src/cli/option-table.js';
import { FORMAT_NAMES } from '../../src/report/names.js';
import { runMain } from './scenario.js';

/** All that the help says, after ANSI codes: none may stand in a pipe. */
const all = HELP_TOPICS.map((topic) => helpText(false, topic)).join('');

describe('help', () => {
  it.each(HELP_TOPICS)('on %s fits a screen of 30 lines and 80 columns', (topic) => {
    const lines = helpText(false, topic).trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(30);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(helpText(true, topic)).toContain('\u001b[1m');
  });

  it('names every option, command and format', () => {
    for (const name of Object.keys(OPTIONS)) expect(all).toMatch(new RegExp(`--${name}(?![\\w-])`));
    const first = helpText(false);
    for (const name of COMMANDS) expect(first).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(PAGES.reports.sections[0]?.entries.map(({ term }) => term).sort()).toEqual(
      [...FORMAT_NAMES].sort(),
    );
  });

  it.each([
    [['--help'], 'validate-card'],
    [['-h'], 'validate-card'],
    [['help'], 'validate-card'],
    [['models/bert', '--help'], 'validate-card'],
    [['help', 'smoke'], 'smoke'],
    [['help', '--smoke'], 'validate-card'],
    [['init', '--help'], 'init'],
    [['help', 'init'], 'init'],
    [['explain', '-h'], 'explain'],
    [['hook', 'install', '--help'], 'hook'],
    [['lsp', '--help'], 'lsp'],
    [['help', 'lsp'], 'lsp'],
    [['help', 'help'], 'help'],
  ] as const)('%j is the page on %s', async (args, topic) => {
    expect(await runMain(args, '/')).toEqual({ stdout: helpText(false, topic), stderr: '', status: 0 });
  });

  it('says what is meant by a topic that is none', async () => {
    const { status, stderr } = await runMain(['help', 'smok'], '/');
    expect(status).toBe(2);
    expect(stderr).toMatch(/no help on smok[\s\S]*Did you mean smoke\?/);
  });

  it('is in colour on a terminal, and where NO_COLOR and FORCE_COLOR say so', async () => {
    const colored = async (isTTY: boolean, env: Record<string, string>) =>
      (await runMain(['--help'], '/', { isTTY: { stdout: isTTY, stderr: isTTY }, env })).stdout.includes(
        '\u001b',
      );
    expect(await colored(true, {})).toBe(true);
    expect(await colored(false, {})).toBe(false);
    expect(await colored(true, { NO_COLOR: '1' })).toBe(false);
    expect(await colored(false, { FORCE_COLOR: '1' })).toBe(true);
    expect(await colored(true, { FORCE_COLOR: '0' })).toBe(false);
  });
});
