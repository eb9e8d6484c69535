import { remoteValidatorDiffers } from '../../src/rules/remote-validator-differs.js';
import { testRule } from './tester.js';

testRule(remoteValidatorDiffers, {
  good: [
    { name: 'nobody was asked', text: '---\nlicense: mit\n---\n' },
    { name: 'no difference', text: '---\nlicense: mit\n---\n', hubFacts: { validator: [] } },
  ],
  bad: [
    {
      name: 'the Hub refuses a field',
      text: '---\ntags: [a]\nlicense: mit # expect: remote-validator-differs\n---\n',
      hubFacts: {
        validator: [
          { kind: 'hub-only', severity: 'error', message: '"license" is \u001b odd', field: 'license' },
        ],
      },
      hub: 'error',
      severity: 'error',
      marks: ['mit'],
      says: ['The Hub says: "license" is \\u001b odd.'],
    },
    {
      name: 'the Hub warns of what has no place',
      text: '---\nlicense: mit\n---\n',
      hubFacts: {
        validator: [{ kind: 'hub-only', severity: 'warning', message: 'Hm.', field: '__proto__' }],
      },
      hub: 'warning',
      lines: [1],
      marks: ['---'],
    },
    {
      name: 'the Hub takes what a rule here says it refuses',
      text: '---\nlanguage:\n- en\n- xx # expect: remote-validator-differs\n---\n',
      hubFacts: {
        validator: [{ kind: 'ours-only', severity: 'error', rule: 'language-unknown', path: '/language/1' }],
      },
      severity: 'info',
      marks: ['xx'],
      says: ['language-unknown says that the Hub refuses this, and its validator does not.'],
    },
  ],
});
