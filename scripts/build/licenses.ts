import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a package leaves out about code of others that is compiled into it: `<name, + for />.txt`. */
const NOTICES = fileURLToPath(new URL('notices', import.meta.url));

/** The fields of a package.json that are read here. */
interface PackageFields {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
}

/**
 * The licences of all packages below `node_modules` that have a file among `inputs` (paths relative to `root`), and of
 * `further` packages, as one text. Throws when a package states no licence.
 */
export async function licenseText(
  root: string,
  inputs: readonly string[],
  further: readonly string[],
): Promise<string> {
  const folders = new Set(further.map((name) => `node_modules/${name}`));
  for (const input of inputs) {
    const folder = packageFolder(input);
    if (folder !== undefined) folders.add(folder);
  }
  const notices = await Promise.all([...folders].sort().map((folder) => notice(join(root, folder))));
  return [
    'This package contains code or data of the packages below, each under its own licence.\n',
    ...notices,
  ].join(`\n${'-'.repeat(80)}\n\n`);
}

/** `node_modules/a/node_modules/@b/c` of a path inside that package; undefined for our own files. */
function packageFolder(input: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

async function notice(folder: string): Promise<string> {
  const fields = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as PackageFields;
  if (fields.license === undefined) throw new Error(`${fields.name} states no licence in its package.json`);
  const files = (await readdir(folder)).filter((name) => /^(licen[cs]e|notice)/i.test(name)).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  const added = `${fields.name.replace('/', '+')}.txt`;
  if ((await readdir(NOTICES)).includes(added)) texts.push(await readFile(join(NOTICES, added), 'utf8'));
  const author = typeof fields.author === 'object' ? fields.author.name : fields.author;
  const head = `${fields.name} ${fields.version}, ${fields.license}${author === undefined ? '' : `, by ${author}`}\n`;
  return [head, ...texts.map((text) => `${text.replaceAll('\r\n', '\n').trim()}\n`)].join('\n');
}
