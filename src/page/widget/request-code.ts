import type { Asked, AskedChat } from './snippets/asked.js';
import { curlChatSnippet, curlSnippet, longBody } from './snippets/curl.js';
import { javascriptChatSnippet, javascriptSnippet } from './snippets/javascript.js';
import { pythonChatSnippet, pythonSnippet } from './snippets/python.js';

/** The request in one language. */
export interface Snippet {
  readonly language: 'curl' | 'JavaScript' | 'Python';
  readonly code: string;
}

/** The request as code. */
export interface CodeOfRequest {
  readonly snippets: readonly Snippet[];
  /** A body that is too long for a command, which reads it from `request.json`. */
  readonly body: string | null;
}

/** A request as code of every language. */
export function codeOfRequest(asked: Asked): CodeOfRequest {
  return {
    snippets: [
      { language: 'curl', code: curlSnippet(asked) },
      { language: 'JavaScript', code: javascriptSnippet(asked) },
      { language: 'Python', code: pythonSnippet(asked) },
    ],
    body: longBody(asked.request),
  };
}

/** A conversation as code of every language. */
export function codeOfChat(asked: AskedChat): CodeOfRequest {
  return {
    snippets: [
      { language: 'curl', code: curlChatSnippet(asked) },
      { language: 'JavaScript', code: javascriptChatSnippet(asked) },
      { language: 'Python', code: pythonChatSnippet(asked) },
    ],
    body: null,
  };
}
