import { cut, oneLine } from '../report/text.js';
import type { ProgressEvent } from '../validate.js';
import { downloadInWords } from './download-bar.js';
import type { Host } from './host.js';
import { canvas } from './terminal.js';

/** What is said of each stage of a run. */
export const STAGES = {
  read: 'Reading the repository',
  ask: 'Asking the Hub',
  lint: 'Checking the card',
  support: 'Deciding on API and widget',
  download: 'Downloading',
  plan: 'Planning the smoke inference',
  setup: 'Starting the runtime',
  load: 'Loading the model',
  run: 'Running the model',
  check: 'Checking the answers',
} as const satisfies Readonly<Record<ProgressEvent['stage'], string>>;

/** Nothing is drawn for work that is done sooner, in milliseconds. */
const SPINNER_AFTER = 150;
/** A log gets a line only for stages that take longer, in milliseconds. */
const LINE_AFTER = 5000;
/** A download tells a log how far it is this often, in milliseconds. */
const DOWNLOAD_LINE_EVERY = 10_000;
const FRAME = 80;

/** Shows on stderr what is going on; `stop` removes every trace from a terminal. */
export interface Progress {
  readonly show: (event: ProgressEvent) => void;
  readonly stop: () => void;
}

/** A spinner on a terminal, a plain line per slow stage in a log, nothing when `quiet`. */
export function startProgress(host: Host, quiet: boolean, color: boolean | undefined): Progress {
  if (quiet) return { show: () => undefined, stop: () => undefined };
  const drawn = host.isTTY.stderr && !host.env.CI && host.env.TERM !== 'dumb';
  return drawn ? spinner(host, color) : lines(host);
}

function spinner(host: Host, color: boolean | undefined): Progress {
  const { unicode, width, ...painted } = canvas(host, 'stderr', color);
  const frames = [...(unicode ? '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏' : '|/-\\')];
  let text = '';
  let frame = 0;
  let visible = false;
  const draw = () => {
    const mark = frames[frame++ % frames.length] ?? '';
    const tinted = painted.color ? `\u001b[36m${mark}\u001b[39m` : mark;
    host.stderr.write(`\r${tinted} ${cut(text, width - 3, unicode ? '…' : '...')}\u001b[K`);
    visible = true;
  };
  let timer: NodeJS.Timeout | undefined;
  const words = inWords(unicode);
  const start = () => {
    timer = setTimeout(() => {
      draw();
      timer = setInterval(draw, FRAME);
      timer.unref();
    }, SPINNER_AFTER);
    timer.unref();
  };
  start();
  return {
    show: (event) => {
      text = words(event);
      // A line that was said meanwhile took the spinner away.
      if (timer === undefined) start();
    },
    stop: () => {
      clearTimeout(timer);
      clearInterval(timer);
      timer = undefined;
      if (visible) host.stderr.write('\r\u001b[K');
      visible = false;
    },
  };
}

function lines(host: Host): Progress {
  let timer: NodeJS.Timeout | undefined;
  let told = performance.now();
  const words = inWords(true);
  const stop = () => clearTimeout(timer);
  return {
    show: (event) => {
      stop();
      const line = words(event);
      if (event.stage === 'download') {
        if (performance.now() - told < DOWNLOAD_LINE_EVERY) return;
        told = performance.now();
        host.stderr.write(`${line}\n`);
        return;
      }
      timer = setTimeout(() => host.stderr.write(`${line}...\n`), LINE_AFTER);
      timer.unref();
    },
    stop,
  };
}

/** Puts events into words; those of a download tell its speed since the first of them. */
function inWords(unicode: boolean): (event: ProgressEvent) => string {
  let began: { readonly at: number; readonly done: number } | undefined;
  return ({ stage, detail, done, total }) => {
    if (done === undefined || total === undefined) {
      return `${STAGES[stage]}${detail ? `: ${oneLine(detail, unicode)}` : ''}`;
    }
    began ??= { at: performance.now(), done };
    return `${STAGES[stage]} ${downloadInWords({ done, total, received: done - began.done, elapsedMs: performance.now() - began.at }, unicode)}`;
  };
}
