import type { Card, Part } from '../card/card.js';
import { lineTable } from '../card/lines.js';
import type { JsonPath } from '../card/path.js';
import type { Range, Span } from '../card/position.js';
import type { Surroundings } from '../repo/surroundings.js';
import type { Finding } from '../rules/rule.js';

/** A text that findings point into. */
export type Source = Pick<Card, 'spanOf' | 'rangeAt'>;

/** The card, and the other files whose texts are known. */
export interface Sources {
  readonly card: Card;
  readonly cardPath: string;
  /** By repository-relative path. */
  readonly others: ReadonlyMap<string, Source>;
}

/** The texts that findings of a card and of the files around it point into. */
export function sourcesOf(card: Card, cardPath: string, options: Partial<Surroundings>): Sources {
  const { evalResults = [], gitAttributes = null, brokenJson = [] } = options;
  if (evalResults.length === 0 && gitAttributes === null && brokenJson.length === 0) {
    return { card, cardPath, others: NO_SOURCES };
  }
  const others = new Map<string, Source>(evalResults.map((file) => [file.path, file]));
  if (gitAttributes !== null) others.set('.gitattributes', plainSource(gitAttributes));
  for (const { path, broken } of brokenJson) {
    if (broken.kind === 'syntax') others.set(path, plainSource(broken.text));
  }
  return { card, cardPath, others };
}

const NO_SOURCES: ReadonlyMap<string, Source> = new Map();

/** A text without structure: spans alone can be placed in it. */
function plainSource(text: string): Source {
  let positionAt: ReturnType<typeof lineTable> | undefined;
  return {
    spanOf: () => undefined,
    rangeAt: ({ start, end }) => {
      positionAt ??= lineTable(text);
      return { start: positionAt(start), end: positionAt(end) };
    },
  };
}

/** Where a finding stands; undefined in a file whose text is not known. */
export function rangeIn(
  { card, cardPath, others }: Sources,
  file: string,
  finding: Finding,
): Range | undefined {
  const { path = [], part, span } = finding;
  if (file === cardPath) return rangeOf(card, span ?? placeOf(card, path, part));
  const source = others.get(file);
  return source?.rangeAt(span ?? nearestPlace(source, path, part) ?? TOP);
}

const TOP: Span = { start: 0, end: 0 };

/** The range of most missing keys; knowing it saves counting the lines of a card that is otherwise in order. */
const FENCE_AT_TOP: Range = {
  start: { line: 1, column: 1, offset: 0 },
  end: { line: 1, column: 4, offset: 3 },
};

function rangeOf(card: Card, span: Span): Range {
  const { frontMatter } = card;
  const atTop = span.start === 0 && frontMatter.kind !== 'absent' && span === frontMatter.block.open;
  return atTop ? FENCE_AT_TOP : card.rangeAt(span);
}

/** The place of a path, or of its nearest parent; the opening fence stands for the whole of the metadata. */
function placeOf(card: Card, path: JsonPath, part: Part | undefined): Span {
  // Most findings without a place are about a missing key; asking for one is what costs.
  const [first] = path;
  if (first !== undefined && card.metadata !== null && Object.hasOwn(card.metadata, first)) {
    const span = nearestPlace(card, path, part);
    if (span !== undefined) return span;
  }
  const { frontMatter } = card;
  return frontMatter.kind === 'absent' ? { start: 0, end: 0 } : frontMatter.block.open;
}

function nearestPlace(source: Source, path: JsonPath, part: Part | undefined): Span | undefined {
  let span = source.spanOf(path, part);
  for (let length = path.length - 1; span === undefined && length > 0; length--) {
    span = source.spanOf(path.slice(0, length), 'key');
  }
  return span;
}
