import { isMapping, own } from '../../mapping.js';
import { fault, kindOf, type Parameters, type Read, read } from '../task.js';

/** What a parameter must be. */
export interface ParameterForm<T> {
  /** As the end of a sentence: `top_k must be …`. */
  readonly must: string;
  readonly fits: (value: unknown) => value is T;
}

/** The values of parameters of some forms, those that were given. */
type Given<Forms> = {
  readonly [Name in keyof Forms]?: Forms[Name] extends ParameterForm<infer T> ? T : never;
};

/** The `parameters` of a widget example or request: a mapping, or nothing. */
export function readMapping(parameters: unknown): Read<Parameters> {
  if (parameters === undefined || parameters === null) return read({});
  return isMapping(parameters)
    ? read(parameters)
    : fault([], `parameters must be a mapping, not ${kindOf(parameters)}.`);
}

/**
 * Reads the parameters that a task knows; null counts as absent, and others are left out. `otherNames` says what a parameter
 * is called elsewhere.
 */
export function readNamed<Forms extends Readonly<Record<string, ParameterForm<unknown>>>>(
  parameters: unknown,
  forms: Forms,
  otherNames: Readonly<Record<string, string>> = {},
): Read<Given<Forms>> {
  const mapping = readMapping(parameters);
  if (!mapping.ok) return mapping;
  const found: Record<string, unknown> = {};
  for (const [name, { must, fits }] of Object.entries(forms)) {
    const other = otherNames[name];
    for (const key of other === undefined ? [name] : [name, other]) {
      const value = own(mapping.value, key) ?? undefined;
      if (value === undefined) continue;
      if (!fits(value)) return fault([key], `${key} must be ${must}.`);
      found[name] = value;
      break;
    }
  }
  return read(found as Given<Forms>);
}

/** A whole number within bounds, both included; without an upper one when `most` is absent. */
export function wholeNumber(least: number, most = Number.POSITIVE_INFINITY): ParameterForm<number> {
  return {
    must: `a whole number ${most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`}`,
    fits: (value): value is number =>
      typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most,
  };
}

/** A number within bounds, both included. */
export function numberFrom(least: number, most: number): ParameterForm<number> {
  return {
    must: `a number from ${least} to ${most}`,
    fits: (value): value is number => typeof value === 'number' && value >= least && value <= most,
  };
}

/** One of some names. */
export function oneOf<const Name extends string>(names: readonly Name[]): ParameterForm<Name> {
  return {
    must: `one of ${names.join(', ')}`,
    fits: (value): value is Name => names.some((name) => name === value),
  };
}

/** True or false. */
export const TRUE_OR_FALSE: ParameterForm<boolean> = {
  must: 'true or false',
  fits: (value): value is boolean => typeof value === 'boolean',
};

/** A text, also an empty one. */
export const TEXT: ParameterForm<string> = {
  must: 'a text',
  fits: (value): value is string => typeof value === 'string',
};

/** The sentence that a candidate label stands in. */
export const TEMPLATE: ParameterForm<string> = {
  must: 'a text with {} where the label goes',
  fits: (value): value is string => typeof value === 'string' && value.includes('{}'),
};
