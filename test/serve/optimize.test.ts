import { expect, it } from 'vitest';
import type { ServerEvent } from '../../src/serve/events.js';
import { post, serve } from './served.js';

/** What a model answers with and without `optimize`, and the variants that were loaded. */
async function ask(id: string, optimize: boolean) {
  const events: ServerEvent[] = [];
  const server = await serve([id], { optimize, onEvent: (event) => events.push(event) });
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
  expect(optimized).toMatchObject({ computeType: 'cpu+optimized', variants: [undefined] });
  expect(optimized.json).toEqual(full.json);
}, 120_000);
