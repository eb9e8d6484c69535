import type { Style } from './style.js';

/** A line of a diff; `text` holds its line break, which only the last line of a file can lack. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
  /** 1-based line number in the old text, for added lines in the new text. */
  readonly line: number;
}

/** Neighbouring changes with the lines around them. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
  readonly lines: readonly DiffLine[];
}

/** Most changed lines looked for one by one; beyond it, the changed stretch is shown replaced as a whole. */
const MOST_STEPS = 400;

/** Line diff of two texts (Myers' greedy algorithm) with `context` equal lines around each change. */
export function diffLines(before: string, after: string, context = 3): readonly Hunk[] {
  if (before === after) return [];
  const old = splitLines(before);
  const now = splitLines(after);
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < now.length - head &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  )
    tail++;

  const script: DiffLine[] = [];
  for (let index = Math.max(0, head - context); index < head; index++) {
    script.push({ kind: 'same', text: old[index] ?? '', line: index + 1 });
  }
  script.push(...middle(old.slice(head, old.length - tail), now.slice(head, now.length - tail), head));
  for (let index = 0; index < Math.min(context, tail); index++) {
    const line = old.length - tail + index;
    script.push({ kind: 'same', text: old[line] ?? '', line: line + 1 });
  }
  return hunksOf(script, Math.max(0, head - context), context);
}

/** The hunks as a unified diff, as `git apply` and `patch` read it. */
export function unifiedDiff(hunks: readonly Hunk[], file: string): string {
  if (hunks.length === 0) return '';
  const mark = { same: ' ', removed: '-', added: '+' } as const;
  const range = (start: number, count: number) =>
    count === 1 ? `${start}` : `${count === 0 ? start - 1 : start},${count}`;
  let text = `--- a/${file}\n+++ b/${file}\n`;
  for (const hunk of hunks) {
    text += `@@ -${range(hunk.oldStart, hunk.oldCount)} +${range(hunk.newStart, hunk.newCount)} @@\n`;
    for (const line of hunk.lines) {
      text += mark[line.kind] + line.text;
      if (!line.text.endsWith('\n')) text += '\n\\ No newline at end of file\n';
    }
  }
  return text;
}

/** A unified diff as a terminal shows it best: what goes red, what comes green. */
export function paintedDiff(diff: string, paint: Style): string {
  const lines = diff.split('\n');
  const isHead = (index: number) =>
    lines[index]?.startsWith('--- a/') === true && lines[index + 1]?.startsWith('+++ b/') === true;
  return lines
    .map((line, index) => {
      if (isHead(index) || isHead(index - 1)) return paint.bold(line);
      if (line.startsWith('@@')) return paint.cyan(line);
      if (line.startsWith('-')) return paint.red(line);
      return line.startsWith('+') ? paint.green(line) : line;
    })
    .join('\n');
}

/** Lines end at LF alone; a CR stays part of its line, so that a changed line ending is a change. */
function splitLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function middle(old: readonly string[], now: readonly string[], offset: number): readonly DiffLine[] {
  const trace = searchPath(old, now);
  if (trace === undefined) {
    return [
      ...old.map((text, index): DiffLine => ({ kind: 'removed', text, line: offset + index + 1 })),
      ...now.map((text, index): DiffLine => ({ kind: 'added', text, line: offset + index + 1 })),
    ];
  }
  const lines: DiffLine[] = [];
  let x = old.length;
  let y = now.length;
  for (let step = trace.length - 1; step >= 0; step--) {
    const reached = trace[step] ?? new Map<number, number>();
    const diagonal = x - y;
    const down =
      diagonal === -step ||
      (diagonal !== step && (reached.get(diagonal - 1) ?? -1) < (reached.get(diagonal + 1) ?? -1));
    const previous = down ? diagonal + 1 : diagonal - 1;
    const fromX = step === 0 ? 0 : (reached.get(previous) ?? 0);
    const fromY = step === 0 ? 0 : fromX - previous;
    while (x > fromX && y > fromY) {
      x--;
      y--;
      lines.push({ kind: 'same', text: old[x] ?? '', line: offset + x + 1 });
    }
    if (step === 0) break;
    if (down) lines.push({ kind: 'added', text: now[fromY] ?? '', line: offset + fromY + 1 });
    else lines.push({ kind: 'removed', text: old[fromX] ?? '', line: offset + fromX + 1 });
    x = fromX;
    y = fromY;
  }
  return lines.reverse();
}

/** The furthest points Myers' search reached before each step, or undefined past `MOST_STEPS`. */
function searchPath(
  old: readonly string[],
  now: readonly string[],
): readonly ReadonlyMap<number, number>[] | undefined {
  const trace: Map<number, number>[] = [];
  const reached = new Map<number, number>([[1, 0]]);
  for (let step = 0; step <= Math.min(old.length + now.length, MOST_STEPS); step++) {
    trace.push(new Map(reached));
    for (let diagonal = -step; diagonal <= step; diagonal += 2) {
      const left = reached.get(diagonal - 1) ?? -1;
      const right = reached.get(diagonal + 1) ?? -1;
      let x = diagonal === -step || (diagonal !== step && left < right) ? Math.max(right, 0) : left + 1;
      while (x < old.length && x - diagonal < now.length && old[x] === now[x - diagonal]) x++;
      reached.set(diagonal, x);
      if (x >= old.length && x - diagonal >= now.length) return trace;
    }
  }
  return undefined;
}

function hunksOf(script: readonly DiffLine[], firstLine: number, context: number): readonly Hunk[] {
  const changed = script.flatMap((line, index) => (line.kind === 'same' ? [] : [index]));
  const groups: { from: number; to: number }[] = [];
  for (const index of changed) {
    const from = Math.max(0, index - context);
    const to = Math.min(script.length, index + context + 1);
    const last = groups.at(-1);
    if (last && from <= last.to) last.to = to;
    else groups.push({ from, to });
  }
  const hunks: Hunk[] = [];
  let oldLine = firstLine + 1;
  let newLine = firstLine + 1;
  let at = 0;
  for (const group of groups) {
    for (; at < group.from; at++) {
      oldLine++;
      newLine++;
    }
    const lines = script.slice(group.from, group.to);
    const oldCount = lines.filter((line) => line.kind !== 'added').length;
    const newCount = lines.filter((line) => line.kind !== 'removed').length;
    hunks.push({ oldStart: oldLine, oldCount, newStart: newLine, newCount, lines });
    oldLine += oldCount;
    newLine += newCount;
    at = group.to;
  }
  return hunks;
}
