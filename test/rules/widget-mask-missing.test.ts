import { widgetMaskMissing } from '../../src/rules/widget-mask-missing.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const card = (texts: string) => `---\npipeline_tag: fill-mask\nwidget:\n${texts}\n---\n`;
const tokenizer = (token: unknown) => ({
  files: ['README.md'],
  contents: { 'tokenizer_config.json': JSON.stringify({ mask_token: token }) },
});

testRule(widgetMaskMissing, {
  bad: [
    {
      name: 'no mask at all',
      text: card('- text: Paris is nice. # expect: widget-mask-missing'),
      marks: ['Paris is nice.'],
      says: ['"widget[0].text" has no word to fill in.'],
    },
    {
      name: 'the mask of another tokenizer',
      text: card(
        '- text: Paris is the [MASK]. # expect: widget-mask-missing\n- text: "[MASK] is nice." # expect: widget-mask-missing',
      ),
      ...tokenizer({ content: '<mask>', lstrip: true }),
      marks: ['Paris is the [MASK].', '"[MASK] is nice."'],
      says: ['has "[MASK]", but the mask token of the tokenizer is "<mask>".'],
      fixed: card(
        '- text: Paris is the <mask>. # expect: widget-mask-missing\n- text: "<mask> is nice." # expect: widget-mask-missing',
      ),
    },
    {
      name: 'brackets are written within quotes only',
      text: card(
        '- {text: A <mask>.} # expect: widget-mask-missing\n- text: "A <mask>." # expect: widget-mask-missing',
      ),
      ...tokenizer('[MASK]'),
      marks: ['A <mask>.', '"A <mask>."'],
      fixed: card(
        '- {text: A <mask>.} # expect: widget-mask-missing\n- text: "A [MASK]." # expect: widget-mask-missing',
      ),
    },
    {
      name: 'the token the card names',
      text: `---\npipeline_tag: fill-mask\nmask_token: "***"\nwidget:\n- text: A [MASK]. # expect: widget-mask-missing\n---\n`,
      marks: ['A [MASK].'],
    },
    {
      name: 'no mask, and the token is known',
      text: card('- text: A dog. # expect: widget-mask-missing'),
      ...tokenizer('[MASK]'),
      marks: ['A dog.'],
      says: ['Write "[MASK]" in the place of a word.'],
    },
  ],
  good: [
    ...untouched('widget'),
    {
      name: 'either usual token',
      text: card('- text: A <mask>.\n- text: A [MASK].\n- text: A <extra_id_0>.'),
    },
    {
      name: 'the token of the tokenizer',
      text: card('- text: A <mask> and a <mask>.'),
      ...tokenizer('<mask>'),
    },
    { name: 'a tokenizer without one', text: card('- text: A [MASK].'), ...tokenizer(null) },
    { name: 'another task', text: '---\npipeline_tag: text-generation\nwidget:\n- text: A dog.\n---\n' },
    { name: 'nothing to look at', text: card('- text: 1\n- text: ""\n- src: a') },
  ],
});
