import { describe, expect, it } from 'vitest';
import { conversational as task } from '../../src/tasks/conversational.js';
import { findTask } from '../../src/tasks/index.js';
import { modelFacts, runOn } from './session.js';
import { llamaSession, wordTokenizer, writingSession } from './writer.js';

const A = 4;
const B = 5;
const C = 6;
const END = 0;
const TURN = { text: 'c', past_user_inputs: ['a'], generated_responses: ['b'] };

describe('a conversation as clients of 2023 send it', () => {
  it('is a task of its own, though the Hub made it text-generation', () => {
    expect(findTask('conversational')).toBe(task);
  });

  it('is a text with the turns before it', () => {
    expect(task.readRequest({ inputs: TURN, parameters: { top_k: null } }, modelFacts())).toEqual({
      ok: true,
      value: { input: TURN, parameters: {} },
    });
    const first = { text: 'a', past_user_inputs: [], generated_responses: [] };
    for (const body of ['a', { inputs: 'a' }, { inputs: { text: 'a' } }, { text: 'a' }]) {
      expect(task.readRequest(body, modelFacts())).toEqual({
        ok: true,
        value: { input: first, parameters: {} },
      });
    }
  });

  it.each([
    [{ inputs: {} }, ['inputs'], 'There is no `text`'],
    [{ inputs: { text: 'a', past_user_inputs: 'b' } }, ['inputs', 'past_user_inputs'], 'a list of texts'],
    [
      { inputs: { text: 'a', past_user_inputs: ['b'] } },
      ['inputs', 'generated_responses'],
      'There are 1 past_user_inputs, but 0',
    ],
    [{ inputs: 7 }, ['inputs'], 'Expected {"inputs": {"text": …}}, not a number'],
    [7, [], 'Expected'],
  ])('refuses %j', (body, path, message) => {
    expect(task.readRequest(body, modelFacts())).toEqual({
      ok: false,
      fault: { path, message: expect.stringContaining(message) },
    });
  });

  it('reads messages of a card as turns', () => {
    const messages = [
      { role: 'system', content: 'd' },
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ];
    expect(task.readExample({ messages }, modelFacts())).toMatchObject({
      ok: true,
      value: { input: { ...TURN, system: 'd' } },
    });
    expect(task.readExample({ messages: messages.slice(0, 3) }, modelFacts())).toMatchObject({
      ok: false,
      fault: { path: ['messages'] },
    });
  });

  it('is answered with the conversation, one turn longer', async () => {
    const { session, asked } = writingSession([B, A, END]);
    const { output } = await runOn(task, session, { input: TURN, parameters: {} });
    expect(asked.prompts).toEqual([[2, A, 3, B, 2, C, 3]]);
    expect(output).toEqual({
      generated_text: 'b a',
      conversation: { past_user_inputs: ['a', 'c'], generated_responses: ['b', 'b a'] },
    });
  });

  it('puts turns one after the other where there is no chat template', async () => {
    const { session, asked } = writingSession([B, END], { tokenizer: { ...wordTokenizer(), chats: false } });
    await runOn(task, session, { input: TURN, parameters: {} });
    expect(asked.prompts).toEqual([[A, END, B, END, C, END]]);
    expect(task.checkModel(modelFacts()).find(({ id }) => id === 'chat-template')?.status).toBe('warning');
  });

  it('runs on GGUF too', async () => {
    const { output } = await runOn(task, llamaSession([B, END]), { input: TURN, parameters: {} });
    expect(output).toMatchObject({ generated_text: 'b' });
  });
});
