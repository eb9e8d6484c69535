import { describe, expect, it } from 'vitest';
import type { ServerEvent } from '../../src/serve/events.js';
import { TASKS } from '../../src/tasks/index.js';
import type { Way } from '../../src/tasks/task.js';
import { post, serve } from './served.js';
import { workers } from './workers.js';

/** What a way loads: all that it says of itself but how it runs. */
function loadedBy(way: Way): unknown {
  return Object.entries(way)
    .filter(([name]) => name !== 'run')
    .map(([name, value]) => [name, typeof value === 'function' ? String(value) : value]);
}

/** Asks a model one thing after the other; tells the answers, how often it was loaded, and how many processes it has. */
async function ask(id: string, requests: readonly (readonly [string, unknown])[]) {
  const events: ServerEvent[] = [];
  const server = await serve([id], { onEvent: (event) => events.push(event) });
  try {
    const answers = [];
    for (const [path, body] of requests) answers.push(await post(`${server.url}${path}`, body));
    return {
      answers: answers.map(({ status, json }) => ({ status, json })),
      loads: events.filter(({ event }) => event === 'load').length,
      processes: workers().length,
    };
  } finally {
    await server.close();
  }
}

describe('tasks whose models are loaded alike', () => {
  const alike = [...TASKS.values()].flatMap((task) =>
    task.loadsAs === undefined ? [] : [[task.tag, task.loadsAs] as const],
  );

  it('are those of texts that are answered or gone on from, and those of vectors', () => {
    expect(alike.map((pair) => pair.toSorted()).toSorted()).toEqual([
      ['conversational', 'text-generation'],
      ['feature-extraction', 'sentence-similarity'],
    ]);
  });

  it.each(alike)('%s loads what %s does', (tag, as) => {
    expect(TASKS.get(tag)?.ways.map(loadedBy)).toEqual(TASKS.get(as)?.ways.map(loadedBy));
    expect(TASKS.get(as)?.loadsAs).toBeUndefined();
  });
});

/** Asks for one thing after the other, in both orders: which task the model was loaded for changes no answer. */
async function askBothWays(
  id: string,
  [one, two]: readonly [readonly [string, unknown], readonly [string, unknown]],
) {
  const forth = await ask(id, [one, two]);
  const back = await ask(id, [two, one]);
  expect(back.answers).toEqual(forth.answers.toReversed());
  for (const { loads, processes } of [forth, back])
    expect({ loads, processes }).toEqual({ loads: 1, processes: 1 });
  return forth.answers;
}

it('a model that chats and goes on from texts is loaded once', async () => {
  const path = '/models/text-generation-chat';
  const turn = { text: 'Who are you?', past_user_inputs: [], generated_responses: [] };
  const answers = await askBothWays('text-generation-chat', [
    [path, { inputs: turn }],
    [path, { inputs: 'I am', parameters: { max_new_tokens: 8 } }],
  ]);
  expect(answers).toMatchObject([
    { status: 200, json: { conversation: { past_user_inputs: ['Who are you?'] } } },
    { status: 200, json: [{ generated_text: expect.stringMatching(/^I am/) }] },
  ]);
});

it('a model of vectors is loaded once, whether it gives or compares them', async () => {
  const inputs = { source_sentence: 'The sky is blue.', sentences: ['It is blue.', 'No.'] };
  const answers = await askBothWays('sentence-similarity', [
    ['/models/sentence-similarity', { inputs }],
    ['/pipeline/feature-extraction/sentence-similarity', { inputs: 'The sky is blue.' }],
  ]);
  expect(answers).toMatchObject([
    { status: 200, json: [expect.any(Number), expect.any(Number)] },
    { status: 200, json: expect.arrayContaining([expect.any(Number)]) },
  ]);
});
