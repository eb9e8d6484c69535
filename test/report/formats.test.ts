import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatReport } from '../../src/report/index.js';
import { FORMAT_NAMES, type FormatName, isFormatName } from '../../src/report/names.js';
import { REPORT } from './sample.js';

describe('formats', () => {
  it.each(FORMAT_NAMES)('%s is one file, named after it, and ends with a line break', (name) => {
    expect(existsSync(`src/report/${name}.ts`)).toBe(true);
    expect(formatReport(REPORT, name)).toMatch(/\S\n$/);
  });

  it('touch two places: the list of names and the table of functions', async () => {
    const files = (await readdir('src', { recursive: true })).filter((file) => file.endsWith('.ts'));
    const naming: string[] = [];
    for (const file of files) {
      const text = await readFile(join('src', file), 'utf8');
      // An import of the file, or the name as a text.
      if (/'junit'|[/]junit[.]js'/.test(text)) naming.push(file.replaceAll('\\', '/'));
    }
    // Beside them: several repositories in one document, which a format need not offer, and the words of its help.
    const beside = /^report[/]several[/]|^cli[/]help/;
    expect(naming.filter((file) => !beside.test(file)).sort()).toEqual([
      'report/index.ts',
      'report/names.ts',
    ]);
  });

  it('are known by their names alone', () => {
    for (const name of ['toString', '__proto__', '', 'JSON']) {
      expect(isFormatName(name)).toBe(false);
      expect(() => formatReport(REPORT, name as FormatName)).toThrow('There is no format');
    }
  });
});
