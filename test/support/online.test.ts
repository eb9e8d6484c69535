import { describe, expect, it } from 'vitest';
import type { InferenceProvider, ModelPage } from '../../src/hub/facts.js';
import { decideSupport } from '../../src/support/decide.js';
import { decideOnline } from '../../src/support/online.js';

const SERVED = { library_name: 'transformers', pipeline_tag: 'fill-mask' };
const FILES = [{ path: 'model.safetensors', size: 100 }];

function today(metadata: Readonly<Record<string, unknown>>, providers: readonly InferenceProvider[]) {
  const page: ModelPage = {
    id: 'org/model',
    task: 'fill-mask',
    library: 'transformers',
    declared: { task: null, library: null },
    providers,
  };
  return decideOnline(decideSupport({ metadata, files: FILES }), metadata, page);
}

const live = (name: string): InferenceProvider => ({ name, status: 'live', task: 'fill-mask' });

describe('the page today', () => {
  it('has a live widget where a provider serves the model', () => {
    expect(today(SERVED, [live('hf-inference')])).toEqual({
      task: 'fill-mask',
      library: 'transformers',
      providers: [live('hf-inference')],
      widget: { state: 'live', explanation: 'hf-inference serves the model, so the page has a live widget.' },
    });
  });

  it('has one also for a pair of library and task that the tables do not have', () => {
    const odd = { library_name: 'fastai', pipeline_tag: 'fill-mask' };
    expect(decideSupport({ metadata: odd }).widget.state).toBe('hidden');
    expect(today(odd, [live('together'), live('novita')]).widget).toEqual({
      state: 'live',
      explanation: 'together, novita serve the model, so the page has a live widget.',
    });
  });

  it('has none where no provider does, whatever library and task are', () => {
    const { widget } = today(SERVED, []);
    expect(decideSupport({ metadata: SERVED, files: FILES }).widget.state).toBe('live');
    expect(widget.state).toBe('hidden');
    expect(widget.explanation).toContain(
      'No inference provider serves the model: library and task are right',
    );
  });

  it('shows recorded outputs meanwhile', () => {
    const metadata = { ...SERVED, widget: [{ text: 'a', output: [{ label: 'x', score: 1 }] }] };
    expect(today(metadata, []).widget.state).toBe('examples-only');
    expect(today({ ...SERVED, widget: [{ text: 'a', output: [] }, null] }, []).widget.state).toBe('hidden');
  });

  it('counts no provider that is only being tried or does not work', () => {
    const { widget } = today(SERVED, [
      { name: 'together', status: 'staging', task: null },
      { name: 'novita', status: 'error', task: null },
    ]);
    expect(widget.state).toBe('hidden');
    expect(widget.explanation).toContain('(together: staging, novita: error)');
  });

  it('is off where the card turns it off', () => {
    expect(today({ ...SERVED, inference: false }, [live('together')]).widget.state).toBe('hidden');
  });

  it('names a few of many providers', () => {
    const { explanation } = today(
      SERVED,
      Array.from({ length: 9 }, (_, i) => live(`p${i}`)),
    ).widget;
    expect(explanation).toBe('p0, p1, p2, p3, p4, 4 more serve the model, so the page has a live widget.');
  });
});
