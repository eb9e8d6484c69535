import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const windows = process.platform === 'win32';

/** A folder outside the repository with the packed package installed, and nothing else. */
export interface Consumer {
  readonly folder: string;
  /** Paths in the tarball with their sizes in bytes. */
  readonly files: ReadonlyMap<string, number>;
  /** Size in bytes of all files once unpacked. */
  readonly unpackedSize: number;
  readonly write: (name: string, text: string) => Promise<void>;
  /** Runs a program there; a non-zero exit is a result, not an error. */
  readonly run: (program: string, args: readonly string[], env?: Record<string, string>) => Promise<Ran>;
  readonly remove: () => Promise<void>;
}

/** How a process ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Packs what `npm run build` made, and installs it into an empty folder as a user would. Nothing is downloaded. */
export async function packAndInstall(): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), 'consumer-'));
  const packed = await execute('npm', ['pack', '--json', '--pack-destination', folder], {
    shell: windows,
    maxBuffer: 64 * 1024 * 1024,
  });
  const [tarball] = JSON.parse(packed.stdout) as [
    { filename: string; unpackedSize: number; files: { path: string; size: number }[] },
  ];
  await writeFile(
    join(folder, 'package.json'),
    '{ "name": "consumer", "private": true, "type": "module" }\n',
  );
  await execute('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, tarball.filename)], {
    cwd: folder,
    shell: windows,
  });
  await rm(join(folder, tarball.filename));
  return {
    folder,
    files: new Map(tarball.files.map(({ path, size }) => [path, size])),
    unpackedSize: tarball.unpackedSize,
    write: (name, text) => writeFile(join(folder, name), text),
    run: (program, args, env = {}) => run(program, args, folder, env),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
): Promise<Ran> {
  const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
  try {
    // npx is a script on Windows, which only a shell starts.
    const shell = windows && program === 'npx';
    const { stdout, stderr } = await execute(program, [...args], { ...options, shell });
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'number') {
      const { code, stdout, stderr } = error as unknown as Ran;
      return { code, stdout, stderr };
    }
    throw error;
  }
}

/** The fields of our package.json that these tests look at. */
export interface PackageFields {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

export async function packageFields(): Promise<PackageFields> {
  return JSON.parse(await readFile('package.json', 'utf8')) as PackageFields;
}
