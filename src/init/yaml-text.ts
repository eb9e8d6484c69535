import { isBooleanOrNull } from '../card/yaml-words.js';
import type { MetadataValue } from './clue.js';

/** Plain words every reader of YAML takes for the text they are. */
const PLAIN = /^[A-Za-z][\w./+-]*(?: [\w./+-]+)*$/;

/** Lines of a key with its value, as most cards are written: lists and mappings as blocks, tables as lists in a line. */
export function yamlLines(key: string, value: MetadataValue): readonly string[] {
  if (typeof value === 'string') return [`${key}: ${yamlText(value)}`];
  const items = value.flatMap((item: MetadataValue[number]) =>
    typeof item === 'string' ? [`- ${yamlText(item)}`] : exampleLines(item),
  );
  return [`${key}:`, ...items];
}

/** A list item that is a mapping; its values are scalars or tables of columns. */
function exampleLines(example: Readonly<Record<string, unknown>>): readonly string[] {
  const lines = Object.entries(example).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [
          `${yamlText(name)}:`,
          ...Object.entries(value).map(([column, cells]) => `  ${yamlText(column)}: ${flow(cells)}`),
        ]
      : [`${yamlText(name)}: ${flow(value)}`],
  );
  return lines.map((line, index) => `${index === 0 ? '- ' : '  '}${line}`);
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'string') return yamlText(value);
  // Readers of YAML 1.1 take 1e+21 for a text, 1.0e+21 for a number.
  return JSON.stringify(value).replace(/^(-?\d+)e/, '$1.0e');
}

/** A text as a YAML scalar on one line: plain where that is safe, else in double quotes with the escapes of JSON. */
export function yamlText(text: string): string {
  if (text.length <= 100 && PLAIN.test(text) && !isBooleanOrNull(text)) return text;
  // YAML calls these unprintable, JSON does not escape them.
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
