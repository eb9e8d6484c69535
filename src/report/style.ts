/** Paints text for a terminal. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  readonly blue: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** SGR codes (ECMA-48, 8.3.117) that set and reset each style. */
const SGR = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
} as const;

/** Styles that paint, or that leave text alone when `color` is off. Text must be safe to print already. */
export function style(color: boolean): Style {
  const paint = ([on, off]: readonly [number, number]) =>
    color
      ? (text: string) => (text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`)
      : (text: string) => text;
  return {
    bold: paint(SGR.bold),
    dim: paint(SGR.dim),
    red: paint(SGR.red),
    green: paint(SGR.green),
    yellow: paint(SGR.yellow),
    blue: paint(SGR.blue),
    cyan: paint(SGR.cyan),
  };
}

/** Symbols and lines, with what stands for them where the terminal has no Unicode. */
export interface Symbols {
  readonly pass: string;
  readonly fail: string;
  readonly warn: string;
  readonly skip: string;
  readonly dot: string;
  readonly ellipsis: string;
  readonly bar: string;
  readonly corner: string;
  /** In place of `corner` where nothing follows. */
  readonly only: string;
  readonly branch: string;
  readonly end: string;
  readonly more: string;
}

/** The symbols of one character set. */
export function symbols(unicode: boolean): Symbols {
  return unicode
    ? {
        pass: '✔',
        fail: '✖',
        warn: '▲',
        skip: '○',
        dot: '·',
        ellipsis: '…',
        bar: '│',
        corner: '╭─',
        only: '╰─',
        branch: '├─',
        end: '╰─',
        more: '⋮',
      }
    : {
        pass: '+',
        fail: 'x',
        warn: '!',
        skip: 'o',
        dot: '-',
        ellipsis: '...',
        bar: '|',
        corner: '-->',
        only: '-->',
        branch: '=',
        end: '=',
        more: ':',
      };
}
