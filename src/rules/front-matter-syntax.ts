import { escapeText } from './preview.js';
import type { Rule } from './rule.js';

/** The parser's reasons are short, but may quote names from the card. */
const LONGEST = 200;

/** Advice for what js-yaml says most often. */
const ADVICE: readonly (readonly [pattern: RegExp, help: string])[] = [
  [/duplicated mapping key/, 'Each key may stand only once: merge the two entries, or delete one.'],
  [
    /bad indentation of a mapping entry|incomplete explicit mapping pair/,
    'Indent with the same number of spaces throughout, and put a value that contains ": " or " #" in quotes.',
  ],
  [
    /multiline key may not be an implicit key/,
    'Each line of the metadata must be "key: value", a list item, or the continuation of one; indent continued text.',
  ],
  [
    /bad indentation of a sequence entry/,
    'Put a list item in quotes when it goes on behind a closing quote or contains ": ".',
  ],
  [/unknown tag/, 'Remove the "!…" tag: the Hub knows only plain YAML.'],
  [/tab characters|tabs? must not/, 'Indent with spaces, not tabs.'],
  [/unidentified alias/, 'A value that begins with "*" must be in quotes.'],
  [
    /cannot start any token|reserved/i,
    'A value that begins with a special character such as "@", "%" or "`" must be in quotes.',
  ],
  [/unexpected end of the stream|unclosed|missed comma/, 'Close the quote or bracket that was opened.'],
];

export const frontMatterSyntax: Rule = {
  id: 'front-matter-syntax',
  severity: 'error',
  description: 'The front matter is valid YAML.',
  why: 'The Hub refuses a push whose card it cannot parse.',
  source: 'huggingface/huggingface_hub#1950; js-yaml 4, which the Hub’s wording shows it uses',
  fixable: false,
  good: [{ text: '---\nmodel_name: "Camera traps: revision 1"\n---\n' }],
  bad: [
    { text: '---\nmodel_name: Camera traps: revision 1\n---\n' },
    { text: '---\nlicense: mit\nlicense: apache-2.0\n---\n' },
  ],
  check({ card, report }) {
    const { frontMatter } = card;
    if (frontMatter.kind !== 'invalid' || frontMatter.limit !== undefined) return;
    const { reason, message, span } = frontMatter;
    const firstLine = /^[^\r\n]*/.exec(message)?.[0] ?? message;
    report({
      message: `The front matter is not valid YAML: ${escapeText(reason, LONGEST)}.`,
      span,
      hub: 'error',
      hubMessage: `Invalid YAML in README.md: ${escapeText(firstLine, LONGEST)}`,
      help: ADVICE.find(([pattern]) => pattern.test(reason))?.[1] ?? 'Correct the YAML at the place shown.',
    });
  },
};
