import { parseCard } from '../../card/parse.js';
import { codeAndComments } from '../../card/sections.js';
import type { HubFacts } from '../../hub/facts.js';
import { runRules } from '../../lint.js';
import { withoutSecrets } from '../../secrets/mask.js';
import type { Rule, RuleExample } from '../rule.js';
import { imagined } from './imagined.js';

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

${rule.bad.map((one) => `${example(one)}${said(rule, one)}`).join('\n')}
## Right

${rule.good.map(example).join('\n')}
## Settings

In \`.validate-card.yaml\`, for every finding of the rule:

\`\`\`yaml
rules:
  ${rule.id}: off  # or info, warning, error
\`\`\`
${inPlace(rule)}${reactions(rule) === '' ? '' : '\nNone of this changes what the Hub does on push.\n'}`;
}

/** The comment that silences one finding, as it is written where the findings of the wrong examples are. */
function inPlace(rule: Rule): string {
  const [place] = rule.bad.flatMap((one) => {
    const card = parseCard(one.text);
    const { frontMatter } = card;
    const head = frontMatter.kind === 'absent' ? undefined : frontMatter.block;
    return findings(rule, one).flatMap(({ range, file }) => {
      if (range === undefined) return [];
      if (file !== 'README.md') return ['# validate-card-disable-next-line'];
      const { offset } = range.start;
      // A comment in a block of code is a part of the code.
      const shown = codeAndComments(one.text, card.body).some(
        (code) => code.start < offset && offset < code.end,
      );
      if (shown) return ['<!-- validate-card-disable-file'];
      if (head === undefined) return [];
      // A finding about something that is missing points at the opening fence, above which there is no comment.
      if (offset < head.yaml.start) return ['# validate-card-disable-file'];
      return [`${offset < head.close.end ? '#' : '<!--'} validate-card-disable-next-line`];
    });
  });
  if (place === undefined || rule.id === 'silence-comment') return '';
  const html = place.startsWith('<!--');
  const where = place.endsWith('-file')
    ? `In the ${html ? 'text of the card, outside of code' : 'front matter'}, for one card`
    : `Above the finding${html ? ', in the text of the card' : ''}, for it alone`;
  return `
${where}, with the reason:

\`\`\`${html ? 'markdown' : 'yaml'}
${place} ${rule.id} -- why it is right here${html ? ' -->' : ''}
\`\`\`
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

/** Findings quoted below an example; more would say the same again. */
const MOST_QUOTED = 3;

/** What the rule says of a wrong example, so that a reader sees what is wrong with it, and where. */
function said(rule: Rule, one: RuleExample): string {
  const found = findings(rule, one);
  const quoted = found.slice(0, MOST_QUOTED).map(({ message, help = '', range, file }) => {
    const words = help.split(/ *(?:The Hub says: |More: validate-card explain )/)[0] ?? '';
    const line = range === undefined ? '' : `line ${range.start.line}`;
    const place = [...(file === 'README.md' ? [] : [`\`${file}\``]), ...(line === '' ? [] : [line])].join(
      ', ',
    );
    return `\n${place === '' ? '' : `${place[0]?.toUpperCase()}${place.slice(1)}: `}${prose(`${message} ${words}`.trim())}\n`;
  });
  const more = found.length - quoted.length;
  return [...quoted, ...(more > 0 ? [`\nAnd ${more} more.\n`] : [])].join('');
}

/** A text as Markdown that shows it as it is. */
function prose(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\*<]|\](?=\()|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, (mark) => `\\${mark}`);
}

function findings(rule: Rule, one: RuleExample) {
  return runRules([rule], parseCard(one.text), imagined(one));
}

function example({ text, files, contents, repoId, cardFile, required, hubFacts }: RuleExample): string {
  if (cardFile !== undefined) {
    const words = {
      missing: 'There is no README.md.',
      binary: 'README.md holds bytes that are not UTF-8 text.',
      'too-large': 'README.md is larger than the limit.',
    };
    return `${words[cardFile.source]}\n`;
  }
  const listing = files === undefined ? '' : `\nFiles: ${files.map((file) => `\`${file}\``).join(', ')}\n`;
  const settings = required === undefined ? '' : `\nSettings: \`required: [${required.join(', ')}]\`\n`;
  const repository = repoId === undefined ? '' : `\nRepository: \`${repoId}\`\n`;
  const answers = hubFacts === undefined ? '' : answersInWords(hubFacts);
  const others = Object.entries(contents ?? {}).map(
    ([path, content]) => `\n\`${path}\`:\n\n${block(content, languageOf(path))}`,
  );
  return [
    ...(text === '' ? [] : [block(text, 'markdown'), repository, listing, settings, answers]),
    ...others,
  ].join('');
}

/** What the Hub answers in an example; one line. */
function answersInWords({ models, datasets, page, gap, validator }: Partial<HubFacts>): string {
  const shown = (value: string | null) => (value === null ? 'none' : `\`${value}\``);
  const words = [
    ...[...(models ?? []), ...(datasets ?? [])].map(([id, answer]) =>
      answer.kind === 'found'
        ? `\`${id}\` ${answer.id === id ? 'is there' : `is \`${answer.id}\` today`}`
        : `\`${id}\` ${answer.kind === 'missing' ? 'is not there' : 'is private, or not there'}`,
    ),
    ...(page
      ? [
          `the page of \`${page.id}\` has the task ${shown(page.task)} and the library ${shown(page.library)}`,
          `the card it was made from says ${shown(page.declared.task ?? page.declared.library)}`,
        ]
      : []),
    ...(gap ? ['nothing'] : []),
    ...(validator ?? []).map((one) =>
      one.kind === 'hub-only'
        ? `\`${one.message}\``
        : `it takes what ${one.rule} says it ${one.severity === 'error' ? 'refuses' : 'warns of'}`,
    ),
  ];
  return words.length === 0 ? '' : `\nThe Hub answers: ${words.join('; ')}\n`;
}

function languageOf(path: string): string {
  return /\.(json|yaml)$/.exec(path)?.[1] ?? 'text';
}

/** Examples of what must not be shown are not shown either: a search for credentials would stop at the page. */
function block(text: string, language: string): string {
  const lines = withoutSecrets(text).split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  const shown = lines.map((line) =>
    line.length > 120 ? `${line.slice(0, 120)}…` : line.replace(/[ \t]+$/, (end) => '·'.repeat(end.length)),
  );
  return `\`\`\`\`${language}\n${shown.join('\n')}\n\`\`\`\`\n`;
}
