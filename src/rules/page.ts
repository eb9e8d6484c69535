import { parseCard } from '../card/parse.js';
import { runRules } from '../lint.js';
import { imagined } from './imagined.js';
import type { Rule, RuleExample } from './rule.js';

/** The reference of a rule as Markdown: paragraphs, one list, headings and fenced examples, nothing else. */
export function rulePage(rule: Rule): string {
  return `# ${rule.id}

${rule.description}

- Severity: ${rule.severity}, unless a finding says otherwise
${reactions(rule)}- Fixable: ${rule.fixable ? 'yes, where there is one right answer' : 'no'}
- Source: ${rule.source}

## Why

${rule.why}

## Wrong

${rule.bad.map(example).join('\n')}
## Right

${rule.good.map(example).join('\n')}
## Settings

\`\`\`json
{ "rules": { "${rule.id}": "off" } }
\`\`\`

In the place of \`off\`: \`info\`, \`warning\`, \`error\`. What the Hub does on push does not depend on it.
`;
}

/** What the Hub does on push, as the findings in the wrong examples have it; nothing where none of them tells. */
function reactions(rule: Rule): string {
  const told = rule.bad.map((one) => new Set(findings(rule, one).map(({ hub }) => hub)));
  const words = (['error', 'warning'] as const).flatMap((hub) => {
    const count = told.filter((found) => found.has(hub)).length;
    if (count === 0) return [];
    const verb = hub === 'error' ? 'rejects' : 'warns about';
    return [`${verb} ${count < told.length ? 'some of ' : ''}the wrong examples below`];
  });
  return words.length === 0 ? '' : `- On push: the Hub ${words.join(', and ')}\n`;
}

function findings(rule: Rule, one: RuleExample) {
  return runRules([rule], parseCard(one.text), imagined(one));
}

function example({ text, files, contents, cardFile }: RuleExample): string {
  if (cardFile !== undefined) {
    const words = {
      missing: 'There is no README.md.',
      binary: 'README.md holds bytes that are not UTF-8 text.',
      'too-large': 'README.md is larger than the limit.',
    };
    return `${words[cardFile.source]}\n`;
  }
  const listing = files === undefined ? '' : `\nFiles: ${files.map((file) => `\`${file}\``).join(', ')}\n`;
  const others = Object.entries(contents ?? {}).map(
    ([path, content]) => `\n\`${path}\`:\n\n${block(content, languageOf(path))}`,
  );
  return [...(text === '' ? [] : [block(text, 'markdown'), listing]), ...others].join('');
}

function languageOf(path: string): string {
  return /\.(json|yaml)$/.exec(path)?.[1] ?? 'text';
}

function block(text: string, language: string): string {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  const shown = lines.map((line) =>
    line.length > 120 ? `${line.slice(0, 120)}…` : line.replace(/[ \t]+$/, (end) => '·'.repeat(end.length)),
  );
  return `\`\`\`\`${language}\n${shown.join('\n')}\n\`\`\`\`\n`;
}
