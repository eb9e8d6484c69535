import { replaceString } from '../card/scalar-edit.js';
import { preview } from '../preview.js';
import type { Rule, RuleContext } from './rule.js';
import { markedTags } from './shared/marked-tags.js';

/** As arXiv gives ids out: since April 2007 year, month and a number, before that the archive, year, month and a number. */
const NEW = /^(\d\d)(\d\d)\.(\d{4,5})(?:v\d{1,2})?$/;
const OLD = /^[a-z]{2,8}(?:-[a-z]{2,4})?(?:\.[A-Za-z-]{2,9})?\/\d\d(\d\d)\d{3}(?:v\d{1,2})?$/;

/** An id as the last part of an address; what may follow it is no part of it. */
const ADDRESS =
  /^(?:https?:\/\/)?(?:www\.|export\.)?(?:arxiv\.org\/(?:abs|pdf|html)|(?:huggingface\.co|hf\.co)\/papers)\/(.+?)(?:\.pdf)?\/?$/i;

export const arxivIdInvalid: Rule = {
  id: 'arxiv-id-invalid',
  severity: 'warning',
  description:
    'What points to a paper on arXiv has an id that can exist, and a tag for it has the form arxiv:ID.',
  why: 'The Hub links a model to the pages of its papers by the ids it finds in addresses of the text and in tags. From another form, or from an id that cannot exist, no link is made.',
  source:
    'hub-docs, model-cards.md (Linking a Paper) and paper-pages.md; arXiv, understanding the arXiv identifier',
  fixable: true,
  good: [
    { text: '# A\n\nSee [the paper](https://arxiv.org/abs/1810.03993).\n' },
    { text: '---\ntags:\n- arxiv:1810.03993\n---\n' },
  ],
  bad: [
    { text: '---\ntags:\n- https://arxiv.org/abs/1810.03993\n---\n' },
    { text: '---\ntags:\n- arxiv:181003993\n---\n' },
    { text: '# A\n\nSee [the paper](https://arxiv.org/abs/2313.03993).\n' },
  ],
  check(context) {
    const { card } = context;
    if (card.metadata?.tags !== undefined) checkTags(context);
    // The letter x is rare, and up to six characters are searched for in half the time that seven take.
    checkText(context, 'xiv.or');
    checkText(context, 'Xiv.or');
  },
};

function checkTags({ card, report }: RuleContext): void {
  if (card.metadata === null) return;
  for (const { tag, index } of markedTags(card.metadata)) {
    if (!/iv:|iv\.org|IV:|iv :|\/papers\//.test(tag)) continue;
    const path = ['tags', index];
    const id = /^arxiv\s*:\s*(.*)$/is.exec(tag.trim())?.[1] ?? ADDRESS.exec(tag.trim())?.[1];
    // A tag about something else that holds such an address is not ours.
    if (id === undefined) continue;
    const inner = ADDRESS.exec(id)?.[1] ?? id.replace(/^arxiv:/i, '');
    const fault = faultOf(inner);
    const answer = `arxiv:${inner.trim()}`;
    if (fault === undefined && tag === answer) continue;
    const fix = fault === undefined ? replaceString(card, path, tag, answer) : undefined;
    report({
      message:
        fault === undefined
          ? `${preview(tag)} is not written as the tag of a paper is.`
          : `${preview(tag)} names no paper: ${fault}.`,
      path,
      part: 'value',
      help:
        fault === undefined
          ? `Write "${answer}".`
          : 'Write "arxiv:" and the id, as in arxiv:1810.03993, or delete the tag.',
      ...(fix === undefined ? {} : { fix }),
    });
  }
}

const REST_OF_ADDRESS = /[xX]iv\.org\/(?:abs|pdf|html)\/([\w./-]{1,60})/y;

function checkText({ card, report }: RuleContext, name: string): void {
  const { text, body } = card;
  for (let at = text.indexOf(name, body.start); at !== -1; at = text.indexOf(name, at + name.length)) {
    if (text.slice(at - 2, at).toLowerCase() !== 'ar') continue;
    REST_OF_ADDRESS.lastIndex = at;
    const found = REST_OF_ADDRESS.exec(text);
    if (found === null) continue;
    const [whole, path = ''] = found;
    const id = path.replace(/[./-]+$/, '').replace(/\.pdf$/i, '');
    const fault = faultOf(id);
    if (fault === undefined) continue;
    const start = at + whole.length - path.length;
    report({
      message: `This address leads to no paper: ${fault}.`,
      span: { start, end: start + id.length },
      help: 'Correct the id; the paper’s page on arXiv shows it.',
    });
  }
}

/** Why there can be no paper of this id; undefined where there can be one. */
function faultOf(id: string): string | undefined {
  const current = NEW.exec(id);
  if (current !== null) {
    const [, year = '', month = '', number = ''] = current;
    const fault = faultOfMonth(month);
    if (fault !== undefined) return fault;
    if (Number(year + month) < 704)
      return `ids of this form begin with April 2007 (0704), ${preview(id)} is older`;
    const digits = Number(year) < 15 ? 4 : 5;
    return number.length === digits
      ? undefined
      : `since ${digits === 5 ? '2015' : '2007'} the number behind the dot has ${digits} digits, in ${preview(id)} it has ${number.length}`;
  }
  const old = OLD.exec(id);
  if (old !== null) return faultOfMonth(old[1] ?? '');
  return `${preview(id)} is no id of arXiv`;
}

function faultOfMonth(month: string): string | undefined {
  return Number(month) >= 1 && Number(month) <= 12 ? undefined : `there is no month ${month}`;
}
