import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { CHECK_SUBJECTS, findCheck } from '../../src/smoke/check-reference.js';

const SOURCE = fileURLToPath(new URL('../../src/', import.meta.url));
/** How the sources write the id of a check. */
const ID = /\b(?:const id(?:: \w+)? = |id: |\?\? ')'?([a-z]+(?:-[a-z]+)*)'/g;

/** Ids of checks in the sources of some folders. */
function idsIn(...folders: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const folder of folders) {
    for (const name of readdirSync(join(SOURCE, folder), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts') || name.includes('generated') || name === 'check-reference.ts') continue;
      for (const [, id = ''] of readFileSync(join(SOURCE, folder, name), 'utf8').matchAll(ID)) found.add(id);
    }
  }
  return found;
}

it('every check of the sources is in the reference, and no other', () => {
  const documented = CHECK_SUBJECTS.flatMap(({ checks }) => checks.map(({ id }) => id));
  expect(new Set(documented).size).toBe(documented.length);
  expect([...idsIn('smoke', 'tasks', 'onnx')].sort()).toEqual([...documented].sort());
});

it('finds a check by its id', () => {
  expect(findCheck('finite')?.checks).toContain('NaN');
  expect(findCheck('constructor')).toBeUndefined();
});
