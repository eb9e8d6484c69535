import type { Part } from './card.js';
import { lineTable } from './lines.js';
import type { JsonPath } from './path.js';
import type { Range, Span } from './position.js';
import { positionsOf } from './positions.js';
import { readYaml, type YamlReading } from './yaml.js';

/** A YAML file of the repository beside the card, read as the front matter is: one value, and the place of each part. */
export interface YamlFile {
  /** Repository-relative, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly reading: YamlReading;
  /** As `Card.spanOf`; undefined everywhere when the file could not be read. */
  spanOf(path: JsonPath, part?: Part): Span | undefined;
  rangeAt(span: Span): Range;
}

/** Parses a YAML file. Never throws: faults and limits passed are in `reading`. */
export function parseYamlFile(path: string, text: string): YamlFile {
  const reading = readYaml(text);
  let find: ReturnType<typeof positionsOf> | undefined;
  let positionAt: ReturnType<typeof lineTable> | undefined;
  return {
    path,
    text,
    reading,
    spanOf: (at, part = 'value') => {
      if (reading.kind === 'fault') return undefined;
      const { trace } = reading;
      find ??= positionsOf(trace);
      const span = find(at, part);
      if (span === undefined) return undefined;
      // The parser left out a byte-order mark, and added a last line break.
      return {
        start: Math.min(span.start + trace.skipped, text.length),
        end: Math.min(span.end + trace.skipped, text.length),
      };
    },
    rangeAt: ({ start, end }) => {
      positionAt ??= lineTable(text);
      return { start: positionAt(start), end: positionAt(end) };
    },
  };
}
