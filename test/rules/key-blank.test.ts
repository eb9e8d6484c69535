import { keyBlank } from '../../src/rules/key-blank.js';
import { NO_METADATA } from './cards.js';
import { testRule } from './tester.js';

testRule(keyBlank, {
  bad: [
    {
      name: 'keys that the Hub takes blank',
      text: '---\nthumbnail: # expect: key-blank\nmetrics: ~ # expect: key-blank\ninstance_prompt: null # expect: key-blank\n---\n',
      marks: ['thumbnail', 'metrics', 'instance_prompt'],
      says: ['"thumbnail" is blank'],
    },
  ],
  good: [
    ...NO_METADATA,
    { name: 'keys that the Hub refuses blank: metadata-type', text: '---\nlicense:\ntags:\nwidget:\n---\n' },
    { name: 'keys of one’s own', text: '---\nmy_key:\n---\n' },
    { name: 'empty, but not null', text: '---\nthumbnail: ""\nmetrics: []\n---\n' },
    { name: 'blank deeper down', text: '---\nmodel-index:\n- name: m\n  results:\n---\n' },
  ],
});
