import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServedModels } from '../../src/serve/server-options.js';
import { expectAnswer } from '../smoke/answer.js';
import { bytes, post, serve } from './served.js';

const WHISPER = 'automatic-speech-recognition-whisper';
const TEXT = ' high mid low low';
const chunk = (text: string, start: number, end: number) => ({ text, timestamp: [start, end] });
const HEARD = [
  chunk(' high', 0.08, 0.2),
  chunk(' mid', 0.36, 0.52),
  chunk(' low', 0.62, 0.74),
  chunk(' low', 0.9, 1.1),
];

let server: ServedModels;
let inputs: string;
beforeAll(async () => {
  server = await serve([WHISPER]);
  inputs = Buffer.from(await bytes(`${WHISPER}/samples/falling.wav`)).toString('base64');
});
afterAll(() => server.close());

/** Asks a Whisper what it hears, and when. */
function ask(return_timestamps: unknown) {
  return post(`${server.url}/models/${WHISPER}`, { inputs, parameters: { return_timestamps } });
}

describe('the times of what a Whisper writes down', () => {
  it.each([false, null])('are not told without being asked for: %s', async (wanted) => {
    const { status, json } = await ask(wanted);
    expect([status, json]).toEqual([200, { text: TEXT }]);
  });

  it('are those of each piece', async () => {
    const { status, json } = await ask(true);
    expect([status, json]).toEqual([200, { text: TEXT, chunks: HEARD }]);
  });

  it('are those of each word', async () => {
    const { status, json } = await ask('word');
    expect(status).toBe(200);
    expect((json as { readonly chunks: unknown }).chunks).toHaveLength(HEARD.length);
    expect(json).not.toEqual((await ask(true)).json);
    // A word begins where the model begins to look for it.
    await expectAnswer(
      { output: json, files: [] },
      { body: {}, output: { text: TEXT, chunks: HEARD }, tolerance: 0.1 },
    );
  });

  it('are not those of letters', async () => {
    const { status, json } = await ask('char');
    expect([status, json]).toEqual([
      400,
      { error: expect.stringContaining('return_timestamps "char" is for CTC models') },
    ]);
  });
});
