import { describe, expect, it } from 'vitest';
import configSchema from '../../schemas/config.schema.json' with { type: 'json' };
import schema from '../../schemas/model-card.schema.json' with { type: 'json' };
import { parseCard } from '../../src/card/parse.js';
import { cardRegion } from '../../src/lsp/completion.js';
import { explanationAt, verdictInMarkdown } from '../../src/lsp/hover.js';
import { decideSupport } from '../../src/support/decide.js';
import { marked } from './marked.js';

function hover(source: string) {
  const { text, offset } = marked(source);
  const region = cardRegion(text, offset);
  if (region === undefined) return undefined;
  const found = explanationAt({ text, offset, schema, region, card: true });
  return found === undefined
    ? undefined
    : { on: text.slice(found.span.start, found.span.end), says: found.markdown };
}

describe('hover', () => {
  it('on a key: type, meaning, what the Hub does, an example', () => {
    expect(hover('---\nlic|ense: mit\n---\n')).toEqual({
      on: 'license',
      says: expect.stringMatching(
        /^`license`: one of \d+ values or list\n\nLicense identifier[\s\S]*On push the Hub rejects a value of another type\.\n\nExample: `license: "apache-2.0"`$/,
      ),
    });
    expect(hover('---\nmetri|cs: [f1]\n---\n')?.says).toContain(
      'On push the Hub is not known to look at it.',
    );
  });

  it('on a key inside', () => {
    const source = '---\nmodel-index:\n- name: m\n  results:\n  - task:\n      ty|pe: a\n---\n';
    expect(hover(source)).toEqual({ on: 'type', says: expect.stringMatching(/^`type`: text\n\nTask id/) });
  });

  it.each<[string, string, RegExp]>([
    ['a license', '---\nlicense: m|it\n---\n', /^`mit`: MIT\n\nLicense\. .*license:mit\)/],
    ['a language in a list', '---\nlanguage: [en, d|e]\n---\n', /^`de`: German/],
    [
      'a task',
      '---\npipeline_tag: fill-m|ask\n---\n',
      /^`fill-mask`: Fill-Mask\n\nTask: natural language processing; has a widget/,
    ],
    ['a library', '---\nlibrary_name: dif|fusers\n---\n', /^`diffusers`: Diffusers\n\nLibrary/],
    ['a base model', '---\nbase_model: a/|b\n---\n', /huggingface\.co\/a\/b\)/],
    ['a dataset', '---\ndatasets:\n- s|quad\n---\n', /huggingface\.co\/datasets\/squad\)/],
    ['a value that is not known', '---\nlicense: apa|che\n---\n', /^License identifier/],
  ])('on %s', (_, source, says) => {
    expect(hover(source)?.says).toMatch(says);
  });

  it('works while the metadata does not parse', () => {
    expect(hover('---\nx: [\nlicense: m|it\n---\n')?.says).toMatch(/^`mit`: MIT/);
  });

  it('says nothing of what it does not know', () => {
    expect(hover('---\nmy|key: a\n---\n')).toBeUndefined();
    expect(hover('---\nmykey: a|a\n---\n')).toBeUndefined();
    expect(hover('---\nbase_model: "[x](y)|"\n---\n')?.says).not.toContain('[x]');
    expect(hover('---\nlicense: mit\n---\nlic|ense')).toBeUndefined();
  });

  it('on a key of the settings', () => {
    const text = 'rules:\n  license-missing: off\n';
    const region = { start: 0, end: text.length };
    const found = explanationAt({ text, offset: 10, schema: configSchema, region, card: false });
    expect(found?.markdown).toMatch(/^`license-missing`: off, info, warning, error\n\n/);
  });
});

describe('the verdict', () => {
  it('says whether API and widget are on, why, and what would change it', () => {
    const card = parseCard(
      '---\nlibrary_name: transformers\npipeline_tag: fill-mask\ninference: false\n---\n',
    );
    const said = verdictInMarkdown(decideSupport({ metadata: card.metadata, card }));
    expect(said).toMatch(/^\*\*API off \(ExplicitOptOut\), widget /);
    expect(said).toContain('Library: `transformers`');
    expect(said).toContain('- Remove `inference: false`');
  });

  it('lets no markup of the card through', () => {
    for (const name of ['![x](http://a/b.png)<b>', 'a`![x](y)', '``![x](y)`', '`![x](y)` `']) {
      const said = verdictInMarkdown(decideSupport({ metadata: { library_name: name } }));
      const outside = said.replace(/`[^`]*`/g, '');
      expect(outside, said).not.toMatch(/(?<!\\)(?:!\[|<|\]\()/);
    }
  });
});
