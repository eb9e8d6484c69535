/**
 * Names of the output formats, in the order the help shows them. Apart from the formats, so that reading arguments loads none.
 * A new format is a file of its own, a name here and a line in index.ts; help, command and Action know it by then.
 */
export const FORMAT_NAMES = ['pretty', 'json', 'github', 'markdown', 'sarif', 'junit', 'html'] as const;

/** A name `--format` knows. */
export type FormatName = (typeof FORMAT_NAMES)[number];

/** True for the name of a format. */
export function isFormatName(name: string): name is FormatName {
  return (FORMAT_NAMES as readonly string[]).includes(name);
}

/** Whether a format shows the pictures and sounds of a smoke inference; for the others nobody need keep them. */
export function showsMedia(name: FormatName): boolean {
  return name === 'html';
}
