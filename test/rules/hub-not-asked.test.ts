import { hubNotAsked } from '../../src/rules/hub-not-asked.js';
import { testRule } from './tester.js';

testRule(hubNotAsked, {
  good: [
    { name: 'nobody was asked', text: '# Card\n' },
    { name: 'all was answered', text: '# Card\n', hubFacts: {} },
  ],
  bad: [
    {
      name: 'out of reach',
      text: '# Card\n',
      hubFacts: { gap: { reason: 'unreachable', detail: 'No \u001b[31mroute.', unanswered: 1 } },
      marks: [null],
      says: ['No \\u001b[31mroute. So one question has no answer.'],
    },
    {
      name: 'out of budget',
      text: '# Card\n',
      hubFacts: { gap: { reason: 'budget', detail: 'The budget of 2 requests is spent.', unanswered: 7 } },
      marks: [null],
      says: ['So 7 questions have no answer.'],
    },
  ],
});
