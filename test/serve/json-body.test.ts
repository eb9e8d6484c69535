import { describe, expect, it } from 'vitest';
import { readCardRequest } from '../../src/serve/card-request.js';
import { readOpenAi } from '../../src/serve/openai/openai-request.js';
import { readBody } from '../../src/serve/request-body.js';

/** What takes far more memory than bytes. */
const BOMB = Buffer.from(`{"a":[${'{},'.repeat(300_000)}{}]}`);
const DEEP = Buffer.from(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);

describe('whoever reads a body, it is weighed before it is parsed', () => {
  it.each([
    ['an inference', (body: Buffer) => readBody('text-classification', body, {})],
    ['a chat', (body: Buffer) => readOpenAi('chat', body)],
    ['a completion', (body: Buffer) => readOpenAi('completion', body)],
    ['a card', readCardRequest],
  ])('%s', (_, read) => {
    expect(() => read(BOMB)).toThrow('too many parts');
    expect(() => read(DEEP)).toThrow('too deep');
  });
});
