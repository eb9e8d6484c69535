import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';

/** What `action.yml` says, as far as a runner reads it. */
export interface ActionMetadata {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
  readonly runs: { readonly using: string; readonly main: string };
}

/** The action's metadata, from the file the runner reads. */
export async function actionMetadata(): Promise<ActionMetadata> {
  return load(await readFile('action.yml', 'utf8')) as ActionMetadata;
}

/** A workflow command the runner obeyed. */
export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** What a step left behind. */
export interface Step {
  readonly exitCode: number | null;
  readonly log: string;
  readonly commands: readonly Command[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** The JSON report the output `report` names, where it names one. */
  readonly report: unknown;
  /** The text of the file the output `patch` names, where it names one. */
  readonly patch: string | undefined;
}

export interface StepOptions {
  readonly node: string;
  readonly workspace: string;
  /** The script to run in place of the one `action.yml` names. */
  readonly main?: string;
  /** A `node_modules` that a step before this one put where the runtimes are looked for. */
  readonly runtimes?: string;
  /** Inputs as under `with:`; the others get their default from `action.yml`. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** What started the run: the payload lies in a file, as the runner writes it. */
  readonly event?: { readonly name: string; readonly payload: unknown };
  /** The job's own token, `github.token`. */
  readonly token?: string;
  /** Folder of the tool cache; an empty one that is removed afterwards when absent. */
  readonly toolCache?: string;
  /** Variables beside those of the runner. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs the committed bundle the way a runner does: inputs and defaults as `INPUT_*`, the files of `GITHUB_OUTPUT` and
 * `GITHUB_STEP_SUMMARY`, the event's payload, an empty folder as `RUNNER_TEMP`, and nothing else of this process's environment but the path.
 */
export async function runStep(options: StepOptions): Promise<Step> {
  const { node, workspace, main, runtimes, inputs = {}, event, token = '' } = options;
  const metadata = await actionMetadata();
  const temp = await mkdtemp(join(tmpdir(), 'runner-'));
  try {
    if (runtimes !== undefined) {
      await mkdir(join(temp, 'validate-card'));
      await symlink(resolve(runtimes), join(temp, 'validate-card/node_modules'), 'junction');
    }
    const files = { GITHUB_OUTPUT: join(temp, 'output'), GITHUB_STEP_SUMMARY: join(temp, 'summary') };
    for (const file of Object.values(files)) await writeFile(file, '');
    const env: Record<string, string> = {
      ...passedOn(),
      ...files,
      GITHUB_ACTIONS: 'true',
      CI: 'true',
      GITHUB_WORKSPACE: workspace,
      RUNNER_TEMP: temp,
      RUNNER_TOOL_CACHE: options.toolCache ?? join(temp, 'tools'),
      GITHUB_REPOSITORY: 'owner/models',
      GITHUB_WORKFLOW: 'Check',
      GITHUB_JOB: 'validate',
      GITHUB_ACTION: '__self',
      GITHUB_EVENT_NAME: event?.name ?? 'workflow_dispatch',
      GITHUB_EVENT_PATH: join(temp, 'event.json'),
      ...options.env,
    };
    await writeFile(join(temp, 'event.json'), JSON.stringify(event?.payload ?? { inputs: null }));
    for (const [name, { default: value }] of Object.entries(metadata.inputs)) {
      env[inputVariable(name)] = inputs[name] ?? value.replace(/^\$\{\{ github\.token \}\}$/, token);
    }
    // The runner hands over inputs that action.yml lacks too, with a warning.
    for (const [name, value] of Object.entries(inputs)) env[inputVariable(name)] ??= value;
    const { exitCode, log } = await spawned(node, [resolve(main ?? metadata.runs.main)], workspace, env);
    const outputs = parseOutputs(await readFile(files.GITHUB_OUTPUT, 'utf8'));
    const report = outputs.report
      ? (JSON.parse(await readFile(outputs.report, 'utf8')) as unknown)
      : undefined;
    const summary = await readFile(files.GITHUB_STEP_SUMMARY, 'utf8');
    const patch = outputs.patch ? await readFile(outputs.patch, 'utf8') : undefined;
    return { exitCode, log, commands: obeyed(log), outputs, summary, report, patch };
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
}

/** https://github.com/actions/runner/blob/main/src/Runner.Worker/Handlers/Handler.cs (AddInputsToEnvironment) */
function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

/** What Node itself, a software GPU and Windows need. */
function passedOn(): Record<string, string> {
  const names = ['PATH', 'Path', 'SystemRoot', 'TEMP', 'TMP', 'HOME', 'VK_DRIVER_FILES', 'XDG_RUNTIME_DIR'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] ? [[name, process.env[name] ?? '']] : [])),
  );
}

function spawned(
  node: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
): Promise<{ exitCode: number | null; log: string }> {
  return new Promise((done, reject) => {
    const child = spawn(node, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (exitCode) => done({ exitCode, log: Buffer.concat(chunks).toString('utf8') }));
  });
}

/**
 * The commands of a log that a runner would obey: a line that begins with `::` after white space, or one that has `##[`
 * anywhere, unless commands are stopped. Lines end as .NET ends them: CR, LF or both.
 * https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function obeyed(log: string): readonly Command[] {
  const commands: Command[] = [];
  let stopped: string | undefined;
  for (const line of log.split(/\r\n|\r|\n/)) {
    const command = parseCommand(line);
    if (command === undefined) continue;
    if (stopped !== undefined) {
      if (command.name === stopped) stopped = undefined;
      continue;
    }
    if (command.name === 'stop-commands') stopped = command.message;
    else commands.push(command);
  }
  return commands;
}

function parseCommand(line: string): Command | undefined {
  const text = line.trimStart();
  const second = /^::([^\s:]+)(?: (.*?))?::(.*)$/s.exec(text);
  if (second) return command(second, ',');
  const first = /##\[([^\s\]]+)(?: ([^\]]*))?\](.*)$/s.exec(line);
  return first ? command(first, ';') : undefined;
}

function command([, name = '', properties = '', message = '']: RegExpExecArray, separator: string): Command {
  const pairs = properties.split(separator).flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 ? [[pair.slice(0, at).trim(), unescaped(pair.slice(at + 1))]] : [];
  });
  return {
    name,
    properties: Object.fromEntries(pairs) as Record<string, string>,
    message: unescaped(message),
  };
}

function unescaped(text: string): string {
  return text
    .replaceAll('%2C', ',')
    .replaceAll('%3A', ':')
    .replaceAll('%0A', '\n')
    .replaceAll('%0D', '\r')
    .replaceAll('%25', '%');
}

/** `name<<delimiter`, lines of the value, `delimiter`; or `name=value`. The last value of a name holds. */
export function parseOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const block = /^([^=]+?)<<(.+)$/.exec(line);
    if (block) {
      const [, name = '', delimiter = ''] = block;
      const end = lines.indexOf(delimiter, at + 1);
      if (end === -1) throw new Error(`The output ${name} has no end`);
      outputs[name] = lines.slice(at + 1, end).join('\n');
      at = end;
    } else if (line.includes('=')) {
      outputs[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
    }
  }
  return outputs;
}
