import type { RepoFile } from './repo.js';

const LICENSE_FILE = /^(?:[\w-]+[-_.])?(?:licen[cs]e|copying)(?:[-_.][\w.-]*)?$/i;
/** What is about licenses and is none: notices of third parties, code, images. */
const NO_LICENSE = /third|3rd|\.(?:py|json|ya?ml|png|svg|jpe?g)$/i;

/** Files at the root that hold a license by their names. */
export function rootLicenses(files: readonly RepoFile[] | null): readonly string[] {
  if (files === null) return [];
  return files
    .map(({ path }) => path)
    .filter((path) => path.length < 100 && LICENSE_FILE.test(path) && !NO_LICENSE.test(path));
}
