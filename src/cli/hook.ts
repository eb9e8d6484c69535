import { chmod, lstat, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { EXIT, type ExitCode, GitError, UsageError } from '../errors.js';
import { gitIn } from '../repo/git.js';
import { isInside } from '../repo/path.js';
import { slashed } from '../slashed-path.js';
import type { HookOptions } from './command-options.js';
import type { Host } from './host.js';

/** The line that tells a hook of ours from any other. */
const MARK = '# Installed by validate-card hook install; validate-card hook uninstall takes it out again.';

/** Where a hook that was there is kept: it runs behind ours. */
const KEPT = 'pre-push.before-validate-card';

/** `hook install`, `hook uninstall`, and what the installed hook calls. Throws `UsageError`. */
export async function runHook({ action, quiet }: HookOptions, host: Host): Promise<ExitCode> {
  if (action === 'run') {
    const { checkPush } = await import('./pushed.js');
    return checkPush(host);
  }
  const folder = await hooksFolder(host);
  const done = await (action === 'install' ? install(folder, host) : uninstall(folder));
  if (!quiet) host.stderr.write(`${done}\n`);
  return EXIT.ok;
}

/**
 * The folder of the hooks of this checkout: in `.git`, shared by its worktrees, or where `core.hooksPath` says. Throws `UsageError`
 * where that is a folder of other checkouts too, or of a program that writes the hooks itself.
 */
async function hooksFolder(host: Host): Promise<string> {
  const cwd = await realpath(host.cwd);
  const git = gitIn(cwd, { ...host.env }, { ownHooks: true });
  let hooks: string;
  let common: string;
  let top: string;
  try {
    hooks = resolve(cwd, await git.line(['rev-parse', '--git-path', 'hooks']));
    common = resolve(cwd, await git.line(['rev-parse', '--git-common-dir']));
    top = resolve(cwd, await git.line(['rev-parse', '--show-toplevel']));
  } catch (cause) {
    if (!(cause instanceof GitError)) throw cause;
    throw new UsageError('hook', `There is no git checkout here (${cause.message}).`, {
      hint: 'Run it in the checkout that is pushed from.',
      cause,
    });
  }
  if (basename(dirname(hooks)) === '.husky') {
    throw new UsageError('hook', 'The hooks of this checkout are written by husky.', {
      hint: 'Add a line to .husky/pre-push instead: npx validate-card hook run "$@"',
    });
  }
  // A checkout can hold a link in the place of the folder, and what is written there others would run.
  const resolved = (path: string) => realpath(path).catch(() => path);
  const real = await resolved(hooks);
  const places = [await resolved(common), await resolved(top)];
  const inside = places.some((one) => real === one || isInside(real, one));
  if (!inside) {
    throw new UsageError(
      'hook',
      `The hooks of this checkout are in ${real}, which may serve other checkouts too.`,
      {
        hint: `Add a line to ${join(hooks, 'pre-push')} yourself: validate-card hook run "$@"; or unset core.hooksPath in this checkout.`,
      },
    );
  }
  return hooks;
}

async function install(folder: string, host: Host): Promise<string> {
  const hook = join(folder, 'pre-push');
  const kept = join(folder, KEPT);
  const there = await hookAt(hook);
  if (there === 'other') {
    if ((await hookAt(kept)) !== 'none') {
      throw new UsageError('hook', `There is a pre-push hook, and another one is kept as ${kept} already.`, {
        hint: 'Put the two together into one, then install again.',
      });
    }
    await rename(hook, kept);
  }
  await mkdir(folder, { recursive: true });
  await writeFile(hook, script(host.command ?? []));
  await chmod(hook, 0o755);
  const chained =
    (await hookAt(kept)) === 'none' ? '' : ` The hook that was there is kept as ${KEPT} and runs behind it.`;
  return `${hook} checks what is pushed from now on.${chained}`;
}

async function uninstall(folder: string): Promise<string> {
  const hook = join(folder, 'pre-push');
  const kept = join(folder, KEPT);
  if ((await hookAt(hook)) !== 'ours') return 'There is no hook of validate-card here.';
  if ((await hookAt(kept)) === 'none') await rm(hook);
  else await rename(kept, hook);
  return `${hook} is as it was before.`;
}

async function hookAt(path: string): Promise<'none' | 'ours' | 'other'> {
  const info = await lstat(path).catch(() => null);
  if (info === null) return 'none';
  if (!info.isFile() || info.size > 1024 * 1024) return 'other';
  return (await readFile(path, 'utf8')).includes(MARK) ? 'ours' : 'other';
}

/** The hook: the command that installed it, else the one on the search path; then the hook that was there. */
function script(command: readonly string[]): string {
  const quoted = (word: string) => `'${slashed(word).replaceAll("'", "'\\''")}'`;
  const program = command.at(-1);
  const own =
    program === undefined
      ? []
      : [
          `if [ -f ${quoted(program)} ]; then`,
          `  check() { ${command.map(quoted).join(' ')} hook run "$@"; }`,
          'el',
        ];
  return [
    '#!/bin/sh',
    MARK,
    'pushed=$(cat)',
    `${own.join('\n')}if command -v validate-card >/dev/null 2>&1; then`,
    '  check() { validate-card hook run "$@"; }',
    'else',
    '  echo "validate-card is not installed any more: install it, or delete $0; git push --no-verify pushes without it." >&2',
    '  exit 1',
    'fi',
    `printf '%s\\n' "$pushed" | check "$@" || exit 1`,
    `behind="$(dirname "$0")/${KEPT}"`,
    'if [ -x "$behind" ]; then',
    `  printf '%s\\n' "$pushed" | "$behind" "$@" || exit $?`,
    'fi',
    '',
  ].join('\n');
}
