import { describe, expect, it } from 'vitest';
import { fillExample } from '../../../src/page/widget/examples.js';
import { requestOf } from '../../../src/page/widget/request.js';
import { formTags } from '../../../src/page/widget/tasks.js';
import { examplesOf } from '../../../src/page/widget/usual-examples.js';
import { form } from './form.js';

const NOTHING = { examples: [], chats: false, maskToken: '[MASK]' };

describe('usual inputs', () => {
  it('stand in for examples that a card lacks', () => {
    const [first] = examplesOf(NOTHING, 'fill-mask');
    expect(first).toMatchObject({
      group: 'Usual inputs of the Hub',
      example: { text: 'Paris is the [MASK] of France.' },
    });
    const own = [{ title: 'x', group: null, example: { text: 'x' }, remote: null }];
    expect(examplesOf({ ...NOTHING, examples: own }, 'fill-mask')).toBe(own);
  });

  it('are said to models that take conversations', () => {
    const [first] = examplesOf({ ...NOTHING, chats: true }, 'text-generation');
    expect(first?.example).toMatchObject({ messages: [{ role: 'user' }] });
  });

  it('can be sent as they are, and need nothing from elsewhere', () => {
    const all = formTags().flatMap((tag) => examplesOf(NOTHING, tag).map((example) => ({ tag, example })));
    expect(all.length).toBeGreaterThan(15);
    for (const { tag, example } of all) {
      const { values, parameters, src } = fillExample(form(tag), example);
      expect(src).toBeNull();
      expect(requestOf(form(tag), values, parameters, '[MASK]')).toMatchObject({ ok: true });
    }
  });
});
