import { escapeText } from '../preview.js';
import { attributesOf } from '../repo/git-attributes.js';
import type { WeightFault } from '../safetensors/weight-fault.js';
import type { Finding, Rule, RuleContext } from './rule.js';
import { oneName } from './shared/tensor-faults.js';

/** A reason is two sentences, with names that may be long. */
const LONGEST_REASON = 600;

export const weightsBroken: Rule = {
  id: 'weights-broken',
  severity: 'error',
  description:
    'Safetensors files are whole: their headers can be read, fit the size of the file, and hold what their index says.',
  why: 'An upload that broke off, a Git LFS pointer in the place of a file, or an index that cannot be read: the page looks as it should, and nobody can load the model. Where an index belongs to other files, what is loaded depends on the library.',
  source: 'safetensors 0.7, `Metadata::validate`; transformers, modeling_utils.py',
  fixable: false,
  needs: 'weightFaults',
  good: [
    { text: '---\nlicense: mit\n---\n', files: ['model.safetensors'] },
    {
      text: '---\nlicense: mit\n---\n',
      files: ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'],
      contents: {
        'model.safetensors.index.json':
          '{"weight_map": {"wte.weight": "model-00001-of-00002.safetensors", "wpe.weight": "model-00002-of-00002.safetensors"}}',
      },
    },
  ],
  bad: [
    {
      text: '---\nlicense: mit\n---\n',
      files: ['model.safetensors'],
      weightFaults: [
        {
          kind: 'broken',
          path: 'model.safetensors',
          reason:
            'model.safetensors is cut off: it has 16384 bytes, but its content needs at least 438008064. Upload it again.',
        },
      ],
    },
    {
      text: '---\nlicense: mit\n---\n',
      files: ['model.safetensors'],
      weightFaults: [{ kind: 'pointer', path: 'model.safetensors', size: 438008064, served: true }],
    },
    {
      text: '---\nlicense: mit\n---\n',
      contents: {
        '.gitattributes': '*.safetensors filter=lfs diff=lfs merge=lfs -text\n',
      },
      files: ['model.safetensors'],
      weightFaults: [{ kind: 'pointer', path: 'model.safetensors', size: 438008064, served: false }],
    },
    {
      text: '---\nlicense: mit\n---\n',
      files: ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'],
      contents: {
        'model.safetensors.index.json':
          '{"weight_map": {"wte.weight": "model-00001-of-00002.safetensors", "wpe.weight": "model-00001-of-00002.safetensors"}}',
      },
      weightFaults: [
        {
          kind: 'misplaced',
          path: 'model.safetensors.index.json',
          tensors: [
            {
              tensor: 'wpe.weight',
              told: 'model-00001-of-00002.safetensors',
              held: 'model-00002-of-00002.safetensors',
            },
          ],
        },
      ],
    },
  ],
  check(context) {
    for (const fault of context.weightFaults) {
      if (fault.kind === 'broken') context.report(ofBroken(fault));
      if (fault.kind === 'pointer') context.report(ofPointer(fault, context));
      if (fault.kind === 'misplaced') for (const finding of ofMisplaced(fault)) context.report(finding);
    }
  },
};

function ofBroken({ path, reason }: Extract<WeightFault, { kind: 'broken' }>): Finding {
  const whole = escapeText(reason, LONGEST_REASON);
  const remedy = /(?<=\.) (?=(?:Save|Upload) [^.]*\.$)/.exec(whole)?.index;
  const end = path.endsWith('.index.json')
    ? 'Whoever loads the model finds its files by this index.'
    : 'Nothing can load it as it is.';
  return {
    message: remedy === undefined ? whole : whole.slice(0, remedy),
    file: path,
    noRange: true,
    help: `${remedy === undefined ? '' : `${whole.slice(remedy + 1)} `}${end}`,
  };
}

function ofMisplaced({ path, tensors }: Extract<WeightFault, { kind: 'misplaced' }>): readonly Finding[] {
  const [first, ...others] = tensors;
  if (first === undefined) return [];
  const { tensor, told, held } = first;
  const more =
    others.length === 0
      ? ''
      : ` ${others.length} more ${others.length === 1 ? 'is' : 'are'} not where it says.`;
  return [
    {
      message: `${oneName(path)} says that ${oneName(tensor)} is in ${oneName(told)}, but it is loaded from ${oneName(held)}.${more}`,
      file: path,
      noRange: true,
      severity: 'warning',
      help: 'Save the model again and upload all of its files together. transformers takes tensors from wherever they are; other libraries go by the index.',
    },
  ];
}

function ofPointer(
  { path, size, served }: Extract<WeightFault, { kind: 'pointer' }>,
  { gitAttributes }: RuleContext,
): Finding {
  const name = oneName(path);
  const of = size === null ? '' : ` of ${size} bytes`;
  const common = { file: path, noRange: true } as const;
  if (served) {
    return {
      ...common,
      message: `${name} is a Git LFS pointer, not the file${of} itself: nothing can load it.`,
      help: 'Upload the file itself: run "git lfs pull" where it was uploaded from, and upload it again.',
    };
  }
  // A clone that left out the large files is as Git made it, and says nothing of the model.
  const tracked = gitAttributes !== null && attributesOf(gitAttributes, path).get('filter')?.state === 'lfs';
  if (tracked) {
    return {
      ...common,
      severity: 'info',
      message: `${name} is a Git LFS pointer here, so that the file${of} was not checked.`,
      help: 'Fetch it with "git lfs pull", and do so before this folder is uploaded in any other way than with Git.',
    };
  }
  return {
    ...common,
    severity: 'warning',
    message: `${name} is a Git LFS pointer, not the file${of} itself, and .gitattributes does not give it to Git LFS: it would be uploaded as it is.`,
    help: `Run "git lfs track '*.safetensors'", then "git lfs pull".`,
  };
}
