import { parseArgs } from 'node:util';
import { FAIL_LEVELS, type FailLevel } from '../config/config.js';
import { UsageError } from '../errors.js';
import { nearest } from '../hub/nearest.js';
import { FORMAT_NAMES, type FormatName, isFormatName } from '../report/names.js';
import { DTYPE_SUFFIXES } from '../smoke/dtypes.js';
import type { Device, DeviceRequest } from '../smoke/report.js';
import {
  type CompletionOptions,
  completionOptions,
  type HelpOptions,
  type HookOptions,
  hookOptions,
  isCommand,
} from './command-options.js';

/** Where one format goes: a file, or stdout when `file` is undefined. */
export interface Output {
  readonly format: FormatName;
  readonly file?: string;
}

/** What the arguments ask for, checked. What is undefined was not said: the settings file or a default decides. */
export interface RunOptions {
  readonly kind: 'run';
  /** Folders, cards, patterns or models on the Hub, as written; none stands for the repository around the working directory. */
  readonly targets: readonly string[];
  readonly smoke: boolean;
  /** Several to compare them with the first. */
  readonly device?: DeviceRequest | readonly Device[];
  /** Variants of the model, such as `fp32` and `q8`. */
  readonly dtypes?: readonly string[];
  /** Whether the model runs once more as a server would run it, for the speed-up. */
  readonly optimize: boolean;
  /** Folder for the outputs of the model. */
  readonly saveOutputs?: string;
  /** As written: a text, JSON, or `@file`. */
  readonly inputs: readonly string[];
  readonly timeoutMs?: number;
  readonly memoryLimitBytes?: number;
  readonly outputs: readonly Output[];
  readonly fix: boolean;
  readonly dryRun: boolean;
  readonly failLevel?: FailLevel;
  readonly config?: string;
  /** Whether settings found in the repository may run code and raise limits. */
  readonly trustConfig: boolean;
  /** File of the findings that are known already. */
  readonly baseline?: string;
  /** Writes that file instead of comparing with it. */
  readonly updateBaseline: boolean;
  /** Checks again on every change, until interrupted. */
  readonly watch: boolean;
  /** Only repositories in which something changed: since the last commit (true), or since a branch, tag or commit. */
  readonly changed?: true | string;
  /** Access token of the Hub. */
  readonly token?: string;
  readonly offline: boolean;
  /** Whether the Hub is asked about a folder too. */
  readonly online: boolean;
  /** Most requests that are made for it. */
  readonly onlineBudget?: number;
  /** Whether the Hub's own validator is asked about the card. */
  readonly remoteValidate: boolean;
  /** Whether the fixes become a pull request on the Hub. */
  readonly hubPr: boolean;
  readonly quiet: boolean;
  readonly color?: boolean;
  readonly debug: boolean;
}

/** What the arguments ask for. */
export type Options =
  | RunOptions
  | ExplainOptions
  | InitOptions
  | LspOptions
  | CompletionOptions
  | HookOptions
  | HelpOptions
  | { readonly kind: 'version' };

/** `explain`: the reference of a rule, or the list of rules. */
export interface ExplainOptions {
  readonly kind: 'explain';
  /** As written; undefined asks for the list. */
  readonly rule: string | undefined;
  readonly color?: boolean;
}

/** `lsp`: the language server for editors. */
export interface LspOptions {
  readonly kind: 'lsp';
  /** Whether settings found beside cards may run code. */
  readonly trustConfig: boolean;
}

/** `init`: a card with the metadata the files tell. */
export interface InitOptions {
  readonly kind: 'init';
  /** Folder of the model. */
  readonly target: string;
  readonly dryRun: boolean;
  readonly quiet: boolean;
  readonly color?: boolean;
}

/** Devices `--device` takes. */
export const DEVICES = [
  'auto',
  'cpu',
  'webgpu',
  'cuda',
  'dml',
  'coreml',
] as const satisfies readonly DeviceRequest[];

/** Every option; for those with a value, how the value reads in messages. */
export const OPTIONS = {
  smoke: { type: 'boolean' },
  device: { type: 'string', value: DEVICES.join('|') },
  dtype: { type: 'string', value: 'fp32, q8, ...' },
  optimize: { type: 'boolean' },
  'save-outputs': { type: 'string', value: 'a folder' },
  input: { type: 'string', value: 'TEXT or @FILE' },
  timeout: { type: 'string', value: 'a time such as 90s or 2m' },
  'memory-limit': { type: 'string', value: 'a size such as 4GB' },
  format: { type: 'string', value: 'NAME or NAME=FILE' },
  fix: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  'fail-level': { type: 'string', value: FAIL_LEVELS.join('|') },
  config: { type: 'string', value: 'a file' },
  'trust-config': { type: 'boolean' },
  baseline: { type: 'string', value: 'a file' },
  'update-baseline': { type: 'boolean' },
  watch: { type: 'boolean' },
  changed: { type: 'boolean', optional: 'a branch, tag or commit' },
  token: { type: 'string', value: 'an access token of the Hub' },
  offline: { type: 'boolean' },
  online: { type: 'boolean' },
  'online-budget': { type: 'string', value: 'a number of requests' },
  'remote-validate': { type: 'boolean' },
  'hub-pr': { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
  color: { type: 'boolean' },
  'no-color': { type: 'boolean' },
  debug: { type: 'boolean' },
  version: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies Readonly<
  Record<string, { type: 'boolean' | 'string'; short?: string; value?: string; optional?: string }>
>;

/** The name of an option, without hyphens. */
export type OptionName = keyof typeof OPTIONS;

const SEE_HELP = 'See validate-card --help.';

/**
 * Reads the arguments of the command. Throws `UsageError` for an option that does not exist (with a did-you-mean), a
 * value that is missing or wrong, and options that contradict one another.
 */
export function parseOptions(argv: readonly string[]): Options {
  if (argv[0] === 'lsp') return lspOptions(argv.slice(1));
  const { flags, values, targets } = readArguments(argv);
  if (targets[0] === 'help') return { kind: 'help', topic: targets[1] };
  if (flags.has('help')) return { kind: 'help', topic: isCommand(targets[0]) ? targets[0] : undefined };
  if (flags.has('version')) return { kind: 'version' };
  if (flags.has('color') && flags.has('no-color')) throw contradiction('--color', '--no-color');
  const needsNetwork = ['online', 'online-budget', 'remote-validate', 'hub-pr'] as const;
  const networked = needsNetwork.find((name) => flags.has(name) || values.has(name));
  if (flags.has('offline') && networked !== undefined) throw contradiction('--offline', `--${networked}`);
  if (targets[0] === 'init') return initOptions({ flags, values, targets });
  const named = [...flags, ...values.keys()];
  if (targets[0] === 'completion') return completionOptions(targets.slice(1), named);
  if (targets[0] === 'hook') return hookOptions(targets.slice(1), named);
  if (targets[0] === 'explain') return explainOptions({ flags, values, targets });
  const device = devices(last(values, 'device'));
  const dtypes = dtypesOf(values.get('dtype') ?? []);
  const saveOutputs = last(values, 'save-outputs');
  const timeout = last(values, 'timeout');
  const memoryLimit = last(values, 'memory-limit');
  const failLevel = oneOf('fail-level', last(values, 'fail-level'), FAIL_LEVELS);
  const config = last(values, 'config');
  const baseline = last(values, 'baseline');
  const token = last(values, 'token');
  const budget = last(values, 'online-budget');
  const options: RunOptions = {
    kind: 'run',
    targets,
    smoke: flags.has('smoke'),
    ...(device === undefined ? {} : { device }),
    ...(dtypes.length === 0 ? {} : { dtypes }),
    optimize: flags.has('optimize'),
    ...(saveOutputs === undefined ? {} : { saveOutputs }),
    inputs: values.get('input') ?? [],
    ...(timeout === undefined ? {} : { timeoutMs: duration(timeout) }),
    ...(memoryLimit === undefined ? {} : { memoryLimitBytes: size(memoryLimit) }),
    outputs: (values.get('format') ?? []).map(output),
    fix: flags.has('fix'),
    dryRun: flags.has('dry-run'),
    ...(failLevel === undefined ? {} : { failLevel }),
    ...(config === undefined ? {} : { config }),
    trustConfig: flags.has('trust-config'),
    ...(baseline === undefined ? {} : { baseline }),
    updateBaseline: flags.has('update-baseline'),
    watch: flags.has('watch'),
    ...(flags.has('changed') ? { changed: last(values, 'changed') ?? true } : {}),
    ...(token === undefined ? {} : { token }),
    offline: flags.has('offline'),
    online: flags.has('online') || budget !== undefined,
    ...(budget === undefined ? {} : { onlineBudget: requests(budget) }),
    remoteValidate: flags.has('remote-validate'),
    hubPr: flags.has('hub-pr'),
    quiet: flags.has('quiet'),
    ...colorOption(flags),
    debug: flags.has('debug'),
  };
  checkTogether(options);
  return options;
}

/** What editors start language servers with beside options of ours: how they talk to it, and their process id. */
const FOR_EDITORS = /^--(?:stdio|clientProcessId=\d+)$/;

/** `lsp`; it listens to its editor and takes no other option. */
function lspOptions(argv: readonly string[]): Options {
  const rest = argv.filter(
    (one, index) =>
      !FOR_EDITORS.test(one) &&
      one !== '--clientProcessId' &&
      !(argv[index - 1] === '--clientProcessId' && /^\d+$/.test(one)),
  );
  if (rest.includes('--help') || rest.includes('-h')) return { kind: 'help', topic: 'lsp' };
  const stray = rest.find((one) => one !== '--trust-config' && one !== '--debug');
  if (stray !== undefined) {
    throw new UsageError('lsp-alone', `lsp starts the language server; it takes no ${stray}.`, {
      hint: 'It takes --stdio and --trust-config, and talks on standard input and output; a folder of that name is checked as ./lsp.',
    });
  }
  return { kind: 'lsp', trustConfig: rest.includes('--trust-config') };
}

/** `explain [RULE]`; of the options only those that are about the page make sense. */
function explainOptions({ flags, values, targets: [, rule, ...more] }: Arguments): ExplainOptions {
  if (more.length > 0) {
    throw new UsageError('too-many-rules', `explain takes one rule at a time, not ${more.length + 1}.`, {
      hint: 'validate-card explain lists every rule.',
    });
  }
  const stray = [...flags, ...values.keys()].find((name) => !['color', 'no-color', 'debug'].includes(name));
  if (stray !== undefined) {
    throw new UsageError('explain-alone', `explain prints the reference of a rule; it takes no --${stray}.`, {
      hint: 'Leave the option out; a folder of that name is checked as ./explain.',
    });
  }
  return { kind: 'explain', rule, ...colorOption(flags) };
}

/** `init [folder]`; it takes no option that is about checking. */
function initOptions({ flags, values, targets: [, target = '.', ...more] }: Arguments): InitOptions {
  if (more.length > 0) {
    throw new UsageError('too-many-targets', `init takes one folder at a time, not ${more.length + 1}.`, {
      hint: 'Run it once for each model repository.',
    });
  }
  const known = ['dry-run', 'quiet', 'color', 'no-color', 'debug', 'offline'];
  const stray = [...flags, ...values.keys()].find((name) => !known.includes(name));
  if (stray !== undefined) {
    throw new UsageError('init-alone', `init writes a card and checks nothing; it takes no --${stray}.`, {
      hint: 'Leave the option out; a folder of that name is checked as ./init.',
    });
  }
  return {
    kind: 'init',
    target,
    dryRun: flags.has('dry-run'),
    quiet: flags.has('quiet'),
    ...colorOption(flags),
  };
}

function colorOption(flags: Arguments['flags']): { readonly color?: boolean } {
  return flags.has('color') || flags.has('no-color') ? { color: flags.has('color') } : {};
}

interface Arguments {
  readonly flags: ReadonlySet<OptionName>;
  readonly values: ReadonlyMap<OptionName, readonly string[]>;
  readonly targets: readonly string[];
}

/** Tokens to flags, values and targets. The tokenizer is lenient, so that the messages here can be better than its own. */
function readArguments(argv: readonly string[]): Arguments {
  const { tokens } = parseArgs({
    args: [...argv],
    options: OPTIONS,
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const flags = new Set<OptionName>();
  const values = new Map<OptionName, string[]>();
  const targets: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') targets.push(token.value);
    if (token.kind !== 'option') continue;
    const { name } = token;
    if (!isOption(name)) throw unknownOption(token.rawName);
    const known = OPTIONS[name];
    if (known.type === 'boolean') {
      if ('optional' in known) {
        // --changed alone takes back what --changed=REF said before.
        values.delete(name);
        if (token.value === '') {
          throw new UsageError('missing-value', `${token.rawName}= names nothing: ${known.optional}.`, {
            hint: SEE_HELP,
          });
        }
        if (token.value !== undefined) values.set(name, [token.value]);
      } else if (token.value !== undefined) {
        throw new UsageError('no-value', `${token.rawName} takes no value, but got "${token.value}".`, {
          hint: SEE_HELP,
        });
      }
      flags.add(name);
      continue;
    }
    // A value that looks like an option is a forgotten value; `--input=-1` says it is meant.
    const missing = token.value === undefined || (!token.inlineValue && /^--?[a-z]/i.test(token.value));
    if (missing || token.value === '') {
      throw new UsageError('missing-value', `${token.rawName} needs a value: ${known.value}.`, {
        hint: SEE_HELP,
      });
    }
    values.set(name, [...(values.get(name) ?? []), token.value]);
  }
  return { flags, values, targets };
}

function isOption(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}

function unknownOption(rawName: string): UsageError {
  const meant = nearest(rawName.replace(/^-+/, ''), Object.keys(OPTIONS));
  return new UsageError('unknown-option', `There is no option ${rawName}.`, {
    hint: meant === undefined ? SEE_HELP : `Did you mean --${meant}? ${SEE_HELP}`,
  });
}

function contradiction(one: string, other: string): UsageError {
  return new UsageError('contradiction', `${one} and ${other} exclude each other.`, { hint: SEE_HELP });
}

function last(values: Arguments['values'], name: OptionName): string | undefined {
  return values.get(name)?.at(-1);
}

function oneOf<T extends string>(
  name: OptionName,
  value: string | undefined,
  known: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  // By letters `gpu` is nearest to `cpu`, which is the one thing it does not mean.
  const meant = name === 'device' && value === 'gpu' ? 'auto' : nearest(value, known);
  throw new UsageError('wrong-value', `--${name} cannot be "${value}".`, {
    hint: `${meant === undefined ? '' : `Did you mean ${meant}? `}It is one of ${known.join(', ')}.`,
  });
}

/** One device, or several with commas between them. */
function devices(value: string | undefined): RunOptions['device'] {
  const [first, ...others] = (value ?? '')
    .split(',')
    .map((name) => oneOf('device', name.trim() || undefined, DEVICES));
  if (first === undefined) {
    if (value === undefined) return undefined;
    throw wrongDevices(value);
  }
  if (others.length === 0) return first;
  const named = [first, ...others].flatMap((name) => (name === undefined || name === 'auto' ? [] : [name]));
  if (named.length <= others.length || new Set(named).size < named.length) throw wrongDevices(value ?? '');
  return named;
}

function wrongDevices(value: string): UsageError {
  return new UsageError('wrong-value', `--device cannot be "${value}".`, {
    hint: 'Write one device, or several to compare, each by its name and once: --device cpu,webgpu.',
  });
}

/** Quantizations of GGUF files are named in capitals, and there are many of them. */
const GGUF_DTYPE = /^(?:I?Q\d|T?Q\d|BF16|F16|F32|MXFP4)[A-Z0-9_]*$/;

function dtypesOf(values: readonly string[]): readonly string[] {
  const known = Object.keys(DTYPE_SUFFIXES);
  return values
    .flatMap((value) => value.split(','))
    .map((value) => {
      const dtype = value.trim();
      return GGUF_DTYPE.test(dtype) ? dtype : (oneOf('dtype', dtype, known) ?? dtype);
    });
}

function output(text: string): Output {
  const equals = text.indexOf('=');
  const format = equals < 0 ? text : text.slice(0, equals);
  if (!isFormatName(format)) {
    const meant = nearest(format, FORMAT_NAMES);
    throw new UsageError('unknown-format', `There is no format "${format}".`, {
      hint: `${meant === undefined ? '' : `Did you mean ${meant}? `}Formats: ${FORMAT_NAMES.join(', ')}.`,
    });
  }
  if (equals < 0) return { format };
  const file = text.slice(equals + 1);
  if (file === '') {
    throw new UsageError('missing-value', `--format ${text} names no file.`, {
      hint: `Write --format ${format}=FILE, or --format ${format} for the screen.`,
    });
  }
  return { format, file };
}

const TIME_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, '': 1000, m: 60_000, min: 60_000 };

/** Milliseconds of `90s`, `2m`, `500ms`, or of a bare number of seconds. */
function duration(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min)?$/.exec(text) ?? [];
  const value = Math.round(Number(number) * (TIME_UNITS[unit] ?? Number.NaN));
  if (number === '' || !(value >= 1) || value > 24 * 3_600_000) {
    throw new UsageError('wrong-value', `--timeout cannot be "${text}".`, {
      hint: 'Write a time above zero, a day at most: 90s, 2m, 500ms.',
    });
  }
  return value;
}

/** Most requests that may be allowed. */
const LARGEST_BUDGET = 1000;

function requests(text: string): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count >= 1 && count <= LARGEST_BUDGET)) {
    throw new UsageError('wrong-value', `--online-budget cannot be "${text}".`, {
      hint: `Write a number of requests from 1 to ${LARGEST_BUDGET}; --offline makes none.`,
    });
  }
  return count;
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  mb: 1e6,
  mib: 2 ** 20,
  gb: 1e9,
  gib: 2 ** 30,
};

/** Bytes of `512MB`, `4GB`, `4GiB`. */
function size(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*(mb|mib|gb|gib)$/i.exec(text) ?? [];
  const value = Math.round(Number(number) * (SIZE_UNITS[unit.toLowerCase()] ?? Number.NaN));
  if (number === '' || !(value >= 1e6)) {
    throw new UsageError('wrong-value', `--memory-limit cannot be "${text}".`, {
      hint: 'Write a size with its unit: 512MB, 4GB, 4GiB.',
    });
  }
  return value;
}

/** How the plan of a smoke inference can be shown. */
const PLAN_FORMATS: ReadonlySet<FormatName> = new Set(['pretty', 'json']);

/** Refuses what makes no sense together, rather than ignoring half of it. */
function checkTogether(options: RunOptions): void {
  const screens = options.outputs.filter((one) => one.file === undefined);
  if (screens.length > 1) {
    throw new UsageError('two-formats', `Only one format can go to stdout, not ${screens.length}.`, {
      hint: `Send the others to files: --format ${screens[1]?.format}=FILE.`,
    });
  }
  const withPr = [
    options.fix && '--fix',
    options.dryRun && '--dry-run',
    options.updateBaseline && '--update-baseline',
  ];
  const against = withPr.find((name) => name !== false);
  if (options.hubPr && against !== undefined) throw contradiction('--hub-pr', against);
  if (options.dryRun && options.fix === options.smoke) {
    throw new UsageError(
      'dry-run',
      '--dry-run shows what --fix would change, or what --smoke would run; it needs one of the two.',
      { hint: 'Write --fix --dry-run, or --smoke --dry-run.' },
    );
  }
  if (options.dryRun && options.fix && options.outputs.length > 0) {
    throw new UsageError('dry-run', 'With --fix --dry-run only the changes are shown: leave out --format.');
  }
  if (options.dryRun && options.smoke && options.outputs.some(({ format }) => !PLAN_FORMATS.has(format))) {
    throw new UsageError('dry-run', 'With --smoke --dry-run only the plan is shown, as pretty or json.');
  }
  const smokeOnly = [
    options.device !== undefined && '--device',
    options.dtypes !== undefined && '--dtype',
    options.optimize && '--optimize',
    options.saveOutputs !== undefined && '--save-outputs',
    options.inputs.length > 0 && '--input',
    options.timeoutMs !== undefined && '--timeout',
    options.memoryLimitBytes !== undefined && '--memory-limit',
  ].find((name) => name !== false);
  if (!options.smoke && smokeOnly !== undefined) {
    throw new UsageError('needs-smoke', `${smokeOnly} is about the smoke inference; it needs --smoke.`, {
      hint: `Write --smoke ${smokeOnly} ...`,
    });
  }
}
