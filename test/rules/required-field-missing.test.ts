import { describe, expect, it } from 'vitest';
import { lintCard } from '../../src/lint.js';
import { requiredFieldMissing } from '../../src/rules/required-field-missing.js';
import { testRule } from './tester.js';

const EMISSIONS = ['co2_eq_emissions.emissions'];

testRule(requiredFieldMissing, {
  good: [
    { name: 'nothing is required', text: '---\ntags: []\n---\n' },
    { name: 'a value', text: '---\nlicense: mit\n---\n', required: ['license'] },
    { name: 'zero and false', text: '---\na: 0\nb: false\n---\n', required: ['a', 'b'] },
    { name: 'a nested field', text: '---\nco2_eq_emissions: {emissions: 3}\n---\n', required: EMISSIONS },
    { name: 'a key with a dot', text: '---\nmy.field: 1\n---\n', required: ['/my.field'] },
    { name: 'a key with a slash and a tilde', text: '---\na/b~c: 1\n---\n', required: ['/a~1b~0c'] },
    { name: 'a field of every item', text: '---\na: [{b: 1}, {b: 2}]\n---\n', required: ['a.b'] },
    { name: 'a list with one value', text: '---\na: [null, x]\n---\n', required: ['a'] },
    { name: 'a block that cannot be read', text: '---\na: b: c\n---\n', required: ['license'] },
    { name: 'a list as front matter', text: '---\n- a\n---\n', required: ['license'] },
    {
      name: 'a pointer in the place of the card',
      text: `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 3\n`,
      required: ['license'],
    },
    { name: 'no card', text: '', cardFile: { source: 'missing' }, required: ['license'] },
  ],
  bad: [
    {
      name: 'a missing field',
      text: '---\nlicense: mit\n---\n',
      required: ['license', 'base_model'],
      lines: [1],
      marks: ['---'],
      says: ['The metadata lacks "base_model", which the settings require.'],
    },
    {
      name: 'no front matter, once',
      text: '# Title\n',
      required: ['license', 'base_model'],
      lines: [1],
      marks: [''],
      says: ['license, base_model'],
    },
    {
      name: 'empty values',
      text: '---\na: # expect: required-field-missing\nb: " " # expect: required-field-missing\nc: [] # expect: required-field-missing\nd: {} # expect: required-field-missing\ne: [null, ""] # expect: required-field-missing\n---\n',
      required: ['a', 'b', 'c', 'd', 'e'],
      marks: ['a', 'b', 'c', 'd', 'e'],
      says: ['"a" is empty'],
    },
    {
      name: 'a missing nested field, at its parent',
      text: '---\nco2_eq_emissions: # expect: required-field-missing\n  source: codecarbon\n---\n',
      required: EMISSIONS,
      marks: ['co2_eq_emissions'],
      says: ['"co2_eq_emissions.emissions"'],
    },
    {
      name: 'a nested field below a scalar',
      text: '---\nco2_eq_emissions: 5 # expect: required-field-missing\n---\n',
      required: EMISSIONS,
      marks: ['co2_eq_emissions'],
    },
    {
      name: 'a field of the second item',
      text: '---\nwidget:\n- text: a\n  example_title: A\n- text: b # expect: required-field-missing\n---\n',
      required: ['widget.example_title'],
      marks: ['text: b'],
      says: ['"widget[1].example_title"'],
    },
    {
      name: 'a key of the prototype',
      text: '---\nlicense: mit\n---\n',
      required: ['constructor.name'],
      lines: [1],
      marks: ['---'],
    },
  ],
});

describe('required fields and other rules', () => {
  const about = (text: string, config: NonNullable<Parameters<typeof lintCard>[1]>['config']) =>
    lintCard(text, config === undefined ? {} : { config })
      .filter(({ path }) => path === '/license')
      .map(({ rule, severity, hub }) => ({ rule, severity, hub }));

  it('make one finding of one missing field', () => {
    const text = '---\nlanguage: en\n---\n';
    expect(about(text, {})).toEqual([{ rule: 'license-missing', severity: 'warning', hub: null }]);
    expect(about(text, { required: ['license'] })).toEqual([
      { rule: 'required-field-missing', severity: 'error', hub: null },
    ]);
  });

  it('leave a finding that is worse, and one that is as bad and knows the Hub', () => {
    const blank = '---\nlicense:\n---\n';
    expect(about(blank, { required: ['license'] })).toEqual([
      { rule: 'metadata-type', severity: 'error', hub: 'error' },
    ]);
    const rules = { 'required-field-missing': 'info', 'license-missing': 'error' } as const;
    expect(about('---\nlanguage: en\n---\n', { required: ['license'], rules })).toEqual([
      { rule: 'license-missing', severity: 'error', hub: null },
    ]);
  });

  it('take over the reaction of the Hub and the advice', () => {
    const rules = { 'metadata-type': 'info' } as const;
    expect(about('---\nlicense:\n---\n', { required: ['license'], rules })).toEqual([
      { rule: 'required-field-missing', severity: 'error', hub: 'error' },
    ]);
    const own = lintCard('---\nlanguage: en\n---\n', { config: { required: ['license'] } }).find(
      ({ path }) => path === '/license',
    );
    expect(own?.help).toBe(
      'Add "license: …" with an identifier such as apache-2.0, or "other" with license_name and license_link. More: validate-card explain required-field-missing',
    );
  });

  it('speak again when the rule is off', () => {
    const rules = { 'required-field-missing': 'off' } as const;
    expect(about('---\nlanguage: en\n---\n', { required: ['license'], rules })).toEqual([
      { rule: 'license-missing', severity: 'warning', hub: null },
    ]);
  });
});
