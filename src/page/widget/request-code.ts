import type { CodeOfRequest } from './code-panel.js';
import type { Asked, AskedChat } from './snippets/asked.js';
import { curlChatSnippet, curlSnippet, longBody } from './snippets/curl.js';
import { javascriptChatSnippet, javascriptSnippet } from './snippets/javascript.js';
import { pythonChatSnippet, pythonSnippet } from './snippets/python.js';

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
