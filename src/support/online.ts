import type { Metadata } from '../card/card.js';
import type { ModelPage } from '../hub/facts.js';
import { isMapping, own } from '../mapping.js';
import type { OnlineVerdict, SupportVerdict } from './verdict.js';
import { hasOutput } from './widget.js';

/** Providers that are named; the others are counted. */
const MOST_NAMED = 5;

/**
 * What the page shows today. Since 2025 a live widget needs more than a library and a task that go together: an inference
 * provider that serves the model (hub-docs pull request 1810). Where one does, the page has its widget also for pairs that the
 * tables do not have; where none does, recorded outputs of the card are all there is to show.
 */
export function decideOnline(
  verdict: SupportVerdict,
  metadata: Metadata | null,
  { task, library, providers }: ModelPage,
): OnlineVerdict {
  return { task, library, providers, widget: widgetToday(verdict, metadata, providers) };
}

function widgetToday(
  { api, widget }: SupportVerdict,
  metadata: Metadata | null,
  providers: ModelPage['providers'],
): OnlineVerdict['widget'] {
  const live = providers.filter(({ status }) => status === 'live').map(({ name }) => name);
  if (api.reason === 'ExplicitOptOut') {
    return { state: widget.state, explanation: 'The card turns inference off, whoever may serve the model.' };
  }
  if (live.length > 0) {
    const rest = live.length - MOST_NAMED;
    const names = [...live.slice(0, MOST_NAMED), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
    return {
      state: 'live',
      explanation: `${names} ${live.length === 1 ? 'serves' : 'serve'} the model, so the page has a live widget.`,
    };
  }
  const why =
    providers.length === 0
      ? 'No inference provider serves the model'
      : `No inference provider serves the model yet (${providers
          .slice(0, MOST_NAMED)
          .map(({ name, status }) => `${name}: ${status}`)
          .join(', ')})`;
  if (widget.state !== 'live') return { state: widget.state, explanation: `${why}.` };
  const recorded = hasRecorded(metadata);
  return {
    state: recorded ? 'examples-only' : 'hidden',
    explanation: `${why}: library and task are right, and the page has a live widget as soon as one does. ${
      recorded ? 'Until then it shows the recorded outputs of the card.' : 'Until then it shows none.'
    }`,
  };
}

function hasRecorded(metadata: Metadata | null): boolean {
  const examples = own(metadata, 'widget');
  return Array.isArray(examples) && examples.some((one) => isMapping(one) && hasOutput(own(one, 'output')));
}
