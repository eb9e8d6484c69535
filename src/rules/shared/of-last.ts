/**
 * Keeps what was made of one value until another is asked about: the rules look at one card after another. A `WeakMap` would
 * cost more than most of what is kept.
 */
export function ofLast<K, T>(make: (from: K) => T): (from: K) => T {
  let last: { readonly from: K; readonly made: T } | undefined;
  return (from) => {
    if (last === undefined || last.from !== from) last = { from, made: make(from) };
    return last.made;
  };
}
