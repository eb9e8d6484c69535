import { licenses } from '../../hub/licenses.js';
import { own } from '../../mapping.js';
import type { Clue } from '../clue.js';
import { licenseNameOf, licenseOfText } from '../license-text.js';
import type { Sources } from '../sources.js';

/** The license: of the license file, else what the head of the weights says. */
export function licenseClues(sources: Sources): readonly Clue[] {
  return fromFiles(sources.licenses) ?? fromWeights(sources);
}

function fromFiles(files: ReadonlyMap<string, string>): readonly Clue[] | undefined {
  const texts = [...files];
  const [first] = texts;
  if (first === undefined) return undefined;
  const [path, text] = first;
  const ids = texts.map(([, one]) => licenseOfText(one));
  const found = new Set(ids);
  if (found.size > 1) {
    // Two licenses to choose from, or one for the code and one for the weights: only the author knows.
    return [...found].flatMap((id, index) =>
      id === undefined
        ? []
        : [
            {
              key: 'license',
              value: id,
              certainty: 'guess',
              evidence: `one of ${found.size} licenses: ${texts[ids.indexOf(id)]?.[0] ?? index}`,
            } as const,
          ],
    );
  }
  const [id] = ids;
  if (id !== undefined) {
    return [{ key: 'license', value: id, certainty: 'told', evidence: `the text of ${path}` }];
  }
  const evidence = `the text of ${path}, which is none of the Hub’s licenses`;
  return [
    { key: 'license', value: 'other', certainty: 'likely', evidence },
    {
      key: 'license_name',
      value: licenseNameOf(text) ?? 'custom',
      certainty: 'likely',
      evidence:
        licenseNameOf(text) === undefined ? 'no title of its own; give it a name' : `the title in ${path}`,
    },
    { key: 'license_link', value: path, certainty: 'likely', evidence: path },
  ];
}

/** Other ways tools write identifiers of the Hub in the head of a weight file. */
function fromWeights({ gguf, safetensors }: Sources): readonly Clue[] {
  const said = gguf?.head.values.get('general.license');
  if (gguf !== null && typeof said === 'string' && licenses().has(said) && said !== 'other') {
    return [{ key: 'license', value: said, certainty: 'told', evidence: `general.license in ${gguf.path}` }];
  }
  const modelspec = own(safetensors?.metadata, 'modelspec.license');
  const id = typeof modelspec === 'string' ? modelspec.trim().toLowerCase().replaceAll(' ', '-') : '';
  return safetensors !== null && licenses().has(id) && id !== 'other'
    ? [
        {
          key: 'license',
          value: id,
          certainty: 'likely',
          evidence: `modelspec.license in ${safetensors.path}`,
        },
      ]
    : [];
}
