import { metadataValue } from '../../src/rules/metadata-value.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

testRule(metadataValue, {
  bad: [
    {
      name: 'an unknown relation',
      text: '---\nbase_model_relation: distilled # expect: metadata-value\n---\n',
      marks: ['distilled'],
      hub: 'error',
    },
    {
      name: 'a relation one edit away',
      text: '---\nbase_model_relation: finetuned # expect: metadata-value\n---\n',
      marks: ['finetuned'],
      hub: 'error',
      fixed: '---\nbase_model_relation: finetune # expect: metadata-value\n---\n',
    },
    {
      name: 'unknown kinds in a gate form',
      text: '---\nextra_gated_fields:\n  Company: textarea # expect: metadata-value\n  Country:\n    type: nation # expect: metadata-value\n---\n',
      marks: ['textarea', 'nation'],
      hub: 'error',
    },
    {
      name: 'a choice without options',
      text: '---\nextra_gated_fields:\n  Use: # expect: metadata-value\n    type: select\n---\n',
      marks: ['Use'],
      hub: 'error',
      says: ['"extra_gated_fields.Use.options" is required'],
    },
    {
      name: 'select as a plain kind',
      text: '---\nextra_gated_fields:\n  Use: select # expect: metadata-value\n---\n',
      marks: ['select'],
      hub: 'error',
    },
  ],
  good: [
    ...untouched('base_model_relation'),
    ...untouched('extra_gated_fields').filter(({ name }) => !name.endsWith('a mapping')),
    {
      name: 'every kind',
      text: '---\nextra_gated_fields:\n  A: text\n  B: checkbox\n  C: date_picker\n  D: country\n  E: ip_location\n  F:\n    type: text\n  G:\n    type: select\n    options: [a, {label: b, value: c}]\n---\n',
    },
  ],
});
