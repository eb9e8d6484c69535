import { isMapping } from '../mapping.js';
import type { Card, FrontMatter, FrontMatterBlock, Part, ReaderDisagreement } from './card.js';
import { otherReadingOfGrayMatter, readingOfGrayMatter } from './gray-matter.js';
import { inMessage, MAX_TEXT_LENGTH } from './limits.js';
import { lineTable } from './lines.js';
import type { JsonPath } from './path.js';
import type { Range, Span } from './position.js';
import { positionsOf } from './positions.js';
import { explainAbsence, split } from './split.js';
import { readYaml, type YamlTrace } from './yaml.js';

/**
 * Parses a model card: the Hub's splitting rule, YAML 1.2 as the Hub reads it, and the place of every key and value
 * from that one parse. Never throws, runs nothing of the card, and takes time linear in its length: faults in the card
 * and limits passed (limits.ts) are in `frontMatter`.
 */
export function parseCard(text: string): Card {
  const parts = split(text);
  if (parts === null) return absentCard(text);
  const { block, alone } = parts;
  if (text.length > MAX_TEXT_LENGTH) return oversizedCard(text, block);

  const reading = readYaml(text.slice(block.yaml.start, block.yaml.end));
  const disagreement = otherReadingOfGrayMatter(text, block, alone);
  const otherReaders = disagreement === null ? NO_DISAGREEMENT : [disagreement];

  if (reading.kind === 'fault') {
    const { span, ...fault } = reading;
    const shifted = { start: span.start + block.yaml.start, end: span.end + block.yaml.start };
    return cardOf(text, { ...fault, kind: 'invalid', span: shifted, block }, otherReaders);
  }
  const { value, trace, ambiguous } = reading;
  return cardOf(text, { kind: 'parsed', value, ambiguous, block }, otherReaders, placesIn(trace, block));
}

type Places = (path: JsonPath, part?: Part) => Span | undefined;

const NO_DISAGREEMENT: readonly ReaderDisagreement[] = [];
const NO_PLACES: Places = () => undefined;

function absentCard(text: string): Card {
  const disagreement = text.length > MAX_TEXT_LENGTH ? null : readingOfGrayMatter(text);
  const otherReaders = disagreement === null ? NO_DISAGREEMENT : [disagreement];
  return cardOf(text, { kind: 'absent', ...explainAbsence(text) }, otherReaders);
}

function oversizedCard(text: string, block: FrontMatterBlock): Card {
  const reason = `the card is longer than ${inMessage(MAX_TEXT_LENGTH)} characters`;
  const frontMatter = {
    kind: 'invalid',
    reason,
    message: reason,
    span: block.open,
    limit: 'size',
    block,
  } as const;
  return cardOf(text, frontMatter, NO_DISAGREEMENT);
}

function cardOf(
  text: string,
  frontMatter: FrontMatter,
  otherReaders: readonly ReaderDisagreement[],
  spanOf: Places = NO_PLACES,
): Card {
  const bodyStart = frontMatter.kind === 'absent' ? 0 : frontMatter.block.span.end;
  let positionAt: ReturnType<typeof lineTable> | undefined;
  return {
    text,
    frontMatter,
    metadata: frontMatter.kind === 'parsed' && isMapping(frontMatter.value) ? frontMatter.value : null,
    body: { start: bodyStart, end: text.length },
    otherReaders,
    spanOf,
    rangeAt({ start, end }: Span): Range {
      positionAt ??= lineTable(text);
      return { start: positionAt(start), end: positionAt(end) };
    },
  };
}

/** Places in the text: the parser left out a byte-order mark in front of the YAML, and added a last line break. */
function placesIn(trace: YamlTrace, { yaml }: FrontMatterBlock): Places {
  let find: ReturnType<typeof positionsOf> | undefined;
  return (path, part = 'value') => {
    find ??= positionsOf(trace);
    const span = find(path, part);
    if (span === undefined) return undefined;
    const shift = yaml.start + trace.skipped;
    return { start: Math.min(span.start + shift, yaml.end), end: Math.min(span.end + shift, yaml.end) };
  };
}
