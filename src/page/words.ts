import type { ModelState } from '../serve/model-state.js';
import type { SupportVerdict } from '../support/verdict.js';

/** What a colour means: the classes of marks and chips. */
export type Tone = 'good' | 'warning' | 'error' | 'info';

/** The state of a model, for a person. */
export function stateInWords(state: ModelState): string {
  switch (state.state) {
    case 'loaded':
      return state.memoryBytes === null ? 'Loaded' : `Loaded, ${bytesInWords(state.memoryBytes)}`;
    case 'loading':
      return 'Loading';
    case 'cold':
      return 'Not loaded';
  }
}

/** An amount of memory, for a person. */
export function bytesInWords(bytes: number): string {
  if (bytes < 1024 ** 2) return `${Math.max(1, Math.round(bytes / 1024))} kB`;
  if (bytes < 1024 ** 3) return `${Math.round(bytes / 1024 ** 2)} MB`;
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}

/** What the page on the Hub will have, in a few words. */
export function widgetVerdict({ widget }: Pick<SupportVerdict, 'widget'>): {
  readonly words: string;
  readonly tone: Tone;
} {
  switch (widget.state) {
    case 'live':
      return { words: 'Widget live', tone: 'good' };
    case 'examples-only':
      return { words: 'Examples only', tone: 'warning' };
    case 'hidden':
      return { words: 'No widget', tone: 'error' };
  }
}

/** Whether the API on the Hub will be on. */
export function apiVerdict({ api }: Pick<SupportVerdict, 'api'>): {
  readonly words: string;
  readonly tone: Tone;
} {
  return api.enabled ? { words: 'API on', tone: 'good' } : { words: 'API off', tone: 'error' };
}
