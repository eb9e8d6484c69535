import { parseArgs } from 'node:util';
import { UsageError } from '../errors.js';
import { didYouMean, nearest } from '../hub/nearest.js';
import { OPTIONS, type OptionName, type OptionTable, SEE_HELP, SERVE_OPTIONS } from './option-table.js';

/** What the arguments say, before any of it is understood. */
export interface Arguments<Name extends string = OptionName> {
  readonly flags: ReadonlySet<Name>;
  readonly values: ReadonlyMap<Name, readonly string[]>;
  readonly targets: readonly string[];
}

/**
 * Tokens to flags, values and targets. The tokenizer is lenient, so that the messages here can be better than its own. Throws
 * `UsageError`.
 */
export function readArguments(argv: readonly string[]): Arguments;
export function readArguments<Table extends OptionTable>(
  argv: readonly string[],
  table: Table,
): Arguments<keyof Table & string>;
export function readArguments(argv: readonly string[], table: OptionTable = OPTIONS): Arguments<string> {
  const hint = table === SERVE_OPTIONS ? 'See validate-card serve --help.' : SEE_HELP;
  const { tokens } = parseArgs({
    args: [...argv],
    options: table,
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  const targets: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') targets.push(token.value);
    if (token.kind !== 'option') continue;
    const { name } = token;
    const known = Object.hasOwn(table, name) ? table[name] : undefined;
    if (known === undefined) throw unknownOption(token.rawName, table, hint);
    if (known.type === 'boolean') {
      if (known.optional !== undefined) {
        // --changed alone takes back what --changed=REF said before.
        values.delete(name);
        if (token.value === '') {
          throw new UsageError('missing-value', `${token.rawName}= names nothing: ${known.optional}.`, {
            hint,
          });
        }
        if (token.value !== undefined) values.set(name, [token.value]);
      } else if (token.value !== undefined) {
        throw new UsageError('no-value', `${token.rawName} takes no value, but got "${token.value}".`, {
          hint,
        });
      }
      flags.add(name);
      continue;
    }
    // A value that looks like an option is a forgotten value; `--input=-1` says it is meant.
    const missing = token.value === undefined || (!token.inlineValue && /^--?[a-z]/i.test(token.value));
    if (missing || token.value === '') {
      throw new UsageError('missing-value', `${token.rawName} needs a value: ${known.value}.`, {
        hint,
      });
    }
    values.set(name, [...(values.get(name) ?? []), token.value]);
  }
  return { flags, values, targets };
}

function unknownOption(rawName: string, table: OptionTable, hint: string): UsageError {
  const name = rawName.replace(/^-+/, '');
  const meant = nearest(name, Object.keys(table));
  const elsewhere = Object.hasOwn(OPTIONS, name) ? ' for serve' : '';
  return new UsageError('unknown-option', `There is no option ${rawName}${elsewhere}.`, {
    hint: `${didYouMean(meant && `--${meant}`)}${hint}`,
  });
}

/** The value of an option; of several the last. */
export function last<Name extends string>(values: Arguments<Name>['values'], name: Name): string | undefined {
  return values.get(name)?.at(-1);
}

/** The option of those who want colours, or none. */
export function colorOption(flags: ReadonlySet<string>): { readonly color?: boolean } {
  return flags.has('color') || flags.has('no-color') ? { color: flags.has('color') } : {};
}
