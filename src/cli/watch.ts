import { resolve } from 'node:path';
import { settingsAbove } from '../config/find.js';
import { EXIT, type ExitCode, UsageError } from '../errors.js';
import { findRepositories, repositoryAround } from '../repo/find-repositories.js';
import { realName, realpath } from '../repo/fs.js';
import { placeOf } from '../repo/model-folder.js';
import { isPattern, patternBase } from '../repo/pattern.js';
import { changedBetween, nextChange, snapshot, type Watched } from '../repo/watched-files.js';
import { style } from '../report/style.js';
import { slashedWay } from '../slashed-path.js';
import type { Host, Writer } from './host.js';
import { checkOnDisk } from './on-disk.js';
import { firstGiven, type RunOptions } from './run-options.js';
import { tell } from './shown.js';
import { canvas } from './terminal.js';

/** How long the files have to be left alone before the model is run, in milliseconds. */
const SMOKE_AFTER_MS = 700;

/** Erases the screen and what was scrolled out of it, and goes to its upper left corner. */
const CLEAR = '\u001b[2J\u001b[3J\u001b[H';

/** Runs the command once on the options, tells of errors, and gives the exit code. */
export type Attempt = (options: RunOptions, host: Host) => Promise<ExitCode>;

/**
 * Checks again whenever the card, settings or a file of the repositories changes, until the user interrupts or nobody reads any
 * more; then gives the exit code of the last check. The model runs only with `--smoke`: when the files come to rest, and no longer
 * than until the next change.
 */
export async function watchRun(options: RunOptions, host: Host, attempt: Attempt): Promise<ExitCode> {
  checkPossible(options);
  // What is deleted later is waited for.
  await checkOnDisk(options.targets, host.cwd, notThere);
  const end = AbortSignal.any([host.signal, host.unread].filter((signal) => signal !== undefined));
  const screen = screenOf(options, host);
  // Until a check was made to its end.
  let code: ExitCode = EXIT.failure;
  let changed: readonly string[] = [];
  while (!end.aborted) {
    const watched = await watchedBy(options, host);
    // Taken before the check: what changes meanwhile is checked again.
    const before = await snapshot(watched);
    const lint = { ...options, smoke: false };
    const { code: lintCode, took } = await screen.draw(lint, end, attempt, changed);
    if (end.aborted) break;
    code = lintCode;
    screen.status(`Checked in ${took} ms; watching for changes`);

    const change = nextChange(watched, before, end);
    const smoke = options.smoke ? runModel(options, screen, end, attempt, change) : null;
    const after = await change;
    const smokeCode = await smoke;
    if (smokeCode !== null) code = smokeCode;
    changed = after === null ? [] : changedBetween(before, after);
  }
  screen.end();
  return code;
}

/** Runs the model when the files rest, unless they change before; null when it was not run to its end. */
async function runModel(
  options: RunOptions,
  screen: Screen,
  end: AbortSignal,
  attempt: Attempt,
  change: Promise<unknown>,
): Promise<ExitCode | null> {
  const stop = new AbortController();
  void change.then(() => stop.abort(new Error('A file changed.')));
  const rest = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, SMOKE_AFTER_MS);
    stop.signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  await rest;
  if (stop.signal.aborted || end.aborted) return null;
  screen.status('Running the model');
  const { code, took } = await screen.draw(options, AbortSignal.any([end, stop.signal]), attempt, []);
  if (stop.signal.aborted || end.aborted) return null;
  screen.status(`Checked and run in ${took} ms; watching for changes`);
  return code;
}

/** Refuses what cannot be repeated, or would change what is watched. */
function checkPossible(options: RunOptions): void {
  const not = firstGiven([
    options.fix && '--fix',
    options.dryRun && '--dry-run',
    options.updateBaseline && '--update-baseline',
    options.changed !== undefined && '--changed',
    options.hubPr && '--hub-pr',
    options.saveOutputs !== undefined && '--save-outputs',
  ]);
  if (not !== undefined) {
    throw new UsageError('contradiction', `--watch and ${not} exclude each other.`, {
      hint: `Run the command with ${not} first, then with --watch.`,
    });
  }
  const screen = options.outputs.find(({ file }) => file === undefined);
  if (screen !== undefined && screen.format !== 'pretty') {
    throw new UsageError('contradiction', `--watch shows its reports to a person, not as ${screen.format}.`, {
      hint: `Send the ${screen.format} report to a file, which is written anew each time: --format ${screen.format}=FILE.`,
    });
  }
}

function notThere(target: string): UsageError {
  return new UsageError(
    'watch',
    `--watch watches folders and cards on this machine, and ${target} is none.`,
    {
      hint: 'Name the folder of a model repository.',
    },
  );
}

/** What has to be watched for the targets as they are now. */
async function watchedBy(options: RunOptions, host: Host): Promise<Watched> {
  const { targets, config, baseline } = options;
  const cwd = await realpath(host.cwd);
  const places: string[] = [];
  if (targets.length === 0) places.push(await repositoryAround(cwd));
  for (const target of targets) {
    // What is taken out again needs no look.
    if (target.startsWith('!')) continue;
    // Where a pattern begins, repositories may come and go.
    if (isPattern(target)) places.push(await realName(patternBase(target, cwd)));
    else places.push(placeOf(await realName(resolve(cwd, target))));
  }
  const repositories =
    targets.length === 0
      ? places
      : (await findRepositories(targets, { cwd }).catch(() => [])).map((one) => resolve(cwd, one));
  const settings = await Promise.all([...new Set(repositories)].map((one) => settingsAbove(one)));
  return {
    places: [
      ...new Set([
        ...places,
        ...settings.flat(),
        ...[config, baseline].flatMap((file) => (file === undefined ? [] : [resolve(cwd, file)])),
      ]),
    ],
    written: new Set(
      await Promise.all(
        options.outputs.flatMap(({ file }) => (file === undefined ? [] : [realName(resolve(cwd, file))])),
      ),
    ),
  };
}

interface Screen {
  /** Runs a check and shows what it says, all at once; nothing when it was aborted. `took` in milliseconds. */
  readonly draw: (
    options: RunOptions,
    signal: AbortSignal,
    attempt: Attempt,
    changed: readonly string[],
  ) => Promise<{ readonly code: ExitCode; readonly took: number }>;
  /** A line below the report on a terminal. */
  readonly status: (text: string) => void;
  readonly end: () => void;
}

/** On a terminal each report takes the place of the one before; in a pipe or a log they follow one another as plain lines. */
function screenOf(options: RunOptions, host: Host): Screen {
  const drawn = host.isTTY.stdout && !host.env.CI && host.env.TERM !== 'dumb';
  const paint = style(canvas(host, 'stdout', options.color).color);
  let status = '';
  return {
    async draw(options, signal, attempt, changed) {
      const parts: (readonly [Writer, string])[] = [];
      const collect = (writer: Writer): Writer => ({ write: (text) => parts.push([writer, text]) });
      const start = performance.now();
      const code = await attempt(options, {
        ...host,
        stdout: collect(host.stdout),
        stderr: collect(host.stderr),
        // No spinner among what is collected.
        isTTY: { stdout: host.isTTY.stdout, stderr: false },
        signal,
      });
      const took = Math.round(performance.now() - start);
      if (signal.aborted) return { code, took };
      if (drawn) host.stdout.write(CLEAR);
      else if (changed.length > 0 && !options.quiet) tell(changedInWords(changed, host.cwd), host);
      status = '';
      for (const [writer, text] of parts) writer.write(text);
      return { code, took };
    },
    status(text) {
      if (!drawn || options.quiet) return;
      host.stdout.write(`${status === '' ? '\n' : '\r\u001b[K'}${paint.dim(`${text} (Ctrl-C ends)`)}`);
      status = text;
    },
    end() {
      if (status !== '') host.stdout.write('\n');
    },
  };
}

function changedInWords(changed: readonly string[], cwd: string): string {
  const [first = '', ...more] = changed;
  const name = slashedWay(cwd, first) || '.';
  return more.length === 0 ? `${name} changed.` : `${name} and ${more.length} more changed.`;
}
