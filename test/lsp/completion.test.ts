import { describe, expect, it } from 'vitest';
import configSchema from '../../schemas/config.schema.json' with { type: 'json' };
import { parseCard } from '../../src/card/parse.js';
import type { Span } from '../../src/card/position.js';
import { licenses } from '../../src/hub/licenses.js';
import { completionsAt } from '../../src/lsp/completion.js';
import { applied, documentOf, editOf, marked, offered, taken } from './marked.js';

const labels = (source: string) => offered(source).map(({ label }) => label);

describe('keys', () => {
  it('offers those that are not there yet, in the order of the schema', () => {
    const offers = labels('---\nlicense: mit\n|\ntags: [a]\n---\n');
    expect(offers.slice(0, 3)).toEqual(['language', 'language_bcp47', 'language_details']);
    expect(offers).toContain('model-index');
    expect(offers).not.toContain('license');
    expect(offers).not.toContain('tags');
  });

  it('brings type and description', () => {
    const item = offered('---\nlic|\n---\n').find(({ label }) => label === 'license');
    expect(item?.detail).toBe(`one of ${licenses().size} values or list`);
    expect(item?.documentation).toMatchObject({
      kind: 'markdown',
      value: expect.stringMatching(/^License identifier/),
    });
    expect(item?.filterText).toBe('license');
  });

  it.each<[string, string, string, string]>([
    ['a scalar', '---\nlic|\n---\n', 'license', '---\nlicense: |\n---\n'],
    ['a list', '---\nta|\n---\n', 'tags', '---\ntags:\n  - |\n---\n'],
    ['a mapping', '---\nextra_|\n---\n', 'extra_gated_fields', '---\nextra_gated_fields:\n  |\n---\n'],
    [
      'results with the keys they must have',
      '---\nmodel|\n---\n',
      'model-index',
      '---\nmodel-index:\n  - name: |\n    results:\n      - task:\n          type: \n        metrics:\n          - type: \n            value: \n---\n',
    ],
    [
      'a mapping in an item of a list',
      '---\nmodel-index:\n  - name: m\n    results:\n      - da|\n---\n',
      'dataset',
      '---\nmodel-index:\n  - name: m\n    results:\n      - dataset:\n          type: |\n          name: \n---\n',
    ],
    [
      'a mapping in an item that has keys',
      '---\nmodel-index:\n- name: m\n  results:\n  - task:\n      type: a\n    so|\n---\n',
      'source',
      '---\nmodel-index:\n- name: m\n  results:\n  - task:\n      type: a\n    source:\n      url: |\n---\n',
    ],
    ['a first item with its dash', '---\nwidget:\n  |\n---\n', 'text', '---\nwidget:\n  - text: |\n---\n'],
    [
      'a first item whose key holds a mapping',
      '---\nwidget:\n  |\n---\n',
      'messages',
      '---\nwidget:\n  - messages:\n      - role: |\n        content: \n---\n',
    ],
    [
      'behind a dash without a space',
      '---\nwidget:\n  -|\n---\n',
      'text',
      '---\nwidget:\n  - text: |\n---\n',
    ],
    ['in flow style', '---\nwidget: [{te|}]\n---\n', 'text', '---\nwidget: [{text: |}]\n---\n'],
    [
      'a list in flow style',
      '---\nwidget: [{|}]\n---\n',
      'sentences',
      '---\nwidget: [{sentences: [|]}]\n---\n',
    ],
    ['a key that has its colon', '---\nlic|e: mit\n---\n', 'license', '---\nlicense: mit\n---\n'],
    ['CRLF', '---\r\nlic|\r\n---\r\n', 'license', '---\r\nlicense: |\r\n---\r\n'],
    ['a key in quotes', '---\n{"lic|"}\n---\n', 'license', '---\n{"license"}\n---\n'],
    ['a key in quotes with its colon', '---\n"lic|e": mit\n---\n', 'license', '---\n"license": mit\n---\n'],
    ['front matter that is not closed', '---\nlic|', 'license', '---\nlicense: |'],
  ])('writes %s', (_, source, label, expected) => {
    expect(taken(source, label)).toBe(expected);
  });

  it('writes plain text for an editor without snippets', () => {
    expect(taken('---\nta|\n---\n', 'tags', false)).toBe('---\ntags:\n  - \n---\n');
    expect(offered('---\nta|\n---\n', false).every(({ insertTextFormat }) => insertTextFormat === 1)).toBe(
      true,
    );
  });

  it('writes results that parse', () => {
    const text = taken('---\nmodel|\n---\n', 'model-index').replace('|', 'm');
    expect(parseCard(text).metadata).toEqual({
      'model-index': [
        { name: 'm', results: [{ task: { type: null }, metrics: [{ type: null, value: null }] }] },
      ],
    });
  });
});

describe('values', () => {
  it.each<[string, string, string, string]>([
    ['a license', '---\nlicense: ap|\n---\n', 'apache-2.0', '---\nlicense: apache-2.0\n---\n'],
    ['over what is there', '---\nlicense: apa|che # x\n---\n', 'mit', '---\nlicense: mit # x\n---\n'],
    ['directly behind the colon', '---\nlicense:|\n---\n', 'mit', '---\nlicense: mit\n---\n'],
    ['in quotes', '---\nlicense: "|"\n---\n', 'mit', '---\nlicense: "mit"\n---\n'],
    [
      'a license in a list',
      '---\nlicense:\n  - mit\n  - ap|\n---\n',
      'apache-2.0',
      '---\nlicense:\n  - mit\n  - apache-2.0\n---\n',
    ],
    ['the first of a list', '---\nlanguage:\n  |\n---\n', 'de', '---\nlanguage:\n  - de\n---\n'],
    ['the next of a list', '---\nlanguage:\n- en\n|\n---\n', 'de', '---\nlanguage:\n- en\n- de\n---\n'],
    ['a language that reads as false', '---\nlanguage: |\n---\n', 'no', '---\nlanguage: "no"\n---\n'],
    ['the same in quotes', "---\nlanguage: '|'\n---\n", 'no', "---\nlanguage: 'no'\n---\n"],
    [
      'in a flow list',
      '---\ntags: [a, te|, b]\n---\n',
      'text-classification',
      '---\ntags: [a, text-classification, b]\n---\n',
    ],
    [
      'a task',
      '---\npipeline_tag: te|\n---\n',
      'text-generation',
      '---\npipeline_tag: text-generation\n---\n',
    ],
    ['a library', '---\nlibrary_name: |\n---\n', 'transformers', '---\nlibrary_name: transformers\n---\n'],
    [
      'a relation',
      '---\nbase_model_relation: |\n---\n',
      'quantized',
      '---\nbase_model_relation: quantized\n---\n',
    ],
    ['a boolean', '---\ninference: |\n---\n', 'false', '---\ninference: false\n---\n'],
    ['a metric', '---\nmetrics:\n- |\n---\n', 'f1', '---\nmetrics:\n- f1\n---\n'],
    [
      'the kind of a question',
      '---\nextra_gated_fields:\n  Company: |\n---\n',
      'text',
      '---\nextra_gated_fields:\n  Company: text\n---\n',
    ],
    [
      'the kind of a question with options',
      '---\nextra_gated_fields:\n  Use:\n    type: |\n---\n',
      'select',
      '---\nextra_gated_fields:\n  Use:\n    type: select\n---\n',
    ],
    [
      'a task of results, while the rest does not parse',
      '---\nx: [\nmodel-index:\n- name: m\n  results:\n  - task: {type: |}\n---\n',
      'fill-mask',
      '---\nx: [\nmodel-index:\n- name: m\n  results:\n  - task: {type: fill-mask}\n---\n',
    ],
  ])('writes %s', (_, source, label, expected) => {
    expect(taken(source, label)).toBe(expected);
  });

  it('says what each is, and finds it by its name too', () => {
    const item = offered('---\nlanguage: |\n---\n').find(({ label }) => label === 'de');
    expect(item).toMatchObject({ detail: 'German', filterText: 'de German' });
  });

  it('offers nothing for what is free', () => {
    expect(labels('---\nlicense_name: |\n---\n')).toEqual([]);
    expect(labels('---\nunknown: |\n---\n')).toEqual([]);
    expect(labels('---\nbase_model: |\n---\n')).toEqual([]);
  });

  it('offers no bare value where a list begins', () => {
    expect(offered('---\nlanguage:\n  |\n---\n').map((item) => editOf(item).newText)).toContain('- en');
    expect(offered('---\nlanguage:\n  |\n---\n').map((item) => editOf(item).newText)).not.toContain('en');
  });
});

describe('settings in JSON', () => {
  function json(source: string, label: string): string {
    const { text, offset } = marked(source);
    const document = documentOf(text);
    const rangeOf = ({ start, end }: Span) => ({
      start: document.positionAt(start),
      end: document.positionAt(end),
    });
    const region = { start: 0, end: text.length };
    const input = {
      text,
      offset,
      schema: configSchema,
      region,
      card: false,
      snippets: true,
      json: true,
      rangeOf,
    };
    const item = completionsAt(input).find((one) => one.label === label);
    if (item === undefined) throw new Error(`${label} is not offered.`);
    return applied(text, item);
  }

  it('stay JSON', () => {
    expect(json('{|}', 'failLevel')).toBe('{"failLevel": |}');
    expect(json('{"|"}', 'failLevel')).toBe('{"failLevel"}');
    expect(json('{"failLevel": |}', 'never')).toBe('{"failLevel": "never"}');
    expect(json('{"failLevel": "|"}', 'never')).toBe('{"failLevel": "never"}');
    expect(json('{|}', 'rules')).toBe('{"rules": {|}}');
    expect(json('{\n  "rules": {\n    |\n  }\n}', 'license-missing')).toBe(
      '{\n  "rules": {\n    "license-missing": |\n  }\n}',
    );
  });
});

describe('outside the front matter', () => {
  it.each([
    ['the body', '---\nlicense: mit\n---\nSome |text'],
    ['the opening fence', '--|-\nlicense: mit\n---\n'],
    ['the closing fence', '---\nlicense: mit\n-|--\n'],
    ['a text without front matter', '# Title\n\nlic|'],
    ['behind unclosed front matter', '---\nlicense: mit\n\n# Title\n\nte|xt'],
    ['a comment', '---\n# lic|\n---\n'],
  ])('nothing in %s', (_, source) => {
    expect(labels(source)).toEqual([]);
  });
});

describe('a card that has no front matter', () => {
  it.each([
    ['an empty file', '|'],
    ['the first dashes', '--|'],
    ['an opening fence', '---|\n'],
    ['a text below', '|\n# Title\n'],
    ['a byte-order mark', '\uFEFF|'],
  ])('gets a whole one: %s', (_, source) => {
    const { text } = marked(taken(source, 'Model card metadata'));
    expect(parseCard(text).metadata).toEqual({
      license: 'apache-2.0',
      language: ['en'],
      library_name: 'transformers',
      pipeline_tag: 'text-classification',
    });
  });

  it('only at its top', () => {
    expect(labels('# Title\n|')).toEqual([]);
    expect(labels('---\nlicense: mit\n---\n|')).toEqual([]);
    expect(labels('--- |x\n')).toEqual([]);
  });
});
