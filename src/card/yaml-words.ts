const WORD = /^(?:y|n|yes|no|on|off|true|false|null|~)$/i;

/**
 * Whether a plain scalar is one that readers of YAML 1.1 or 1.2 take for a boolean or null, so that it needs quotes to be a
 * text to all of them.
 */
export function isBooleanOrNull(plain: string): boolean {
  return WORD.test(plain);
}
