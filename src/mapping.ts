/** True for a YAML or JSON mapping as a parser builds it; false for lists, dates, binary data and scalars. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array)
  );
}

/** An own property of a mapping; undefined for anything else. Nothing is ever read from a prototype. */
export function own(value: unknown, key: string): unknown {
  if (!isMapping(value)) return undefined;
  const found = value[key];
  // Most keys that are asked for are missing, which needs no second look.
  return found !== undefined && Object.hasOwn(value, key) ? found : undefined;
}
