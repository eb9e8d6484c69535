import { preview } from '../preview.js';

/** What a pickle describes: nothing but values. */
export type Pickled =
  | null
  | boolean
  | number
  | string
  | { readonly kind: 'tuple'; readonly items: readonly Pickled[] }
  | { readonly kind: 'list'; readonly items: Pickled[] }
  | { readonly kind: 'dict'; readonly entries: Map<string | number, Pickled> }
  /** A class or function by its name, such as `torch.FloatStorage`. */
  | { readonly kind: 'global'; readonly name: string }
  /** What would be called with what; nothing is called. */
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Pickled[] }
  /** What lies outside of the pickle. */
  | { readonly kind: 'outside'; readonly id: Pickled };

/** A pickle wants a class or function that is not on the list. */
export class UnknownGlobal extends Error {
  override readonly name = 'UnknownGlobal';
  constructor(
    /** Such as `posix.system`. */
    readonly global: string,
  ) {
    super(`it calls ${preview(global)}`);
  }
}

/** A pickle that cannot be read; the message is the rest of a sentence. */
export class BrokenPickle extends Error {
  override readonly name = 'BrokenPickle';
}

/** A pickle that is larger than is read; the message is the rest of a sentence. */
export class LargePickle extends Error {
  override readonly name = 'LargePickle';
}

type Described = Exclude<Pickled, null | boolean | number | string>;

/** Whether a value is of a kind. */
export function isKind<Kind extends Described['kind']>(
  value: Pickled | undefined,
  kind: Kind,
): value is Extract<Described, { kind: Kind }> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}
