/**
 * Draws docs/terminal.svg, the picture at the top of the README, from a real run: spawns the built command on fixtures
 * with colours on and turns what it printed into an SVG of a terminal. Run it with: npm run picture (after npm run
 * build). Times and memory in it are those of that run. With --check, writes nothing and fails when anything but such
 * figures would change.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { displayWidth, graphemes } from '../src/report/text.js';

/** What is typed in the picture, and what is run for it: one repository with faults of every kind. */
const RUN = {
  typed: 'validate-card fixtures/broken --smoke --device cpu',
  args: ['fixtures/broken', '--smoke', '--device', 'cpu'],
} as const;

const root = fileURLToPath(new URL('..', import.meta.url));
const picture = fileURLToPath(new URL('../docs/terminal.svg', import.meta.url));

const FONT_SIZE = 14;
/** Width of a column and height of a line, in pixels. */
const COLUMN = 8.4;
const LINE = 19;
const MARGIN = 18;
const TITLE_BAR = 36;

const COLORS = {
  background: '#161b22',
  frame: '#3d444d',
  text: '#d1d7e0',
  dim: '#8b949e',
  '31': '#ff7b72',
  '32': '#56d364',
  '33': '#e3b341',
  '34': '#79c0ff',
  '36': '#76e3ea',
} as const;

interface Look {
  readonly bold: boolean;
  readonly dim: boolean;
  readonly color: keyof typeof COLORS | undefined;
}

interface Run {
  readonly text: string;
  readonly look: Look;
}

const PLAIN: Look = { bold: false, dim: false, color: undefined };

const lines = [
  [
    { text: '$ ', look: { ...PLAIN, color: '32' } },
    { text: RUN.typed, look: PLAIN },
  ],
  [],
  ...printed(RUN.args),
] satisfies readonly (readonly Run[])[];
const svg = draw(lines);

if (process.argv.includes('--check')) {
  if (withoutFigures(readFileSync(picture, 'utf8')) !== withoutFigures(svg)) {
    console.error('docs/terminal.svg is stale: run npm run build && npm run picture.');
    process.exitCode = 1;
  }
} else {
  writeFileSync(picture, svg);
  console.log(`docs/terminal.svg: ${lines.length} lines, ${svg.length} characters`);
}

/** What the built command prints, as lines of painted runs. */
function printed(args: readonly string[]): readonly (readonly Run[])[] {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['dist/cli.cjs', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: process.env.HOME, FORCE_COLOR: '1' },
  });
  if (status === null || status > 1) throw new Error(`validate-card ${args.join(' ')} failed: ${stderr}`);
  return stdout.trimEnd().split('\n').map(paintedRuns);
}

/** Splits a line at its SGR codes; the page uses those of src/report/style.ts and no others. */
function paintedRuns(line: string): readonly Run[] {
  const runs: Run[] = [];
  let look = PLAIN;
  for (const part of line.split(/(\p{Cc}\[\d+m)/u)) {
    const code = /^\p{Cc}\[(\d+)m$/u.exec(part)?.[1];
    if (code === undefined) {
      if (part !== '') runs.push({ text: part, look });
    } else if (code === '1') look = { ...look, bold: true };
    else if (code === '2') look = { ...look, dim: true };
    else if (code === '22') look = { ...look, bold: false, dim: false };
    else if (code === '39') look = { ...look, color: undefined };
    else if (code === '31' || code === '32' || code === '33' || code === '34' || code === '36') {
      look = { ...look, color: code };
    } else throw new Error(`Unknown SGR code ${code}`);
  }
  return runs;
}

function draw(content: readonly (readonly Run[])[]): string {
  const columns = Math.max(
    ...content.map((runs) => runs.reduce((sum, run) => sum + displayWidth(run.text), 0)),
  );
  const width = Math.round(columns * COLUMN + 2 * MARGIN);
  const height = TITLE_BAR + content.length * LINE + MARGIN;
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
    (color, index) => `<circle cx="${20 + index * 20}" cy="18" r="6" fill="${color}"/>`,
  );
  const texts = content.flatMap((runs, index) => {
    if (runs.length === 0) return [];
    const y = TITLE_BAR + index * LINE + FONT_SIZE;
    return [`<text y="${y}">${spans(runs)}</text>`];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="validate-card in a terminal: a broken card with its findings, then a healthy model with its smoke inference">
<style>
text { font: ${FONT_SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace; fill: ${COLORS.text}; white-space: pre; }
.b { font-weight: 700; } .d { fill: ${COLORS.dim}; } .c31 { fill: ${COLORS['31']}; } .c32 { fill: ${COLORS['32']}; } .c33 { fill: ${COLORS['33']}; } .c34 { fill: ${COLORS['34']}; } .c36 { fill: ${COLORS['36']}; }
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10" fill="${COLORS.background}" stroke="${COLORS.frame}"/>
${dots.join('')}
${texts.join('\n')}
</svg>
`;
}

/** Every run stands at its own column and is as wide as its columns, whatever font the reader has. */
function spans(runs: readonly Run[]): string {
  let column = 0;
  return runs
    .map(({ text, look }) => {
      const lead = text.length - text.trimStart().length;
      const shown = text.trim();
      const x = MARGIN + (column + lead) * COLUMN;
      column += displayWidth(text);
      if (shown === '') return '';
      const classes = [look.bold && 'b', look.dim && 'd', look.color && `c${look.color}`].filter(Boolean);
      const name = classes.length > 0 ? ` class="${classes.join(' ')}"` : '';
      const size = graphemes(shown).length > 1 ? ` textLength="${pixels(displayWidth(shown) * COLUMN)}"` : '';
      return `<tspan x="${pixels(x)}"${size}${name}>${escaped(shown)}</tspan>`;
    })
    .join('');
}

function pixels(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The picture without what differs from run to run: times, memory, and the places they push around. */
function withoutFigures(text: string): string {
  return text
    .replaceAll(/\d+(\.\d+)? (ms|s|MB|GB)\b/g, '#')
    .replaceAll(/ (x|textLength)="[\d.]+"/g, '')
    .replaceAll(/ +/g, ' ');
}
