/** Delays work to the first use; for tables that most runs never look at. */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The rows of a table of lines; fields are split at tabs, the empty rest after the last line is left out. */
export function rows(table: string): string[][] {
  return table
    .slice(0, -1)
    .split('\n')
    .map((line) => line.split('\t'));
}
