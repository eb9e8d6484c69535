import { describe, expect, it } from 'vitest';
import { INPUT_NAMES, type InputName, parseInputs, unknownInputs } from '../../src/action/inputs.js';
import { OUTPUT_NAMES } from '../../src/action/outputs.js';
import { UsageError } from '../../src/errors.js';
import { FORMAT_NAMES } from '../../src/report/names.js';
import { actionMetadata } from './runner.js';

const metadata = await actionMetadata();

/** Reads inputs as the runner hands them over: what is not given has the default of `action.yml`. */
function parsed(given: Partial<Record<InputName, string>>) {
  return parseInputs(
    (name) => given[name] ?? metadata.inputs[name]?.default.replace(/^\$\{\{ github\.token \}\}$/, '') ?? '',
  );
}

function refusal(given: Partial<Record<InputName, string>>): UsageError {
  try {
    parsed(given);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('The inputs were taken');
}

describe('action.yml', () => {
  it('has the inputs that are read, and no other', () => {
    expect(Object.keys(metadata.inputs).sort()).toEqual([...INPUT_NAMES].sort());
  });

  it('has the outputs that are set, and no other', () => {
    expect(Object.keys(metadata.outputs).sort()).toEqual([...OUTPUT_NAMES].sort());
  });

  it('describes all of them, with a default for each input', () => {
    for (const input of Object.values(metadata.inputs)) {
      expect(input.description).toMatch(/\.$/);
      expect(typeof input.default).toBe('string');
    }
    for (const output of Object.values(metadata.outputs)) expect(output.description).toMatch(/\.$/);
  });
});

describe('inputs', () => {
  it('have defaults that leave the choice to the settings file', () => {
    expect(parsed({})).toEqual({
      paths: ['.'],
      changedOnly: false,
      smoke: false,
      trustConfig: false,
      reports: [],
      comment: false,
      hubPr: false,
    });
  });

  it('are all read', () => {
    expect(
      parsed({
        path: 'models/bert\n\n  models/llama* \r\n!models/old',
        'changed-only': 'true',
        smoke: 'True',
        device: 'webgpu',
        input: '{"inputs": "x"}',
        'fail-level': 'never',
        config: 'ci/card.yaml',
        'trust-config': 'TRUE',
        format: 'json=a.json\n\n  sarif = out/b=c.sarif \r\n',
        comment: 'true',
        fix: 'patch',
        token: 'secret',
      }),
    ).toEqual({
      paths: ['models/bert', 'models/llama*', '!models/old'],
      changedOnly: true,
      smoke: true,
      device: 'webgpu',
      input: '{"inputs": "x"}',
      failLevel: 'never',
      config: 'ci/card.yaml',
      trustConfig: true,
      reports: [
        { format: 'json', file: 'a.json' },
        { format: 'sarif', file: 'out/b=c.sarif' },
      ],
      comment: true,
      fix: 'patch',
      token: 'secret',
      hubPr: false,
    });
    expect(parsed({ 'hub-repo': 'org/name@dev', 'hub-pr': 'true' })).toMatchObject({
      hubRepo: 'org/name@dev',
      hubPr: true,
    });
  });

  it.each<[Partial<Record<InputName, string>>, RegExp]>([
    [{ 'hub-pr': 'true' }, /hub-repo names no model/],
    [{ 'hub-repo': 'org/name', path: 'models/*' }, /cannot go with path/],
    [{ 'hub-repo': 'org/name', 'changed-only': 'true' }, /cannot go with changed-only/],
  ])('%j contradict each other', (given, message) => {
    expect(refusal(given)).toMatchObject({ code: 'input', message: expect.stringMatching(message) });
  });

  it.each<[InputName, string, string]>([
    ['smoke', 'yes', 'Did you mean true? Allowed: true, false.'],
    ['smoke', 'off', 'Did you mean false? Allowed: true, false.'],
    ['smoke', 'ture', 'Did you mean true? Allowed: true, false.'],
    ['smoke', '', 'Allowed: true, false.'],
    ['smoke', 'constructor', 'Allowed: true, false.'],
    ['trust-config', '1', 'Did you mean true? Allowed: true, false.'],
    ['device', 'wegpu', 'Did you mean webgpu? Allowed: auto, cpu, webgpu, cuda, dml, coreml.'],
    ['device', 'quantum', 'Allowed: auto, cpu, webgpu, cuda, dml, coreml.'],
    ['fail-level', 'warnings', 'Did you mean warning? Allowed: error, warning, never.'],
    ['format', 'jsn=a.json', `Did you mean json? Allowed: ${FORMAT_NAMES.join(', ')}.`],
    ['fix', 'sugest', 'Did you mean suggest? Allowed: suggest, patch.'],
    ['fix', 'push', 'Allowed: suggest, patch.'],
    ['comment', 'on', 'Did you mean true? Allowed: true, false.'],
    ['changed-only', 'maybe', 'Allowed: true, false.'],
    ['format', 'json', 'Write json=FILE, with a file inside the workspace.'],
    ['format', 'json=', 'Write json=FILE, with a file inside the workspace.'],
  ])('%s: %j is refused', (name, value, hint) => {
    const error = refusal({ [name]: value });
    expect(error.code).toBe('input');
    expect(error.message).toContain(`input ${name} `);
    expect(error.hint).toBe(hint);
  });

  it.each<[Record<string, string>, string]>([
    [{ INPUT_PTH: 'x' }, 'Did you mean path?'],
    [{ INPUT_FAIL_LEVEL: 'error' }, 'Did you mean fail-level?'],
    [{ 'INPUT_CHANGE-ONLY': 'true' }, 'Did you mean changed-only?'],
    [{ INPUT_PATHS: 'x' }, 'Did you mean path?'],
  ])('%j: one that does not exist is refused when it is clear which was meant', (env, hint) => {
    expect(() => unknownInputs({ PATH: '/bin', INPUT_PATH: '.', ...env })).toThrow(
      expect.objectContaining({ code: 'input', hint }),
    );
  });

  it('variables of others that look like inputs are a note, cut', () => {
    expect(unknownInputs({ INPUT_DATABASE: 'x', 'INPUT_TRUST-CONFIG': 'true', HOME: '/' })).toEqual([
      expect.stringMatching(/^There is no input "database"\. Inputs: path, /),
    ]);
    expect(unknownInputs({ [`INPUT_${'X'.repeat(5000)}`]: '' })[0]?.length).toBeLessThan(400);
  });

  it('are cut in messages', () => {
    expect(refusal({ device: 'x'.repeat(10_000) }).message.length).toBeLessThan(200);
  });
});
