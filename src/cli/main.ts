import { EXIT, type ExitCode, UserError } from '../errors.js';
import { style } from '../report/style.js';
import { visible, wrap } from '../report/text.js';
import { TOOL } from '../version.js';
import type { InitOptions } from './command-options.js';
import type { Host } from './host.js';
import { parseOptions } from './options.js';
import { run } from './run.js';
import { inHost, inLog, tell } from './shown.js';
import { canvas } from './terminal.js';

/**
 * The command. Writes the report to stdout and everything else to stderr of the host, and returns the exit code; never
 * throws and never ends the process.
 */
export async function main(argv: readonly string[], host: Host): Promise<ExitCode> {
  try {
    const options = parseOptions(argv);
    if (options.kind === 'version') {
      host.stdout.write(`${TOOL.version}\n`);
      return EXIT.ok;
    }
    if (options.kind === 'help') {
      const { helpFor } = await import('./help.js');
      host.stdout.write(helpFor(options.topic, canvas(host, 'stdout', undefined).color));
      return EXIT.ok;
    }
    if (options.kind === 'completion') {
      const { completionScript } = await import('./completion.js');
      host.stdout.write(completionScript(options.shell));
      return EXIT.ok;
    }
    if (options.kind === 'hook') {
      const { runHook } = await import('./hook.js');
      return await runHook(options, host);
    }
    if (options.kind === 'explain') {
      const { explain } = await import('./explain.js');
      host.stdout.write(explain(options.rule, canvas(host, 'stdout', options.color)));
      return EXIT.ok;
    }
    if (options.kind === 'init') return await init(options, host);
    if (options.kind === 'lsp') {
      const { serve } = await import('../lsp/language-server.js');
      const { signal } = host;
      return await serve({ trust: options.trustConfig, ...(signal === undefined ? {} : { signal }) });
    }
    if (options.kind === 'serve') {
      const { serve } = await import('./serve.js');
      return await serve(options, host);
    }
    if (options.watch) {
      const { watchRun } = await import('./watch.js');
      return await watchRun(options, host, (options, host) =>
        run(options, host).catch((error: unknown) => complain(error, argv, host)),
      );
    }
    const code = await run(options, host);
    if (code <= EXIT.findings) host.checked?.();
    return code;
  } catch (error) {
    return await complain(error, argv, host);
  }
}

async function init({ target, dryRun, quiet }: InitOptions, host: Host): Promise<ExitCode> {
  const { initCard } = await import('./init.js');
  const { output, shownOutput, lines } = await initCard(target, host.cwd, dryRun);
  host.stdout.write(inHost(output, shownOutput, host));
  if (!quiet) {
    for (const line of lines) tell(line, host);
  }
  return EXIT.ok;
}

/** An error for a person on stderr; the stack only on request. */
async function complain(error: unknown, argv: readonly string[], host: Host): Promise<ExitCode> {
  const { color, unicode, width } = canvas(host, 'stderr', undefined);
  const paint = style(color);
  // Whatever the error quotes: arguments, an address, the request in the stack.
  const { tokenHider } = await import('./hide-tokens.js');
  const hide = tokenHider(argv, host.env);
  const print = (label: string, text: string) =>
    host.stderr.write(inLog(`${label}${visible(hide(text), { unicode, lines: true })}\n`, host));
  // A terminal breaks long lines inside of words; a command, two columns further in, stays whole for whoever copies it.
  const fitted = (text: string, first: number) =>
    host.isTTY.stderr
      ? text
          .split('\n')
          .map((line, index) =>
            line.startsWith('  ') ? `  ${line}` : broken(line, width - 2, index === 0 ? first : 0),
          )
          .join('\n')
      : text;
  const head = paint.bold(paint.red('error: '));
  const debug = argv.includes('--debug');
  const stack = stackOf(error);
  if (error instanceof UserError) {
    print(head, fitted(error.message, 'error: '.length - 2));
    if (error.hint) print('  ', fitted(error.hint, 0));
    if (debug && stack) print('', stack);
    return error.exitCode;
  }
  if (host.signal?.aborted) {
    print(head, 'Interrupted.');
    return EXIT.failure;
  }
  print(head, `${error instanceof Error ? error.message : String(error)}`);
  if (debug && stack) print('', stack);
  else print('  ', 'This is a fault of validate-card. Run with --debug for the stack, and please report it.');
  return EXIT.failure;
}

/** A text in lines of at most `width` columns, the first after `taken` columns, the others indented by two. */
function broken(text: string, width: number, taken: number): string {
  return wrap(`${'x'.repeat(taken)}${text}`, width)
    .join('\n  ')
    .slice(taken);
}

/** The stack of an error, and of what caused it: a user's rule, say. */
function stackOf(error: unknown, depth = 0): string | undefined {
  if (!(error instanceof Error) || depth > 5) return undefined;
  const cause = stackOf(error.cause, depth + 1);
  return cause === undefined ? error.stack : `${error.stack}\nCaused by: ${cause}`;
}
