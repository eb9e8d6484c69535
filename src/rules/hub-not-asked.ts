import type { Gap } from '../hub/facts.js';
import { escapeText } from '../preview.js';
import type { Rule } from './rule.js';

const HELP: Readonly<Record<Gap['reason'], string>> = {
  unreachable: 'Check the network and run it again; everything that needs none was checked.',
  'rate-limited': 'Wait a while, or set HF_TOKEN: limits are higher with a token.',
  token:
    'It may be expired or revoked: make a new one on https://huggingface.co/settings/tokens, or run without one.',
  budget: 'Allow more requests with --online-budget.',
  'odd-answer': 'Try again later; everything that needs no network was checked.',
};

export const hubNotAsked: Rule = {
  id: 'hub-not-asked',
  severity: 'info',
  description: 'The Hub answered all that was asked online.',
  why: 'What only the Hub knows is asked within limits of time and of requests. Where something stays without an answer, nothing is reported about it; that is said once, so that silence is not taken for a check that passed.',
  source: 'docs/online.md',
  fixable: false,
  needs: 'hubFacts',
  good: [{ text: '---\nbase_model: org/parent\n---\n', hubFacts: {} }],
  bad: [
    {
      text: '---\nbase_model: org/parent\n---\n',
      hubFacts: { gap: { reason: 'unreachable', detail: 'The Hub could not be reached.', unanswered: 2 } },
    },
    {
      text: '---\nbase_model: org/parent\n---\n',
      hubFacts: { gap: { reason: 'budget', detail: 'The budget of 20 requests is spent.', unanswered: 1 } },
    },
  ],
  check({ hubFacts, report }) {
    const gap = hubFacts?.gap ?? null;
    if (gap === null) return;
    const { reason, detail, unanswered } = gap;
    const left = unanswered === 1 ? 'one question has' : `${unanswered} questions have`;
    report({
      message: `${escapeText(detail, 300)} So ${left} no answer.`,
      noRange: true,
      help: HELP[reason],
    });
  },
};
