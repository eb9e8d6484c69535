import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { parseOptions } from '../src/cli/options.js';

interface Hook {
  readonly id: string;
  readonly entry: string;
  readonly pass_filenames: boolean;
}

const hooks = load(
  readFileSync(new URL('../.pre-commit-hooks.yaml', import.meta.url), 'utf8'),
) as readonly Hook[];
const guide = readFileSync(new URL('../docs/command-line.md', import.meta.url), 'utf8');

describe('the hook for pre-commit', () => {
  it('is one that the command understands', () => {
    expect(hooks.map(({ id }) => id)).toEqual(['validate-card']);
    for (const { entry, pass_filenames } of hooks) {
      // It finds by itself what changed: names of staged files would be taken for targets.
      expect(pass_filenames).toBe(false);
      const [npx, flag, command, ...args] = entry.split(' ');
      expect([npx, flag, command]).toEqual(['npx', '--no-install', 'validate-card']);
      expect(parseOptions(args)).toMatchObject({ kind: 'run', changed: true, offline: true, quiet: true });
    }
  });

  it('is written in the guide with the same arguments', () => {
    const [example = ''] = /```yaml\n[\s\S]*?```/.exec(guide) ?? [];
    const entry = /entry: (.*)/.exec(example)?.[1];
    expect(hooks.map((hook) => hook.entry)).toEqual([`npx --no-install ${entry}`]);
  });
});
