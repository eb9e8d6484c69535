import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { WorkerAnswer } from '../../src/serve/model-worker.js';
import { nativeEvents } from '../../src/serve/native-stream.js';
import { ServeError } from '../../src/serve/serve-error.js';
import { followed, type StreamPart } from '../../src/serve/token-stream.js';
import type { FinishReason, MadeToken } from '../../src/tasks/following.js';
import { all, eventsOf } from './events.js';

const token = (id: number, last: FinishReason | null = null): MadeToken => ({
  text: 0,
  id,
  piece: String(id),
  name: String(id),
  logprob: -1,
  special: false,
  top: [],
  last,
});
const ANSWER: WorkerAnswer = {
  output: [{ generated_text: 'one two' }],
  files: [],
  written: [],
  latencyMs: 1,
  heardSeconds: 0,
  tokensRead: 0,
};
const HERE = new AbortController().signal;

describe('a run that is followed', () => {
  it('gives its tokens in order, then its answer', async () => {
    const parts = await all(
      followed(HERE, async (tell) => {
        tell(token(1));
        await turn();
        tell(token(2));
        tell(token(3));
        return ANSWER;
      }),
    );
    expect(parts.map((part) => (part.kind === 'token' ? part.token.id : part.answer))).toEqual([
      1,
      2,
      3,
      ANSWER,
    ]);
  });

  it('gives what came before it failed', async () => {
    const seen: number[] = [];
    const reading = (async () => {
      for await (const part of followed(HERE, async (tell) => {
        tell(token(1));
        throw new Error('It broke.');
      })) {
        if (part.kind === 'token') seen.push(part.token.id);
      }
    })();
    await expect(reading).rejects.toThrow('It broke.');
    expect(seen).toEqual([1]);
  });

  it('waits for who reads slowly, and goes on when it has read', async () => {
    let full: Promise<void> | undefined;
    let told = 0;
    const parts = followed(HERE, async (tell) => {
      while (told < 1000) {
        told++;
        full = tell(token(told));
        await full;
      }
      return ANSWER;
    });
    expect(await parts.next()).toMatchObject({ value: { token: { id: 1 } } });
    await turn();
    await turn();
    // It is a few hundred ahead, not a thousand.
    expect(told).toBeGreaterThan(100);
    expect(told).toBeLessThan(1000);
    expect(full).toBeInstanceOf(Promise);
    expect(await all(parts)).toHaveLength(1000);
    expect(told).toBe(1000);
  });

  it('is stopped when nobody reads on', async () => {
    let gone: AbortSignal | undefined;
    for await (const _ of followed(HERE, (tell, signal) => {
      gone = signal;
      tell(token(1));
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
    })) {
      expect(gone?.aborted).toBe(false);
      break;
    }
    expect(gone?.aborted).toBe(true);
  });

  it('is stopped when the client goes away while nothing comes', async () => {
    const left = new AbortController();
    const parts = followed(
      left.signal,
      (_, gone) =>
        new Promise((_, reject) => gone.addEventListener('abort', () => reject(new Error('stopped')))),
    );
    const next = parts.next();
    left.abort();
    await expect(next).rejects.toThrow('stopped');
  });
});

describe('the events of the Inference API', () => {
  async function* parts(...some: readonly (StreamPart | Error)[]): AsyncGenerator<StreamPart, void> {
    for (const part of some) {
      if (part instanceof Error) throw part;
      yield part;
    }
  }
  const made = (id: number, last: FinishReason | null = null): StreamPart => ({
    kind: 'token',
    token: token(id, last),
  });
  const read = async (some: AsyncGenerator<StreamPart, void>) =>
    eventsOf((await all(nativeEvents(some))).join(''));

  it.each([
    [new ServeError(504, 'It took too long.'), { error: 'It took too long.', error_type: 'generation' }],
    [new ServeError(400, 'It is wrong.'), { error: 'It is wrong.', error_type: 'validation' }],
    [new TypeError('secret'), { error: expect.not.stringContaining('secret'), error_type: 'generation' }],
  ])('tell of an error behind the first token: %s', async (error, told) => {
    expect(await read(parts(made(1), error))).toEqual([
      expect.objectContaining({ generated_text: null }),
      told,
    ]);
  });

  it('leave an error before the first token to the answer', async () => {
    await expect(read(parts(new ServeError(503, 'It loads.')))).rejects.toThrow('It loads.');
    // The last token waits for the text, so that nothing was told yet.
    await expect(read(parts(made(1, 'length'), new ServeError(500, 'It ended.')))).rejects.toThrow(
      'It ended.',
    );
  });

  it('end with the text of the answer', async () => {
    const events = await read(parts(made(1), made(2, 'length'), { kind: 'answer', answer: ANSWER }));
    expect(events).toHaveLength(2);
    expect(events[1]).toMatchObject({ token: { id: 2 }, generated_text: 'one two' });
  });
});
