import { parseArgs } from 'node:util';
import { UsageError } from '../errors.js';
import { didYouMean, nearest } from '../hub/nearest.js';
import { OPTIONS, type OptionName, SEE_HELP } from './option-table.js';

/** What the arguments say, before any of it is understood. */
export interface Arguments {
  readonly flags: ReadonlySet<OptionName>;
  readonly values: ReadonlyMap<OptionName, readonly string[]>;
  readonly targets: readonly string[];
}

/**
 * Tokens to flags, values and targets. The tokenizer is lenient, so that the messages here can be better than its own. Throws
 * `UsageError`.
 */
export function readArguments(argv: readonly string[]): Arguments {
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
    hint: `${didYouMean(meant && `--${meant}`)}${SEE_HELP}`,
  });
}

/** The value of an option; of several the last. */
export function last(values: Arguments['values'], name: OptionName): string | undefined {
  return values.get(name)?.at(-1);
}

/** The option of those who want colours, or none. */
export function colorOption(flags: Arguments['flags']): { readonly color?: boolean } {
  return flags.has('color') || flags.has('no-color') ? { color: flags.has('color') } : {};
}
