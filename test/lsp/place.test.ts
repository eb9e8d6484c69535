import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { pathOf, placeOf, uriOf } from '../../src/lsp/place.js';

const folder = resolve('/models/my model#1');
const uri = (file: string) => pathToFileURL(join(folder, file)).href;

describe('placeOf', () => {
  it('gives documents of one model the same model', () => {
    for (const file of ['README.md', '.eval_results/a.yaml', '.validate-card.yaml']) {
      expect(placeOf(uri(file))).toEqual({ model: folder, folder, file, card: 'README.md' });
    }
  });

  it('lets other Markdown stand alone', () => {
    expect(placeOf(uri('card.md'))).toMatchObject({ folder, file: 'card.md', card: 'card.md' });
    expect(placeOf(uri('card.md')).model).not.toBe(folder);
  });

  it('knows no folder of a document that was never saved', () => {
    const place = placeOf('untitled:Untitled-1');
    expect(place).toEqual({
      model: 'untitled:Untitled-1',
      folder: null,
      file: 'Untitled-1',
      card: 'Untitled-1',
    });
    expect(placeOf('untitled:').folder).toBeNull();
  });

  it.each(['file://elsewhere/share/README.md', 'file:///a%2Fb', 'file:', 'http://a/README.md', '', '%%%'])(
    'takes any address: %s',
    (odd) => {
      expect(typeof placeOf(odd).file).toBe('string');
    },
  );
});

it('uriOf and pathOf are each other’s reverse', () => {
  expect(pathOf(uriOf(folder, '.eval_results/ä b.yaml'))).toBe(join(folder, '.eval_results', 'ä b.yaml'));
});
