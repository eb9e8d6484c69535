import type { Host } from './host.js';

/** What may be drawn on a stream. */
export interface Canvas {
  readonly color: boolean;
  readonly unicode: boolean;
  readonly width: number;
}

/** Columns taken for a page that does not go to a terminal: a log or a file. */
const WIDTH_WITHOUT_TERMINAL = 100;

/**
 * Decides colour, symbols and width for a stream. For colour, `--color` and `--no-color` win, then `NO_COLOR`
 * (https://no-color.org), then `FORCE_COLOR`, then whether the stream is a terminal.
 */
export function canvas(host: Host, stream: 'stdout' | 'stderr', color: boolean | undefined): Canvas {
  return {
    color: color ?? colorWanted(host, stream),
    unicode: unicodeWanted(host),
    width: host.isTTY[stream] ? (host.columns ?? 80) : WIDTH_WITHOUT_TERMINAL,
  };
}

function colorWanted(host: Host, stream: 'stdout' | 'stderr'): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = host.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return host.isTTY[stream] && TERM !== 'dumb';
}

/** False only where the locale, or the Linux console, says that there is no Unicode. */
function unicodeWanted(host: Host): boolean {
  const { LC_ALL, LC_CTYPE, LANG, TERM, WT_SESSION, TERM_PROGRAM, CI } = host.env;
  if (host.platform === 'win32') return Boolean(WT_SESSION || TERM_PROGRAM || CI);
  const locale = LC_ALL || LC_CTYPE || LANG || '';
  return TERM !== 'linux' && (locale === '' || /utf-?8/i.test(locale));
}
