import { describe, expect, it, vi } from 'vitest';
import {
  ConfigError,
  GitError,
  OutputError,
  RepoError,
  SmokeSetupError,
  UsageError,
  UserError,
} from '../src/errors.js';

const CLASSES = { ConfigError, GitError, OutputError, RepoError, SmokeSetupError, UsageError };

describe('errors for people', () => {
  it.each(Object.entries(CLASSES))('%s is itself, a UserError, and nothing else', (name, Class) => {
    const error = new Class('code', 'message', { hint: 'hint', cause: 1 });
    expect(error).toMatchObject({ name, code: 'code', message: 'message', hint: 'hint', cause: 1 });
    expect(error instanceof Error).toBe(true);
    expect(error instanceof UserError).toBe(true);
    for (const [other, Other] of Object.entries(CLASSES)) expect(error instanceof Other).toBe(other === name);
  });

  it('are known across copies of the classes, as two bundles have them', async () => {
    vi.resetModules();
    const copy = await import('../src/errors.js');
    expect(copy.RepoError).not.toBe(RepoError);
    const error = new copy.RepoError('outside', 'message');
    expect(error instanceof RepoError).toBe(true);
    expect(error instanceof UserError).toBe(true);
    expect(error instanceof UsageError).toBe(false);
  });

  it.each([null, undefined, 1, 'UserError', {}, new Error('x'), { name: 'RepoError', code: 'x' }])(
    '%o is none',
    (value) => {
      expect(value instanceof UserError).toBe(false);
      expect(value instanceof RepoError).toBe(false);
    },
  );
});
