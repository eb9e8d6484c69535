import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hubAccess } from '../../src/cli/hub-access.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'home-'));
});
afterEach(() => rmSync(home, { recursive: true }));

function write(path: string, text: string): void {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

describe('the token', () => {
  it('is that of --token, then of HF_TOKEN, then of the file of hf auth login', () => {
    write('.cache/huggingface/token', 'hf_file\n');
    expect(hubAccess({ HF_TOKEN: ' hf_env ' }, { token: 'hf_option', home })).toMatchObject({
      token: 'hf_option',
      tokenSource: '--token',
    });
    expect(hubAccess({ HF_TOKEN: ' hf_env ' }, { home })).toMatchObject({
      token: 'hf_env',
      tokenSource: 'HF_TOKEN',
    });
    expect(hubAccess({ HUGGING_FACE_HUB_TOKEN: 'hf_old' }, { home })).toMatchObject({ token: 'hf_old' });
    expect(hubAccess({ HF_TOKEN: '' }, { home })).toMatchObject({
      token: 'hf_file',
      tokenSource: join(home, '.cache/huggingface/token'),
    });
  });

  it.each([
    [{ HF_HOME: '~/hf' }, 'hf/token'],
    [{ XDG_CACHE_HOME: '~/xdg' }, 'xdg/huggingface/token'],
    [{ HF_TOKEN_PATH: '~/secrets/hub', HF_HOME: '~/hf' }, 'secrets/hub'],
  ])('lies where %j says', (env, path) => {
    write(path, 'hf_there');
    expect(hubAccess(env, { home }).token).toBe('hf_there');
  });

  it.each(['', 'not a token', 'hf_a\nb', 'hf_\u0000', '\u0000\u0001', 'hf_'])(
    'is none where the file holds %j',
    (text) => {
      write('.cache/huggingface/token', text);
      expect(hubAccess({}, { home }).token).toBeUndefined();
    },
  );

  it('is not taken from the file where that is turned off', () => {
    write('.cache/huggingface/token', 'hf_file');
    expect(hubAccess({ HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' }, { home }).token).toBeUndefined();
  });

  it.each(['secret', 'hf_secret\nX-Header: 1', 'Bearer hf_secret'])(
    '%j is refused, and not repeated',
    (token) => {
      for (const attempt of [
        () => hubAccess({}, { token, home }),
        () => hubAccess({ HF_TOKEN: token }, { home }),
      ]) {
        expect(attempt).toThrow(/is no access token of the Hub/);
        expect(attempt).not.toThrow(/secret/);
      }
    },
  );
});

describe('HF_ENDPOINT', () => {
  it.each([
    ['https://hub.example/', 'https://hub.example'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://127.0.0.1:8080/hub/', 'http://127.0.0.1:8080/hub'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ])('%s may carry a token', (endpoint, expected) => {
    expect(hubAccess({ HF_ENDPOINT: endpoint, HF_TOKEN: 'hf_env' }, { home })).toMatchObject({
      endpoint: expected,
      token: 'hf_env',
    });
  });

  it.each(['http://hub.example', 'http://127.0.0.1.example', 'http://localhost.example'])(
    '%s may not',
    (endpoint) => {
      expect(() => hubAccess({ HF_ENDPOINT: endpoint, HF_TOKEN: 'hf_env' }, { home })).toThrow(
        /is not https/,
      );
      write('.cache/huggingface/token', 'hf_file');
      const notes: string[] = [];
      const access = hubAccess({ HF_ENDPOINT: endpoint }, { home, onNote: (note) => notes.push(note) });
      expect(access).toMatchObject({ endpoint });
      expect(access.token).toBeUndefined();
      expect(notes).toEqual([expect.stringContaining('is not sent')]);
    },
  );

  it.each([
    'hub.example',
    'file:///etc',
    'https://',
    'https://user:secret@hub',
    'https://hub?x',
    'https://a b',
  ])('%s is none', (endpoint) => {
    expect(() => hubAccess({ HF_ENDPOINT: endpoint }, { home })).toThrow(
      /HF_ENDPOINT is no address of a Hub/,
    );
  });
});

describe('the cache', () => {
  it.each([
    [{}, '.cache/huggingface/hub'],
    [{ XDG_CACHE_HOME: '~/xdg' }, 'xdg/huggingface/hub'],
    [{ HF_HOME: '~/hf' }, 'hf/hub'],
    [{ HUGGINGFACE_HUB_CACHE: '~/old', HF_HOME: '~/hf' }, 'old'],
    [{ HF_HUB_CACHE: '~/cache', HUGGINGFACE_HUB_CACHE: '~/old' }, 'cache'],
  ])('with %j lies in %s', (env, path) => {
    expect(hubAccess(env, { home }).cacheFolder).toBe(join(home, path));
  });
});
