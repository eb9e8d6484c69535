import { libraries } from '../hub/libraries.js';
import { DETECTION_RULES, TRANSFORMERS_FROM_CONFIG_UNTIL } from '../hub/tables/detection.generated.js';
import type { Finding, Rule } from './rule.js';
import { isMeantElsewhere } from './shared/meant-elsewhere.js';
import { holdsAny } from './shared/strings.js';

const FINDING: Finding = {
  message: 'The metadata names no library.',
  path: ['library_name'],
  help: 'Add "library_name: …", such as transformers, sentence-transformers or diffusers.',
};

export const libraryNameMissing: Rule = {
  id: 'library-name-missing',
  severity: 'info',
  description: 'The metadata names the library, by library name or by a tag, unless a file tells the Hub.',
  why: `Without a library the page has no code to load the model and no widget. The Hub knows a few libraries by their files; since ${TRANSFORMERS_FROM_CONFIG_UNTIL} it no longer takes every config.json for transformers.`,
  source: 'hub-docs, model-cards.md; huggingface/hub-docs#1365',
  fixable: false,
  needs: 'files',
  good: [
    { text: '---\nlibrary_name: transformers\n---\n' },
    { text: '---\ntags:\n- setfit\n---\n' },
    { text: '---\nlicense: mit\n---\n', files: ['README.md', 'model_index.json'] },
  ],
  bad: [
    { text: '---\nlicense: mit\n---\n', files: ['README.md', 'model.onnx'] },
    { text: '---\nlicense: mit\n---\n', files: ['README.md', 'config.json'] },
  ],
  check({ card, files, report }) {
    const { metadata } = card;
    // Where the files are unknown, so is what the Hub makes of them.
    if (metadata === null || files === null || metadata.library_name !== undefined) return;
    if (holdsAny(metadata.tags, libraries())) return;
    if (files.some(({ path }) => tellsLibrary(path))) return;
    if (isMeantElsewhere('library_name', metadata)) return;
    report(FINDING);
  },
};

/** Whether a file alone tells the Hub the library. */
function tellsLibrary(file: string): boolean {
  return DETECTION_RULES.some(
    ({ by, path, extension }) =>
      by === 'hub' && (path === file || (extension !== undefined && file.endsWith(extension))),
  );
}
