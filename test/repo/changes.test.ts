import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changesAt, isTouched } from '../../src/repo/changes.js';

const ROOT = resolve('/checkout');
const at = (path: string) => join(ROOT, path);

describe('isTouched', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['a file of one, however deep', ['models/a/onnx/model.onnx'], ['models/a', 'models/a/README.md', '.']],
    ['a file above all', ['notes.txt'], ['.']],
    [
      'settings above some',
      ['models/.validate-card.json'],
      ['models/a', 'models/a/README.md', 'models/b', '.'],
    ],
    ['settings of all', ['package.json'], ['models/a', 'models/a/README.md', 'models/b', 'CARD.md', '.']],
    ['the card that stands alone', ['CARD.md'], ['CARD.md', '.']],
    ['a name that begins alike', ['models/ab/README.md'], ['.']],
    ['nothing', ['', ''], []],
  ])('%s', (_what, paths, expected) => {
    const changes = changesAt(ROOT, paths);
    const targets = ['models/a', 'models/a/README.md', 'models/b', 'CARD.md', '.'];
    expect(targets.filter((target) => isTouched(at(target), changes))).toEqual(expected);
  });

  it('of the settings that the user named, everywhere', () => {
    const changes = changesAt(ROOT, ['ci/card.yaml']);
    expect(isTouched(at('models/a'), changes, at('ci/card.yaml'))).toBe(true);
    expect(isTouched(at('models/a'), changes, at('ci/other.yaml'))).toBe(false);
  });

  it('of what lies outside the checkout, never', () => {
    expect(isTouched(resolve('/elsewhere/a'), changesAt(ROOT, ['package.json']))).toBe(false);
  });
});

it('paths that climb out of the checkout end the search', () => {
  expect([...changesAt(ROOT, ['../../x']).touched]).toEqual([resolve(ROOT, '../../x')]);
});
