import { nearest } from '../hub/nearest.js';
import { preview } from '../preview.js';
import { SILENCE_WORDS, type SilenceComment } from '../silence/comments.js';
import type { Finding, Rule, RuleContext } from './rule.js';

export const silenceComment: Rule = {
  id: 'silence-comment',
  severity: 'warning',
  description: 'A comment that silences a finding names the rule, gives a reason, and silences something.',
  why: 'A misspelled comment silences nothing, one without a reason nobody dares to remove, and one that outlives its finding hides the next.',
  source: 'our own',
  fixable: false,
  needs: 'comments',
  good: [
    {
      text: '---\n# validate-card-disable-next-line license-unknown -- our lawyers chose this id\nlicense: acme-1.0\n---\n',
    },
  ],
  bad: [
    { text: '---\n# validate-card-disable-next-line license-unknown\nlicense: acme-1.0\n---\n' },
    {
      text: '---\nlicense: acme-1.0 # validate-card-disable-line licence-unknown -- chosen by our lawyers\n---\n',
    },
    { text: '---\nlicense: mit\n---\n<!-- validate-card-ignore secret-in-card -- an example -->\n' },
  ],
  check(context) {
    for (const [file, { comments }] of context.comments) report(context, file, comments);
  },
};

/** A comment whose rule has no finding in its place. Only the engine knows, once all rules have run. */
export function unusedComment(file: string, span: Finding['span'], rule: string): Finding {
  return {
    message: `This comment silences no finding: ${preview(rule)} reports nothing there.`,
    file,
    ...(span === undefined ? {} : { span }),
    help: 'Delete the comment, or move it to the line of the finding.',
  };
}

function report(context: RuleContext, file: string, comments: readonly SilenceComment[]): void {
  for (const comment of comments) {
    for (const finding of faults(comment, context.knownRules)) context.report({ file, ...finding });
  }
}

function faults(comment: SilenceComment, known: ReadonlySet<string>): readonly Finding[] {
  const { span, word, scope, rules, reason } = comment;
  if (scope === undefined) {
    const meant = nearest(word, SILENCE_WORDS.keys());
    const words = [...SILENCE_WORDS.keys()].map((one) => `validate-card-${one}`).join(', ');
    return [
      {
        message: `There is no comment ${preview(`validate-card-${word}`)}.`,
        span,
        help: meant === undefined ? `There are ${words}.` : `Did you mean validate-card-${meant}?`,
      },
    ];
  }
  if (rules.length === 0) {
    return [
      {
        message: 'The comment names no rule, so it silences nothing.',
        span,
        help: `Write "validate-card-${word} RULE -- REASON".`,
      },
    ];
  }
  const unknown = rules
    .filter(({ id }) => !known.has(id))
    .map(({ id, span }) => {
      const meant = nearest(id, known);
      return {
        message: `There is no rule ${preview(id)}.`,
        span,
        help:
          meant === undefined
            ? 'validate-card explain lists the rules. A reason stands behind " -- ".'
            : `Did you mean ${meant}?`,
      };
    });
  if (reason !== '' || unknown.length > 0) return unknown;
  return [
    {
      message: 'The comment gives no reason, so it silences nothing.',
      span,
      help: `Say why: "validate-card-${word} ${rules.map(({ id }) => id).join(', ')} -- REASON".`,
    },
  ];
}
