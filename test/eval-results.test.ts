import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openFolder } from '../src/repo/local.js';
import { validateRepo } from '../src/validate.js';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}/`, import.meta.url));

async function findingsIn(folder: string): Promise<readonly string[]> {
  const { diagnostics } = await validateRepo(await openFolder(folder, { kind: 'folder', path: folder }));
  return diagnostics
    .filter(({ rule }) => rule.startsWith('eval-results-'))
    .map(({ file, range, rule }) => `${file}:${range?.start.line ?? ''} ${rule}`);
}

/** The lines of a repository's evaluation results that say which finding they must get. */
function expectedIn(folder: string): readonly string[] {
  return readdirSync(`${folder}.eval_results`)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => {
      const lines = readFileSync(`${folder}.eval_results/${name}`, 'utf8').split('\n');
      return lines.flatMap((line, index) => {
        const rule = /# expect: ([\w-]+)/.exec(line)?.[1];
        return rule === undefined ? [] : [`.eval_results/${name}:${index + 1} ${rule}`];
      });
    });
}

describe('evaluation results of a repository', () => {
  it('get a finding on every line that says so, and nowhere else', async () => {
    const folder = fixture('eval-results');
    const expected = [...expectedIn(folder), '.eval_results/old/hle.yaml: eval-results-ignored'];
    expect(expected.length).toBeGreaterThan(5);
    expect([...(await findingsIn(folder))].sort()).toEqual(expected.sort());
  });

  it('are in order in a repository that is', async () => {
    expect(await findingsIn(fixture('text-classification'))).toEqual([]);
  });
});
