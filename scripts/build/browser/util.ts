/**
 * `isDeepStrictEqual` of `node:util`, for values that YAML and JSON give: mappings, lists, dates, bytes, numbers (`NaN` is itself,
 * 0 is not -0) and texts, and lists or mappings that hold themselves.
 */
export function isDeepStrictEqual(one: unknown, other: unknown): boolean {
  return same(one, other, []);
}

function same(one: unknown, other: unknown, open: readonly (readonly [object, object])[]): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  if (one instanceof Date && other instanceof Date) return Object.is(one.getTime(), other.getTime());
  // Inside themselves they are the same as long as nothing else differs.
  if (open.some(([a, b]) => a === one && b === other)) return true;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  if (Array.isArray(one) && Array.isArray(other) && one.length !== other.length) return false;
  const inside = [...open, [one, other] as const];
  return keys.every(
    (key) =>
      Object.hasOwn(other, key) &&
      same(
        (one as Readonly<Record<string, unknown>>)[key],
        (other as Readonly<Record<string, unknown>>)[key],
        inside,
      ),
  );
}
