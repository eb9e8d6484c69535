import { expect, it } from 'vitest';
import { inputTable, withSection } from '../../scripts/build/action-tables.js';
import { releaseNotes } from '../../scripts/build/changelog.js';

const CHANGELOG = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-01-02

### Added

- One.

## [1.1.0] - 2026-01-01

- Two.
`;

it('a release says what the changelog says of its version', () => {
  expect(releaseNotes(CHANGELOG, '1.2.0')).toBe('### Added\n\n- One.');
  expect(releaseNotes(CHANGELOG, '1.1.0')).toBe('- Two.');
  for (const version of ['1.2', '1.3.0', 'Unreleased', '']) {
    expect(() => releaseNotes(CHANGELOG, version)).toThrow('says nothing');
  }
});

it('a section is replaced, and nothing else', () => {
  const text = 'a\n<!-- inputs: generated -->\nold\n<!-- /inputs -->\nb\n';
  expect(withSection(text, 'inputs', 'new\n')).toBe(
    'a\n<!-- inputs: generated -->\n\nnew\n\n<!-- /inputs -->\nb\n',
  );
  expect(() => withSection(text, 'outputs', '')).toThrow('no section outputs');
});

it('the table of inputs has the defaults of action.yml', () => {
  expect(inputTable(false)).toContain('\n| `path` | `.` | Folder of the model repository');
  expect(
    inputTable(true)
      .split('\n')
      .every((line) => line === '' || line.split('|').length === 5),
  ).toBe(true);
});
