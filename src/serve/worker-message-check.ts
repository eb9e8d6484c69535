import { decode } from '../smoke/protocol.js';
import type { MadeToken, WrittenText } from '../tasks/following.js';
import type { AnsweredFile, WorkerMessage } from './worker-messages.js';

/** The message in a line; null when there is none: what came over the process may say anything. */
export function parsedMessage(line: string): WorkerMessage | null {
  try {
    const value = decode(line) as WorkerMessage | null;
    return typeof value === 'object' && value !== null && isMessage(value) ? value : null;
  } catch {
    return null;
  }
}

function isMessage(message: WorkerMessage): boolean {
  switch (message.type) {
    case 'loaded':
      return (
        typeof message.loadMs === 'number' &&
        typeof message.together === 'boolean' &&
        typeof message.onCpu === 'boolean'
      );
    case 'answer':
      return (
        typeof message.latencyMs === 'number' &&
        typeof message.heardSeconds === 'number' &&
        typeof message.tokensRead === 'number' &&
        Array.isArray(message.files) &&
        message.files.every(isFile) &&
        Array.isArray(message.written) &&
        message.written.every(isWritten)
      );
    case 'token':
      return isToken(message.token);
    case 'no-answer':
    case 'failed':
      return typeof message.error?.message === 'string';
    case 'over-memory':
      return typeof message.rssBytes === 'number';
    default:
      return false;
  }
}

function isWritten(text: WrittenText): boolean {
  return (
    typeof text?.text === 'string' &&
    typeof text.finish === 'string' &&
    typeof text.timedOut === 'boolean' &&
    typeof text.promptTokens === 'number' &&
    typeof text.tokens === 'number' &&
    Array.isArray(text.made) &&
    text.made.every(isToken)
  );
}

function isToken(token: MadeToken): boolean {
  return (
    typeof token?.piece === 'string' &&
    typeof token.name === 'string' &&
    [token.id, token.text].every((number) => typeof number === 'number') &&
    Array.isArray(token.top) &&
    token.top.every((one) => typeof one?.name === 'string')
  );
}

function isFile(file: AnsweredFile): boolean {
  return [file?.name, file?.mediaType, file?.base64].every((text) => typeof text === 'string');
}
