import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { STAGES } from '../../src/cli/progress.js';
import { expected, inFolder, type Outcome, parseScenario, runMain, textOf } from './scenario.js';

const folder = fileURLToPath(new URL('cases', import.meta.url));
const entry = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));
const tsx = import.meta.resolve('tsx');

/** The environment without what changes the page; `CI` tells that a console of Windows has Unicode. */
const {
  FORCE_COLOR: _color,
  NO_COLOR: _none,
  LC_ALL: _all,
  GITHUB_WORKSPACE: _workspace,
  ...inherited
} = process.env;
const PLAIN_ENV: NodeJS.ProcessEnv = { ...inherited, CI: 'true', LANG: 'C.UTF-8' };

const cases = readdirSync(folder).map((name) => ({
  name,
  scenario: parseScenario(readFileSync(join(folder, name), 'utf8')),
}));

function runChild(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--import', tsx, entry, ...args],
      { cwd, env: { ...PLAIN_ENV, ...env } },
      (_, stdout, stderr) => resolve({ stdout, stderr, status: child.exitCode }),
    );
  });
}

type Scenario = (typeof cases)[number]['scenario'];

/** Lines of stages that took more than five seconds: which ones do depends on the machine. */
const SLOW = new RegExp(`^(?:${Object.values(STAGES).join('|')})(?:: .*)?\\.{3}\\n`, 'gm');

async function check(scenario: Scenario, run: (cwd: string) => Promise<Outcome>): Promise<void> {
  await inFolder(scenario.files, async (cwd) => {
    const outcome = await run(cwd);
    expect(outcome.stderr.replace(SLOW, '').replaceAll(cwd, '[cwd]')).toMatch(expected(scenario.stderr));
    expect(outcome.stdout.replaceAll(cwd, '[cwd]')).toMatch(expected(scenario.stdout));
    expect(outcome.status).toBe(scenario.status);
    for (const [path, text] of scenario.after) expect(await textOf(join(cwd, path))).toMatch(expected(text));
  });
}

describe.each(cases)('$name', ({ scenario }) => {
  it(`in process: ${scenario.title}`, () =>
    check(scenario, (cwd) => runMain(scenario.args, cwd, { env: scenario.env })));

  if (scenario.child) {
    it(`as a child process: ${scenario.title}`, () =>
      check(scenario, (cwd) => runChild(scenario.args, cwd, scenario.env)));
  }
});
