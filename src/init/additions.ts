import { isDeepStrictEqual } from 'node:util';
import type { Card, Metadata } from '../card/card.js';
import { editsFor } from '../card/edit.js';
import { parseCard } from '../card/parse.js';
import { applyEdits } from '../fix.js';
import { own } from '../mapping.js';
import { decideSupport } from '../support/decide.js';
import type { SupportVerdict } from '../support/verdict.js';
import { type Clue, KEYS } from './clue.js';
import type { Sources } from './sources.js';
import { yamlLines } from './yaml-text.js';

/** A card with more metadata than before. */
export interface Addition {
  readonly text: string;
  readonly added: readonly Clue[];
}

/**
 * Adds keys that the files tell beyond doubt to a card with metadata. What the card says stays, byte for byte, and so does
 * what it means: nothing is added that contradicts it, be it said by a tag. Null when there is nothing to add, undefined when
 * the front matter is written in a way that cannot be added to.
 */
export function addKeys(
  card: Card,
  metadata: Metadata,
  clues: readonly Clue[],
  sources: Sources,
): Addition | null | undefined {
  const before = verdict(metadata, sources);
  const added = clues.filter((clue) => fits(clue, clues, metadata, before));
  if (added.length === 0) return null;
  const text = insert(card, metadata, added);
  return text === undefined ? undefined : { text, added };
}

function fits(clue: Clue, clues: readonly Clue[], metadata: Metadata, verdict: SupportVerdict): boolean {
  const { key, value, certainty } = clue;
  // A key that is there but empty is the author’s to fill.
  if (certainty !== 'told' || Object.hasOwn(metadata, key)) return false;
  const told = (name: Clue['key']) =>
    own(metadata, name) ?? clues.find((other) => other.key === name && other.certainty === 'told')?.value;
  switch (key) {
    case 'library_name':
      return verdict.library.evidence !== 'tag' || verdict.library.name === value;
    case 'pipeline_tag':
      // Of a library that is not the one the card names, nothing is known.
      return (
        (verdict.task.evidence !== 'tag' || verdict.task.name === value) &&
        sameAs(
          clues,
          'library_name',
          verdict.library.evidence === 'tag' ? verdict.library.name : told('library_name'),
        )
      );
    case 'base_model_relation':
      return sameAs(clues, 'base_model', told('base_model'));
    // Tags and examples are the author’s choice, and the Hub adds the tags that follow from files.
    case 'tags':
    case 'widget':
    case 'license_name':
    case 'license_link':
      return false;
    default:
      return true;
  }
}

/** Whether the value of a key is the one that the clues rest on. */
function sameAs(clues: readonly Clue[], key: Clue['key'], value: unknown): boolean {
  const clue = clues.find((one) => one.key === key && one.certainty !== 'guess');
  return (
    isDeepStrictEqual(clue?.value, value) || (Array.isArray(value) && isDeepStrictEqual([clue?.value], value))
  );
}

function verdict(metadata: Metadata, { files, modelConfig, tokenizerConfig }: Sources): SupportVerdict {
  return decideSupport({ metadata, files, modelConfig, tokenizerConfig });
}

/** The card with the keys in the places most cards have them; proved by reading it again. */
function insert(card: Card, metadata: Metadata, added: readonly Clue[]): string | undefined {
  const listed = append(
    card,
    added.filter(({ value }) => typeof value !== 'string'),
  );
  if (listed === undefined) return undefined;
  const changes = added.flatMap(({ key, value }) =>
    typeof value === 'string'
      ? [{ kind: 'set', key, value, after: KEYS.slice(0, KEYS.indexOf(key)).reverse() } as const]
      : [],
  );
  const withLists = parseCard(listed);
  const edits = editsFor(withLists, changes);
  if (edits === undefined) return undefined;
  const edited = applyEdits(listed, edits);
  const expected = { ...metadata, ...Object.fromEntries(added.map(({ key, value }) => [key, value])) };
  const read = parseCard(edited).metadata;
  return read !== null && isDeepStrictEqual({ ...read }, expected) ? edited : undefined;
}

/** Lists go behind the last key, a line for each item. */
function append({ frontMatter, text }: Card, lists: readonly Clue[]): string | undefined {
  if (frontMatter.kind === 'absent') return undefined;
  const { open, yaml, span } = frontMatter.block;
  const lineBreak = /\r\n|\r|\n/.exec(text.slice(open.end, span.end))?.[0] ?? '\n';
  const source = text.slice(yaml.start, yaml.end);
  const indent = /^[ \t]*(?=[^\s#])/m.exec(source)?.[0] ?? '';
  const lines = lists.flatMap(({ key, value }) => yamlLines(key, value)).map((line) => indent + line);
  const first = /[\r\n]$/.test(source) ? '' : lineBreak;
  return lines.length === 0
    ? text
    : text.slice(0, yaml.end) + first + lines.join(lineBreak) + text.slice(yaml.end);
}
