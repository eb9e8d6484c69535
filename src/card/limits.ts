/**
 * Bounds against hostile cards. A card past one of them is read as far as its fences; its front matter is then
 * `invalid` with `limit` set. Within them, reading a card takes time and memory linear in its length.
 */

/** Longest text that is parsed, in UTF-16 code units: a file of 10 MiB always fits. */
export const MAX_TEXT_LENGTH = 10 * 1024 * 1024;

/** Mappings and lists inside one another, counted in the value, that is with aliases expanded. */
export const MAX_DEPTH = 100;

/**
 * Keys and values the parser may read. It looks at most values in block style twice (a value may turn out to be
 * the first key of a mapping), and each look counts: enough for a list of 100,000 mappings with six entries.
 */
export const MAX_NODES = 2_000_000;

/** Values that someone would meet who walks the metadata and follows every alias. */
export const MAX_EXPANDED_NODES = 1_000_000;

/** Length of all strings that the same walk would meet, in UTF-16 code units. */
export const MAX_EXPANDED_LENGTH = 2 * MAX_TEXT_LENGTH;

/** Entries that merge keys (`<<`) may copy from one mapping into another, in all. */
export const MAX_MERGED_ENTRIES = 100_000;

/** A number for a message, with commas. Not `toLocaleString`: loading the languages of the world takes 20 ms. */
export function inMessage(limit: number): string {
  return String(limit).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
