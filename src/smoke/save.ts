import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SmokeSetupError } from '../errors.js';
import type { SmokeFile } from './files.js';
import type { SavedFile, SmokeReport } from './report.js';

/** Makes the folder, so that one that cannot be written is known before the model runs. Throws `SmokeSetupError`. */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw cannotSave(folder, error);
  }
}

/**
 * Writes the answers of a report into a folder: `case-1.json` with input and output, and beside it each picture and sound
 * as `case-1-NAME`. Returns the report with the paths in its cases. Throws `SmokeSetupError` when the folder cannot be written.
 */
export async function saveOutputs(
  report: SmokeReport,
  files: readonly SmokeFile[],
  folder: string,
): Promise<SmokeReport> {
  const write = async (name: string, mediaType: string, bytes: Uint8Array): Promise<SavedFile> => {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return { name, mediaType, size: bytes.byteLength, path };
  };
  try {
    const cases: SmokeReport['cases'][number][] = [];
    for (const [index, one] of report.cases.entries()) {
      if (one.output === undefined) {
        cases.push(one);
        continue;
      }
      const text = `${JSON.stringify({ input: one.input, output: one.output }, null, 2)}\n`;
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
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SmokeSetupError('save-outputs', `The outputs cannot be saved in ${folder}: ${why}.`, {
    hint: 'Name a folder that you may write to with --save-outputs.',
    cause,
  });
}
