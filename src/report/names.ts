/** Names of the output formats, in the order the help shows them. Apart from the formats, so that reading arguments loads none. */
export const FORMAT_NAMES = ['pretty', 'json', 'github', 'markdown', 'sarif'] as const;

/** A name `--format` knows. */
export type FormatName = (typeof FORMAT_NAMES)[number];

/** True for the name of a format. */
export function isFormatName(name: string): name is FormatName {
  return (FORMAT_NAMES as readonly string[]).includes(name);
}
