/** A number for a message, with so many significant digits; NaN and infinities by their names. */
export function short(value: number, digits = 3): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : String(value);
}

/** A share from 0 to 1 for a message, such as `12.5 %`. */
export function percent(share: number): string {
  return `${short(share * 100)} %`;
}

/** Dimensions for a message, such as `1 × 3 × 224`. */
export function dimensions(dims: readonly number[]): string {
  return dims.join(' × ') || 'a single number';
}
