import { expect, it } from 'vitest';
import type { ServerEvent } from '../../src/serve/events.js';
import { post, serve } from './served.js';

/** What a model answers with and without `quantized`, and the variants that were loaded. */
async function ask(id: string, quantized: boolean) {
  const events: ServerEvent[] = [];
  const server = await serve([id], { quantized, onEvent: (event) => events.push(event) });
  try {
    const name = server.models[0] ?? '';
    const { status, headers, json } = await post(`${server.url}/models/${name}`, {
      inputs: 'The movie was great!',
    });
    const about = await (await fetch(`${server.url}/status/${name}`)).json();
    return {
      status,
      json,
      computeType: headers.get('x-compute-type'),
      aboutType: (about as { readonly compute_type: unknown }).compute_type,
      variants: events.flatMap((event) => (event.event === 'load' ? [event.variant] : [])),
    };
  } finally {
    await server.close();
  }
}

it('a quantized variant that answers alike is served where that is asked', async () => {
  const full = await ask('text-classification-variants', false);
  expect(full).toMatchObject({ status: 200, computeType: 'cpu', aboutType: 'cpu', variants: [undefined] });
  const optimized = await ask('text-classification-variants', true);
  expect(optimized).toMatchObject({
    status: 200,
    computeType: 'cpu+optimized',
    aboutType: 'cpu+optimized',
    variants: ['q8'],
  });
  expect(optimized.json).not.toEqual(full.json);
}, 120_000);

it('one that answers otherwise is not', async () => {
  const full = await ask('faults/quantized-disagrees', false);
  const optimized = await ask('faults/quantized-disagrees', true);
  expect(optimized).toMatchObject({ computeType: 'cpu', aboutType: 'cpu', variants: [undefined] });
  expect(optimized.json).toEqual(full.json);
}, 120_000);

it('each model of a server says for itself what computes, when it is known', async () => {
  const events: ServerEvent[] = [];
  const server = await serve(['text-classification-variants', 'text-generation'], {
    quantized: true,
    onEvent: (event) => events.push(event),
  });
  const about = async (id: string) =>
    ((await (await fetch(`${server.url}/status/${id}`)).json()) as { readonly compute_type: unknown })
      .compute_type;
  try {
    expect(await about('text-classification-variants')).toBe('cpu');
    const small = await post(`${server.url}/models/text-classification-variants`, { inputs: 'Great!' });
    const whole = await post(`${server.url}/models/text-generation`, { inputs: 'Once' });
    const stream = await fetch(`${server.url}/models/text-generation`, {
      method: 'POST',
      headers: { 'x-wait-for-model': 'true' },
      body: JSON.stringify({ inputs: 'Twice', stream: true }),
    });
    await stream.text();
    const types = [small.headers, whole.headers, stream.headers].map((of) => of.get('x-compute-type'));
    expect(types).toEqual(['cpu+optimized', 'cpu', 'cpu']);
    expect(await about('text-classification-variants')).toBe('cpu+optimized');
    expect(await about('text-generation')).toBe('cpu');
  } finally {
    await server.close();
  }
  const told = events.flatMap((event) =>
    event.event === 'request' && event.method === 'POST' ? [event.computeType] : [],
  );
  expect(told).toEqual(['cpu+optimized', 'cpu', 'cpu']);
}, 120_000);
