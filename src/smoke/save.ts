import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SmokeSetupError } from '../errors.js';
import { leadsOut } from '../repo/leads-out.js';
import { maskDeep, withoutSecrets } from '../secrets/mask.js';
import { writeFault } from '../write-fault.js';
import type { SmokeFile } from './files.js';
import type { SavedFile, SmokeReport } from './report.js';

/**
 * Makes the folder and tries it out, so that one that cannot be written is known before the model runs. A folder inside the
 * repository at `root` that a link of it leads out is refused: what lies outside is not the repository’s to name. Throws
 * `SmokeSetupError`.
 */
export async function prepareFolder(folder: string, root: string | null): Promise<void> {
  try {
    if (root !== null && (await leadsOut(resolve(folder), resolve(root)))) {
      throw new SmokeSetupError(
        'save-outputs',
        `The outputs are not saved in ${folder}: a symbolic link of the repository leads out of it.`,
        { hint: 'Name a folder outside of the repository with --save-outputs.' },
      );
    }
    await mkdir(folder, { recursive: true });
    const trial = draftIn(folder);
    await writeFile(trial, '', { flag: 'wx' });
    await rm(trial);
  } catch (error) {
    throw error instanceof SmokeSetupError ? error : cannotSave(folder, error);
  }
}

/** A name that nothing in the folder has. */
function draftIn(folder: string): string {
  return join(folder, `.validate-card-${process.pid}-${Math.random().toString(36).slice(2)}.tmp`);
}

/**
 * Writes a file whole or not at all. What has its name is replaced, not written through: a link may lead anywhere, and a pipe
 * may have no reader.
 */
async function writeWhole(folder: string, name: string, bytes: Uint8Array): Promise<string> {
  const draft = draftIn(folder);
  const path = join(folder, name);
  try {
    await writeFile(draft, bytes, { flag: 'wx' });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return path;
}

/**
 * Writes the answers of a report into a folder: `case-1.json` with input and output, and beside it each picture and sound
 * as `case-1-NAME`; credentials are stars, as in reports. Returns the report with the paths in its cases. Throws `SmokeSetupError` when the folder cannot be written.
 */
export async function saveOutputs(
  report: SmokeReport,
  files: readonly SmokeFile[],
  folder: string,
): Promise<SmokeReport> {
  const write = async (name: string, mediaType: string, bytes: Uint8Array): Promise<SavedFile> => {
    const path = await writeWhole(folder, name, bytes);
    return { name, mediaType, size: bytes.byteLength, path };
  };
  try {
    const cases: SmokeReport['cases'][number][] = [];
    for (const [index, one] of report.cases.entries()) {
      if (one.output === undefined) {
        cases.push(one);
        continue;
      }
      const { input, output } = maskDeep({ input: one.input, output: one.output }, withoutSecrets);
      const text = `${JSON.stringify({ input, output }, null, 2)}\n`;
      const saved = [await write(`case-${index + 1}.json`, 'application/json', Buffer.from(text))];
      for (const { name, mediaType, bytes } of files.filter((file) => file.index === index)) {
        saved.push(await write(`case-${index + 1}-${name}`, mediaType, bytes));
      }
      cases.push({ ...one, files: saved });
    }
    return { ...report, cases };
  } catch (error) {
    throw cannotSave(folder, error);
  }
}

function cannotSave(folder: string, cause: unknown): SmokeSetupError {
  return new SmokeSetupError(
    'save-outputs',
    `The outputs cannot be saved in ${folder} (${writeFault(cause)}).`,
    { hint: 'Name a folder that you may write to with --save-outputs.', cause },
  );
}
