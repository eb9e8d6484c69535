import { escapeText } from '../preview.js';
import type { RequestEvent, ServerEvent } from '../serve/events.js';

/** An event as a line for people; null for what is told to programs alone. */
export function eventInWords(event: ServerEvent): string | null {
  switch (event.event) {
    case 'request':
      return event.error === undefined && WATCHED.has(event.route) ? null : requestInWords(event);
    case 'load':
      return event.ok
        ? `${escapeText(event.model)} is loaded${event.variant === undefined ? '' : ` as ${event.variant}`} · ${event.task} · ${duration(event.ms)}${event.memoryBytes === null ? '' : ` · ${megabytes(event.memoryBytes)}`}`
        : `${escapeText(event.error ?? `${event.model} cannot be loaded`, LONGEST_REASON)} · ${event.task} · ${duration(event.ms)}`;
    case 'worker-end':
      return ENDS[event.reason]?.(escapeText(event.model)) ?? null;
    case 'usage-file':
      return event.message;
    case 'fault':
      return `${event.id === undefined ? 'The server failed' : 'A request failed'}: ${event.message}`;
  }
}

/** As much of a reason as is shown, in UTF-16 units; an id and a command may be in it. */
const LONGEST_REASON = 800;

/** What a page that is open, or a collector of figures, asks for again and again. */
const WATCHED: ReadonlySet<string> = new Set([
  '/api/usage',
  '/api/events',
  '/health',
  '/metrics',
  '/_page/*',
]);

const ENDS: Readonly<Record<string, (model: string) => string>> = {
  memory: (model) => `${model} was put away for another model`,
  idle: (model) => `${model} was put away: nobody asked for it`,
  changed: (model) => `${model} was put away: its files were changed`,
  crash: (model) => `The process of ${model} ended by itself`,
  'over-time': (model) => `The process of ${model} was stopped: it took too long`,
  'over-memory': (model) => `The process of ${model} was stopped: it took more memory than it may`,
};

/** `200 POST distilbert · text-classification · 12 ms · cpu 9.1 ms`: the model where there is one, else the address. */
function requestInWords(event: RequestEvent): string {
  const { method, route, status, ms, model, task, computeType, computeMs, tokens, shared } = event;
  const what = model === undefined ? route || '(unknown)' : escapeText(model, 100);
  const parts = [
    `${status} ${method} ${what}`,
    task,
    duration(ms),
    computeType === undefined ? undefined : `${computeType}${computeMs ? ` ${duration(computeMs)}` : ''}`,
    shared ? 'shared' : undefined,
    tokens === undefined ? undefined : `${tokens} ${tokens === 1 ? 'token' : 'tokens'}`,
    event.error,
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

function duration(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(0)} MB`;
}
