import { describe, expect, it } from 'vitest';
import { messagesToSend } from '../../../src/page/widget/chat.js';
import type { Turn } from '../../../src/page/widget/examples.js';

const turn = (role: Turn['role'], content: string): Turn => ({ role, content });

describe('what is sent of a conversation', () => {
  const said = [turn('user', 'a'), turn('assistant', 'b')];

  it('ends with what is typed', () => {
    expect(messagesToSend('s', said, 'c')).toEqual([turn('system', 's'), ...said, turn('user', 'c')]);
  });

  it('is what was sent last where nothing is typed', () => {
    expect(messagesToSend('', said, ' ')).toEqual([turn('user', 'a')]);
  });

  it('is nothing where the user said nothing', () => {
    expect(messagesToSend('s', [], '')).toEqual([]);
    expect(messagesToSend('s', [turn('assistant', 'b')], '')).toEqual([]);
  });
});
