import { FORMAT_NAMES } from '../report/names.js';
import { type Style, style } from '../report/style.js';
import { padded } from '../report/text.js';
import { DEVICES } from './options.js';

interface Entry {
  readonly term: string;
  readonly text: string;
}

const SECTIONS: readonly { readonly title: string; readonly entries: readonly Entry[] }[] = [
  {
    title: 'Checking',
    entries: [
      { term: '--smoke', text: "run the model too, on the card's widget examples" },
      { term: '--device NAME', text: `${DEVICES.join(', ')}; or cpu,webgpu` },
      { term: '--dtype NAME', text: 'only these variants, as in fp32,q8; else all' },
      { term: '--input TEXT|@FILE', text: 'an input of your own instead; repeatable' },
      { term: '--save-outputs DIR', text: 'write answers, pictures and sounds there' },
      { term: '--optimize', text: 'compare with optimized execution, and the speed' },
      { term: '--smoke --dry-run', text: 'show what would be loaded and run; run nothing' },
      { term: '--timeout TIME', text: 'give up on the smoke inference after 90s, 2m, ...' },
      { term: '--memory-limit SIZE', text: 'stop it above 4GB, 512MB, ...' },
      { term: '--online', text: 'ask the Hub too: base models, datasets, providers' },
      { term: '--online-budget N', text: 'with at most N requests (20); folders need --online' },
      { term: '--remote-validate', text: "compare with the Hub's own validator (sends the card)" },
      { term: '--token TOKEN', text: 'for the Hub; else HF_TOKEN, or that of hf auth login' },
      { term: '--offline', text: 'never use the network; models on the Hub from the cache' },
      { term: '--config FILE', text: 'settings; else those found at the target or above' },
      { term: '--trust-config', text: 'let settings that are found run rules of their own' },
    ],
  },
  {
    title: 'Reporting',
    entries: [
      { term: '--format NAME[=FILE]', text: `${FORMAT_NAMES.join(', ')}; repeatable` },
      { term: '--fail-level LEVEL', text: 'error (default), warning, never' },
      { term: '-q, --quiet', text: 'what fails the run and the summary line only' },
      { term: '--color, --no-color', text: 'with or without colours, whatever the terminal' },
    ],
  },
  {
    title: 'Starting in a messy repository',
    entries: [
      { term: '--baseline FILE', text: 'report only findings that are not in FILE' },
      { term: '--update-baseline', text: 'write the findings there are now into FILE' },
    ],
  },
  {
    title: 'Repairing',
    entries: [
      { term: '--fix', text: 'apply every fix that has one right answer to the card' },
      { term: '--hub-pr', text: 'open a pull request with the fixes, for a model on the Hub' },
      { term: '--fix --dry-run', text: 'print those changes as a diff, write nothing' },
    ],
  },
  {
    title: 'Else',
    entries: [
      { term: '--debug', text: 'print the stack of an unexpected error' },
      { term: '-v, --version', text: 'print the version' },
      { term: '-h, --help', text: 'print this page' },
    ],
  },
];

const EXITS: readonly Entry[] = [
  { term: '0', text: 'nothing at or above the fail level' },
  { term: '1', text: 'findings, or the smoke inference failed' },
  { term: '2', text: 'wrong usage or settings' },
  { term: '3', text: 'could not finish' },
];

/** The help: one screen of 80 columns. */
export function helpText(color: boolean): string {
  const paint = style(color);
  const lines = [
    `${paint.bold('validate-card')} checks a model repository before you publish it: is the card`,
    'right, will the model page have a working API and widget, does the model run.',
    '',
    `${paint.bold('Usage')}  validate-card [target] [options]`,
    `       validate-card explain [RULE]   the reference of a rule, or all rules`,
    `       validate-card init [folder]    write a card with what the files tell`,
    `       validate-card lsp              the language server, for editors`,
    '',
    'The target is a folder (default: this one), a model card, or a model on the Hub',
    `as ${paint.cyan('org/name')} or ${paint.cyan('org/name@revision')}.`,
  ];
  for (const { title, entries } of SECTIONS) {
    lines.push('', paint.bold(title), ...entries.map((entry) => line(entry, 22, paint)));
  }
  lines.push('', paint.bold('Exit status'), ...EXITS.map((entry) => line(entry, 3, paint)));
  return `${lines.join('\n')}\n`;
}

function line({ term, text }: Entry, width: number, paint: Style): string {
  return `  ${paint.cyan(padded(term, width))}${text}`;
}
