import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stateFolder } from '../../src/cli/state-folder.js';

describe('the state folder', () => {
  it.each([
    ['linux', { XDG_STATE_HOME: '/state', HOME: '/home/a' }, '/state'],
    ['linux', { HOME: '/home/a' }, '/home/a/.local/state'],
    // The specification says to ignore paths that are relative.
    ['linux', { XDG_STATE_HOME: 'state', HOME: '/home/a' }, '/home/a/.local/state'],
    ['darwin', { XDG_STATE_HOME: '', HOME: '/Users/a' }, '/Users/a/.local/state'],
    ['win32', { LOCALAPPDATA: '/Local', HOME: '/home/a' }, '/Local'],
  ])('on %s with %j lies in %s', (platform, env, folder) => {
    expect(stateFolder({ platform, env })).toBe(join(folder, 'validate-model-card'));
  });

  it('is nowhere where the environment names no place', () => {
    expect(stateFolder({ platform: 'linux', env: {} })).toBeUndefined();
  });
});
