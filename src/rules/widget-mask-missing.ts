import { replaceString, scalarSource } from '../card/scalar-edit.js';
import { own } from '../mapping.js';
import { label, preview } from '../preview.js';
import type { Rule, RuleContext } from './rule.js';
import { widgetExamples, widgetTask } from './shared/widget.js';

/** What tokenizers call the mask. */
const USUAL = ['<mask>', '[MASK]'];

/** Tokens that may be written without quotes, and those that may within. */
const PLAIN_TOKEN = /^<\w+>$/;
const QUOTED_TOKEN = /^\[\w+\]$/;

export const widgetMaskMissing: Rule = {
  id: 'widget-mask-missing',
  severity: 'warning',
  description: 'Examples for fill-mask have a word to fill in: the mask token of the tokenizer.',
  why: 'The widget sends the text as it stands, and the model answers a text without its mask token with an error.',
  source:
    'hub-docs models-widgets-examples.md (fill-mask); FillMaskPipeline.ensure_exactly_one_mask_token of transformers: "No mask_token found on the input"',
  fixable: true,
  keys: ['widget'],
  good: [
    { text: '---\npipeline_tag: fill-mask\nwidget:\n- text: Paris is the <mask> of France.\n---\n' },
    {
      text: '---\npipeline_tag: fill-mask\nmask_token: "[MASK]"\nwidget:\n- text: Paris is the [MASK] of France.\n---\n',
    },
  ],
  bad: [
    { text: '---\npipeline_tag: fill-mask\nwidget:\n- text: Paris is the capital of France.\n---\n' },
    {
      text: '---\npipeline_tag: fill-mask\nwidget:\n- text: "Paris is the <mask> of France."\n---\n',
      files: ['README.md'],
      contents: { 'tokenizer_config.json': '{"mask_token": "[MASK]"}' },
    },
  ],
  check(context) {
    const { card, report } = context;
    if (card.metadata?.widget === undefined) return;
    const token = maskToken(context);
    for (const { path, value } of widgetExamples(context)) {
      const text = own(value, 'text');
      if (typeof text !== 'string' || text.trim() === '') continue;
      const has = token === undefined ? /mask|[<[{]/i.test(text) : text.includes(token);
      if (has) continue;
      if (widgetTask(context)?.tag !== 'fill-mask') return;
      const at = { path: [...path, 'text'], part: 'value' as const };
      const other = token === undefined ? [] : USUAL.filter((usual) => text.includes(usual));
      const [wrong] = other;
      if (token === undefined || other.length !== 1 || wrong === undefined) {
        report({
          message: `"${label(at.path)}" has no word to fill in.`,
          ...at,
          help: `Write ${token === undefined ? 'the mask token of the tokenizer, such as <mask> or [MASK]' : preview(token)} in the place of a word.`,
        });
        continue;
      }
      const quoted = /^["']/.test(scalarSource(card, at.path) ?? '');
      // Brackets mean a list where a text without quotes begins with them, or stands in a line of braces.
      const fix =
        PLAIN_TOKEN.test(token) || (quoted && QUOTED_TOKEN.test(token))
          ? replaceString(card, at.path, text, text.replaceAll(wrong, token))
          : undefined;
      report({
        message: `"${label(at.path)}" has ${preview(wrong)}, but the mask token of the tokenizer is ${preview(token)}.`,
        ...at,
        help: `Write ${preview(token)}.`,
        ...(fix === undefined ? {} : { fix: { ...fix, title: `Write ${preview(token).slice(1, -1)}` } }),
      });
    }
  },
};

/** The mask token as tokenizer_config.json has it; undefined when it is not known. */
function maskToken({ tokenizerConfig, card }: RuleContext): string | undefined {
  const value = own(tokenizerConfig, 'mask_token') ?? card.metadata?.mask_token;
  const token = own(value, 'content') ?? value;
  return typeof token === 'string' && token !== '' ? token : undefined;
}
