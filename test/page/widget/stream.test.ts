import { describe, expect, it } from 'vitest';
import { chatStep, nativeStep, readStream } from '../../../src/page/widget/stream.js';

function bodyOf(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
}

const token = (text: unknown, rest: object = { generated_text: null, details: null }) =>
  `data: ${JSON.stringify({ token: { id: 1, text }, ...rest })}\n\n`;

async function read(text: string, step = nativeStep) {
  const pieces: string[] = [];
  const end = await readStream(bodyOf(text), step, (piece) => pieces.push(piece));
  return { pieces, end };
}

describe('the stream of an answer', () => {
  it('has pieces, and at its end the whole', async () => {
    const end = { generated_text: 'a b', details: { finish_reason: 'length', generated_tokens: 3 } };
    expect(await read(token('a') + token('') + token(' b', end))).toEqual({
      pieces: ['a', ' b'],
      end: { text: 'a b', tokens: 3 },
    });
  });

  it('of a conversation has pieces until it is done', async () => {
    const piece = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
    const usage = `data: ${JSON.stringify({ choices: [] })}\n\n`;
    expect(await read(`${piece('He')}${piece('y')}${usage}data: [DONE]\n\n`, chatStep)).toEqual({
      pieces: ['He', 'y'],
      end: { text: null, tokens: null },
    });
  });

  it.each([
    [
      'an error of the Inference API',
      { error: 'No room.', error_type: 'generation' },
      nativeStep,
      'No room.',
    ],
    ['an error of a conversation', { error: { message: 'No room.' } }, chatStep, 'No room.'],
    ['an error that says nothing', { error: { code: 7 } }, nativeStep, 'The model failed while it wrote.'],
  ])('throws %s', async (_, event, step, message) => {
    await expect(read(`${token('a')}data: ${JSON.stringify(event)}\n\n`, step)).rejects.toThrow(message);
  });

  it.each([
    ['ends before the answer does', token('a')],
    ['is no JSON', 'data: {"token":\n\n'],
    ['is empty', ''],
  ])('says so where it %s', async (_, text) => {
    await expect(read(text)).rejects.toThrow('The answer broke off');
  });

  it('reads nothing of a prototype, and no text that is none', async () => {
    const end = { generated_text: '', details: null };
    expect(await read(`${token({ toString: 1 })}${token(5, end)}`)).toEqual({
      pieces: [],
      end: { text: '', tokens: null },
    });
    expect(nativeStep('{"__proto__":{"generated_text":"x","error":"y"}}')).toEqual({ piece: '' });
  });

  it('is left where it does not end', async () => {
    const { pieces, end } = await read(token('x'.repeat(1000)).repeat(300));
    expect(pieces.join('').length).toBeLessThan(202_000);
    expect(end).toEqual({ text: null, tokens: null });
  });
});
