import { DEFAULT_SCHEMA, type Schema, Type, type TypeConstructorOptions, types } from 'js-yaml';

declare module 'js-yaml' {
  /** The types of the default schema; js-yaml exports them, its type declarations do not. */
  export const types: Readonly<
    Record<'timestamp' | 'float', { readonly tag: string; readonly options: TypeConstructorOptions }>
  >;
}

/**
 * js-yaml's default schema, which reads every value as that does. Its patterns for dates and floats are costly and run
 * on every plain scalar; here they run only when the first character is one that they could match.
 */
export const SCHEMA: Schema = DEFAULT_SCHEMA.extend({
  implicit: [startingWith(/[0-9]/, types.timestamp), startingWith(/[-+.0-9]/, types.float)],
});

function startingWith(first: RegExp, type: (typeof types)['float']): Type {
  const { resolve } = type.options;
  const possible = Array.from({ length: 128 }, (_, code) => first.test(String.fromCharCode(code)));
  return new Type(type.tag, {
    ...type.options,
    resolve: (data: string | null) =>
      data !== null && possible[data.charCodeAt(0)] === true && resolve?.(data) === true,
  });
}
