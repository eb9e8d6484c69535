import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createServer } from '../../src/serve/model-server.js';
import type { ServedModels, ServerOptions } from '../../src/serve/server-options.js';

/** The folder of the tiny models. */
export const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));

/** Serves some of the tiny models, on a free port. */
export function serve(ids: readonly string[], options: Partial<ServerOptions> = {}): Promise<ServedModels> {
  return createServer({ targets: ids.map((id) => `${FIXTURES}${id}`), cwd: FIXTURES, ...options });
}

/** The bytes of a file of a fixture. */
export async function bytes(path: string): Promise<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = await readFile(`${FIXTURES}${path}`);
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

/** An answer of the server, read. */
export interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
}

/** Sends a body, which waits for the model unless `headers` say otherwise. */
export async function post(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = { 'x-wait-for-model': 'true' },
): Promise<Got> {
  const sent =
    typeof body === 'string' || body instanceof ArrayBuffer
      ? body
      : body instanceof Uint8Array
        ? new Uint8Array(body)
        : JSON.stringify(body);
  const response = await fetch(url, { method: 'POST', body: sent, headers });
  return read(response);
}

/** Reads an answer as JSON; undefined where it is none. */
export async function read(response: Response): Promise<Got> {
  const text = await response.text();
  const json: unknown = response.headers.get('content-type')?.startsWith('application/json')
    ? JSON.parse(text)
    : undefined;
  return { status: response.status, headers: response.headers, json };
}
