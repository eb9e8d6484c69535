import { FAIL_LEVELS } from '../config/config.js';
import { colorOption, last, readArguments } from './arguments.js';
import {
  type CompletionOptions,
  completionOptions,
  type ExplainOptions,
  explainOptions,
  type HelpOptions,
  type HookOptions,
  hookOptions,
  type InitOptions,
  initOptions,
  isCommand,
  type LspOptions,
  lspOptions,
} from './command-options.js';
import { devices, dtypesOf, duration, oneOf, output, requests, size } from './option-values.js';
import { checkTogether, contradiction, type RunOptions } from './run-options.js';
import { type ServeOptions, serveOptions } from './serve-options.js';

/** What the arguments ask for. */
export type Options =
  | RunOptions
  | ExplainOptions
  | InitOptions
  | LspOptions
  | CompletionOptions
  | HookOptions
  | ServeOptions
  | HelpOptions
  | { readonly kind: 'version' };

/**
 * Reads the arguments of the command. Throws `UsageError` for an option that does not exist (with a did-you-mean), a
 * value that is missing or wrong, and options that contradict one another.
 */
export function parseOptions(argv: readonly string[]): Options {
  if (argv[0] === 'lsp') return lspOptions(argv.slice(1));
  if (argv[0] === 'serve') return serveOptions(argv.slice(1));
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
