import type { WireRequest } from '../request.js';
import { type Asked, type AskedChat, answerFile, fileName, MEDIA_MARK } from './asked.js';

/** The request as a command of a POSIX shell. */
export function curlSnippet(asked: Asked): string {
  const { url, request, token } = asked;
  const made = answerFile(asked);
  const tail = [
    ...(token ? [`-H "Authorization: Bearer $TOKEN"`] : []),
    `-H 'x-wait-for-model: true'`,
    ...(made === null ? [] : [`-o ${made}`]),
  ];
  if (request.kind === 'bytes') return command(url, [...tail, `--data-binary @${quoted(fileName(asked))}`]);
  const json = JSON.stringify(request.body(MEDIA_MARK));
  const parts = json.split(MEDIA_MARK);
  const declared = `-H 'content-type: application/json'`;
  if (longBody(request) !== null) return command(url, [declared, ...tail, '--data-binary @request.json']);
  if (parts.length === 1) return command(url, [declared, ...tail, `-d ${quoted(json)}`]);
  const file = quoted(fileName(asked));
  // The file is too long for an argument: the body is put together on the way.
  const pieces = parts.map((part) => `printf %s ${quoted(part)}`);
  const body = pieces.join(`; base64 < ${file} | tr -d '\\n'; `);
  return `{ ${body}; } |\n${command(url, [declared, ...tail, '--data-binary @-'])}`;
}

/** Longest body that goes into a command: systems allow 128 KiB in one argument, and a character may take three bytes. */
const LONGEST = 40_000;

/** A body without a file that is too long for a command, which reads it from `request.json` then; null for others. */
export function longBody(request: WireRequest): string | null {
  if (request.kind === 'bytes' || request.media !== null) return null;
  const json = JSON.stringify(request.body(''));
  return json.length > LONGEST ? json : null;
}

/** A conversation as a command, which prints the answer as it is written. */
export function curlChatSnippet({ url, messages, parameters, token }: AskedChat): string {
  return command(`${url}/v1/chat/completions`, [
    '-N',
    `-H 'content-type: application/json'`,
    ...(token ? [`-H "Authorization: Bearer $TOKEN"`] : []),
    `-H 'x-wait-for-model: true'`,
    `-d ${quoted(JSON.stringify({ messages, ...parameters, stream: true }))}`,
  ]);
}

function command(url: string, options: readonly string[]): string {
  return [`curl ${quoted(url)}`, ...options].join(' \\\n  ');
}

/** A word of a POSIX shell, whatever it holds. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
