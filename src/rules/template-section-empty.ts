import type { Span } from '../card/position.js';
import { type Section, sectionsOf, titleOf } from '../card/sections.js';
import { preview } from '../preview.js';
import { counted } from '../report/wording.js';
import type { Rule } from './rule.js';

/** Titles that are named in the message; the rest is counted. */
const MOST_TITLES = 5;

export const templateSectionEmpty: Rule = {
  id: 'template-section-empty',
  severity: 'info',
  description: 'No section of the card is left as a template wrote it.',
  why: 'A card made by a program has sections that only the author can fill: what the model is for, what it was trained on, where it fails. A reader finds the heading and nothing below.',
  source:
    'modelcard_template.md in huggingface_hub; the model card that the Trainer of transformers writes; hub-docs, model-cards.md',
  fixable: false,
  good: [
    {
      text: '---\nlicense: mit\n---\n# My model\n\n## Uses\n\nSorts film reviews in English into good and bad.\n',
    },
  ],
  bad: [
    { text: '---\nlicense: mit\n---\n# My model\n\n## Model description\n\nMore information needed\n' },
    {
      text: '# Model Card\n\nSorts film reviews.\n\n## Direct Use\n\n<!-- This section is for the model use without fine-tuning. -->\n\n[More Information Needed]\n\n## Citation\n',
    },
  ],
  check({ card, report }) {
    const { text, body } = card;
    const placeholders = placeholdersIn(text, body);
    if (placeholders.length === 0 && !mayHaveGaps(text, body.start)) return;
    const sections = sectionsOf(text, body);
    let next = 0;
    const gaps = sections.filter(({ content }, index) => {
      while ((placeholders[next] ?? body.end) < content.start) next++;
      return (placeholders[next] ?? body.end) < content.end || isGap(text, sections, index);
    });
    const [first] = gaps;
    if (first === undefined) return;
    const titles = new Set<string>();
    for (const section of gaps) {
      titles.add(titleOf(text, section));
      if (titles.size === MOST_TITLES) break;
    }
    const named = [...titles].map(preview).join(', ');
    const more = gaps.length - titles.size;
    report({
      message: `${counted(gaps.length, 'section')} of the card ${gaps.length === 1 ? 'is' : 'are'} not filled in: ${named}${more > 0 ? ` and ${more} more` : ''}.`,
      span: first.heading,
      help: 'Write what a user of the model has to know, or delete the section.',
    });
  },
};

/** What the templates of huggingface_hub and of the Trainer of transformers leave where nobody wrote anything. */
const WORDS = 'more information needed';
const JINJA = /\{\{ *(?:\w{1,60} *\| *default\(|card_data *\}\})/y;

/** Offsets of the placeholders of templates. */
function placeholdersIn(text: string, { start, end }: Span): readonly number[] {
  const found: number[] = [];
  for (let at = text.indexOf('More ', start); at !== -1 && at < end; at = text.indexOf('More ', at + 5)) {
    if (text.slice(at, at + WORDS.length).toLowerCase() === WORDS && standsAlone(text, at)) found.push(at);
  }
  const words = found.length;
  for (let at = text.indexOf('{{', start); at !== -1 && at < end; at = text.indexOf('{{', at + 2)) {
    JINJA.lastIndex = at;
    if (JINJA.test(text)) found.push(at);
  }
  return words === 0 || words === found.length ? found : found.sort((a, b) => a - b);
}

/** Longest label of an item, such as `- **Developed by:** `. */
const LONGEST_LABEL = 80;

/** In brackets, or with nothing else on the line but the label of an item. */
function standsAlone(text: string, at: number): boolean {
  const end = at + WORDS.length;
  if (text[at - 1] === '[' && text[end] === ']') return true;
  if (!isLineBreak(text.charCodeAt(end)) && !/^\.?[ \t]*(?:[\r\n]|$)/.test(text.slice(end, end + 20)))
    return false;
  if (isLineBreak(text.charCodeAt(at - 1))) return true;
  const before = text.slice(Math.max(0, at - LONGEST_LABEL), at);
  return /(?:^|[\r\n])[ \t>*_-]{0,12}(?:\*\*[^*\r\n]{1,60}\*\*:?[ \t]{0,4})?$/.test(before);
}

/**
 * A quick look, which most cards without gaps pass: a heading that is not the first is followed by one of the same or a
 * higher rank, by a comment or by the end.
 */
function mayHaveGaps(text: string, start: number): boolean {
  let first = true;
  for (let at = text.indexOf('#', start); at !== -1; at = text.indexOf('#', at + 1)) {
    if (at !== start && !isLineBreak(text.charCodeAt(at - 1))) continue;
    const line = text.indexOf('\n', at);
    if (line === -1) return !first;
    let next = line + 1;
    while (isBlank(text.charCodeAt(next))) next++;
    const gap = next >= text.length || text.startsWith('<!--', next) || hashes(text, next) > 0;
    if (!first && gap && hashes(text, next) <= hashes(text, at)) return true;
    first = false;
    at = line;
  }
  return false;
}

function hashes(text: string, at: number): number {
  let count = 0;
  while (text.charCodeAt(at + count) === 0x23) count++;
  return count;
}

function isLineBreak(code: number): boolean {
  return code === 0x0a || code === 0x0d;
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** Whether a section has neither a text nor smaller sections. The title of the card needs none. */
function isGap(text: string, sections: readonly Section[], index: number): boolean {
  const section = sections[index];
  if (section === undefined || index === 0) return false;
  if ((sections[index + 1]?.level ?? 0) > section.level) return false;
  if (!isEmpty(text.slice(section.content.start, section.content.end))) return false;
  return !isSentence(titleOf(text, section));
}

const LONGEST_TITLE = 60;

/** Whether a heading is a text of its own, set in large letters: a sentence, a note, a link, the caption of a picture. */
function isSentence(title: string): boolean {
  return title.length > LONGEST_TITLE || /^[a-z]|:\/\/|\]\(|[.:!?。：！？]$/u.test(title);
}

/** Whether a text holds nothing but blanks and comments. */
function isEmpty(content: string): boolean {
  let at = 0;
  for (;;) {
    while (isBlank(content.charCodeAt(at))) at++;
    if (!content.startsWith('<!--', at)) return at === content.length;
    const close = content.indexOf('-->', at);
    if (close === -1) return true;
    at = close + 3;
  }
}
