/**
 * Parameters of texts that clients have a name for and that nothing here heeds, with the reason: an answer without them would be taken for what it is
 * not. What only changes how tokens are drawn (`typical_p`, `watermark`) is ignored, as all that is unknown.
 */
export const UNSUPPORTED: Readonly<Record<string, string>> = {
  grammar: 'is not supported here: texts are bound to no grammar.',
  adapter_id: 'is not supported here: adapters are not loaded on request.',
};

/** The first of them that is given; null where none is. */
export function unsupportedIn(parameters: Readonly<Record<string, unknown>>): string | null {
  return Object.keys(UNSUPPORTED).find((name) => (parameters[name] ?? null) !== null) ?? null;
}
