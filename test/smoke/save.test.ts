import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesOf, type SmokeFile } from '../../src/smoke/files.js';
import { NOTHING_HEARD } from '../../src/smoke/hearing.js';
import type { SmokeReport } from '../../src/smoke/report.js';
import { prepareFolder, saveOutputs } from '../../src/smoke/save.js';
import { smokeTest } from '../../src/smoke/smoke.js';
import { openFixture, temporaryFolder } from './fixture.js';

const REPORT: SmokeReport = {
  status: 'passed',
  runner: 'onnx',
  device: 'cpu',
  computeType: 'cpu',
  dtype: 'fp32',
  files: [],
  loadMs: 1,
  latencyMs: 1,
  peakRssBytes: 1,
  checks: [],
  comparisons: [],
  cases: [
    { source: 'widget', input: 'a', output: ['b'], latencyMs: 1, checks: [] },
    { source: 'widget', input: 'c', latencyMs: null, checks: [] },
  ],
};

/** The files that a child hands over under some names. */
function handedOver(names: readonly string[], mediaType = 'image/png'): readonly SmokeFile[] {
  const files = names.map((name) => ({ type: 'file', index: 0, name, mediaType, base64: 'aGk=' }) as const);
  return filesOf({ ...NOTHING_HEARD, files });
}

describe('names that a child gives to its files', () => {
  it('are safe in any folder', () => {
    const names = [
      '../../etc/passwd',
      '/etc/cron.d/x.png',
      '..\\..\\boot.ini',
      'C:\\Windows\\x.png',
      'a\0b.png',
      'con.png',
      'NUL',
      'x.png/../../y.png',
      '.bashrc',
      'a.png:stream',
      'x'.repeat(10_000),
      '',
      '.',
      '..',
      '\u202egnp.exe',
      'é.png',
      '-rf.png',
      '$(reboot).png',
      'CASE.PNG',
      'line\nbreak.png',
    ];
    const made = handedOver(names);
    for (const { name } of made) {
      expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9-]*\.png$/);
      expect(name.length).toBeLessThan(90);
    }
    expect(new Set(made.map(({ name }) => name.toLowerCase())).size).toBe(made.length);
  });

  it('count once, and only for what can be looked at or listened to', () => {
    expect(handedOver(['a.png', 'A.png', 'a.png'])).toHaveLength(1);
    expect(handedOver(['a.sh'], 'text/x-shellscript')).toEqual([]);
    expect(handedOver(['a.html'], 'text/html')).toEqual([]);
    expect(handedOver(['a'], '__proto__')).toEqual([]);
  });
});

describe('saving', () => {
  it('writes the answers and their pictures', async () => {
    const folder = join(temporaryFolder(), 'new', 'folder');
    await prepareFolder(folder, null);
    expect(readdirSync(folder)).toEqual([]);
    const saved = await saveOutputs(REPORT, handedOver(['mask.png', '../../mask.png']), folder);
    expect(readdirSync(folder).sort()).toEqual(['case-1-mask.png', 'case-1.json']);
    expect(JSON.parse(readFileSync(join(folder, 'case-1.json'), 'utf8'))).toEqual({
      input: 'a',
      output: ['b'],
    });
    expect(readFileSync(join(folder, 'case-1-mask.png'), 'latin1')).toBe('hi');
    expect(saved.cases[0]?.files?.map(({ path }) => path)).toEqual([
      join(folder, 'case-1.json'),
      join(folder, 'case-1-mask.png'),
    ]);
    expect(saved.cases[1]?.files).toBeUndefined();
    // Once more: what an earlier run left is replaced.
    await saveOutputs(REPORT, [], folder);
    expect(readdirSync(folder).sort()).toEqual(['case-1-mask.png', 'case-1.json']);
  });

  it('writes stars in the place of credentials', async () => {
    const folder = temporaryFolder();
    // Looks like a token of the Hub, and is none.
    const token = `hf_${'kQzXvbTnWmLpRsYdGhJcFaEuOiZxNqBtVw'}`;
    const cases = [
      { source: 'widget', input: `a ${token}`, output: [{ text: token }], latencyMs: 1, checks: [] } as const,
    ];
    await saveOutputs({ ...REPORT, cases }, [], folder);
    const text = readFileSync(join(folder, 'case-1.json'), 'utf8');
    expect(text).not.toContain(token);
    expect(text).toContain('*'.repeat(20));
  });

  it('replaces a link that lies in the folder, and never writes through it', async () => {
    const elsewhere = temporaryFolder();
    const folder = temporaryFolder();
    writeFileSync(join(elsewhere, 'authorized_keys'), 'keep');
    symlinkSync(join(elsewhere, 'authorized_keys'), join(folder, 'case-1.json'));
    symlinkSync(join(elsewhere, 'not-there'), join(folder, 'case-1-mask.png'));
    await prepareFolder(folder, null);
    await saveOutputs(REPORT, handedOver(['mask.png']), folder);
    expect(readFileSync(join(elsewhere, 'authorized_keys'), 'utf8')).toBe('keep');
    expect(readdirSync(elsewhere)).toEqual(['authorized_keys']);
    for (const name of readdirSync(folder)) {
      expect(lstatSync(join(folder, name)).isFile(), name).toBe(true);
    }
  });

  it('does not let a link of the repository choose the folder', async () => {
    const elsewhere = temporaryFolder();
    const root = temporaryFolder();
    symlinkSync(elsewhere, join(root, 'outputs'));
    symlinkSync(join(elsewhere, 'not-there'), join(root, 'dangling'));
    for (const folder of ['outputs', 'outputs/new/folder', 'dangling', 'dangling/new']) {
      await expect(prepareFolder(join(root, folder), root), folder).rejects.toMatchObject({
        code: 'save-outputs',
      });
    }
    expect(readdirSync(elsewhere)).toEqual([]);
    // A link of the user's own, and folders inside of the repository, are no concern.
    const own = join(temporaryFolder(), 'link');
    symlinkSync(elsewhere, own);
    await prepareFolder(own, root);
    await prepareFolder(join(root, 'new', 'folder'), root);
    expect(readdirSync(join(root, 'new', 'folder'))).toEqual([]);
  });

  it('says what is in the way, and leaves no draft', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'case-1.json'));
    await expect(saveOutputs(REPORT, [], folder)).rejects.toMatchObject({
      code: 'save-outputs',
      exitCode: 3,
      message: expect.stringContaining('it is a folder') as unknown,
    });
    expect(readdirSync(folder)).toEqual(['case-1.json']);
  });

  it('knows before the model runs that a folder cannot be written', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const places = [join(folder, 'file'), join(folder, 'file', 'below'), join(folder, 'x'.repeat(300))];
    // Nobody, not even root, makes files there.
    if (process.platform === 'linux') places.push('/proc', '/proc/self');
    for (const place of places) {
      let stages = 0;
      const running = smokeTest(await openFixture('tabular-classification'), {
        device: 'cpu',
        saveOutputs: place,
        onProgress: () => stages++,
      });
      await expect(running, place).rejects.toMatchObject({
        code: 'save-outputs',
        exitCode: 3,
        message: expect.stringMatching(/^The outputs cannot be saved in .* \([a-z ]+\)\.$/) as unknown,
        hint: expect.stringContaining('--save-outputs') as unknown,
      });
      expect(stages).toBe(0);
    }
  });

  it.runIf(existsSync('/dev/full'))('says that the disk is full', async () => {
    // A folder on a full disk cannot be had here; the error of the system can.
    const { writeFault } = await import('../../src/write-fault.js');
    const { promises } = await import('node:fs');
    const error: unknown = await promises.writeFile('/dev/full', 'x').catch((cause: unknown) => cause);
    expect(writeFault(error)).toBe('the disk is full');
  });
});
