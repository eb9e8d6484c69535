import { FORMAT_NAMES } from '../report/names.js';
import { COMMANDS } from './command-options.js';
import { DEVICES } from './option-table.js';

/** An option or command, and what it does. */
export interface Entry {
  readonly term: string;
  readonly text: string;
}

/** A page of the help. */
export interface Page {
  readonly lead: readonly string[];
  readonly usage: readonly string[];
  readonly sections: readonly { readonly title: string; readonly entries: readonly Entry[] }[];
}

/** What `help` has a page on beside the commands. */
export const TOPICS = ['check', 'smoke', 'reports', 'hub'] as const;

/** What there is a page on; the first page goes by the name of the command. */
export type HelpTopic = 'validate-card' | (typeof COMMANDS)[number] | (typeof TOPICS)[number];

/** Every name that `help` takes. */
export const HELP_TOPICS: readonly HelpTopic[] = ['validate-card', ...COMMANDS, ...TOPICS];

const QUIET: Entry = { term: '-q, --quiet', text: 'what fails the run and the summary line only' };
const COLOR: Entry = { term: '--color, --no-color', text: 'with or without colours, whatever the terminal' };

/** Every page: thirty lines of eighty columns at most. */
export const PAGES: Readonly<Record<HelpTopic, Page>> = {
  'validate-card': {
    lead: [
      'validate-card checks a model repository before you publish it: is the card',
      'right, will the model page have a working API and widget, does the model run.',
    ],
    usage: ['validate-card [target ...] [options]', 'validate-card COMMAND'],
    sections: [
      {
        title: "Targets: a folder, a card, 'models/*', org/name[@revision]; else this repository",
        entries: [
          { term: '--fix', text: 'apply every fix that has one right answer' },
          { term: '--smoke', text: "run the model too, on the card's widget examples" },
          { term: '--changed[=REF]', text: 'only repositories that changed in git' },
          { term: '--watch', text: 'check again whenever a file changes' },
          { term: '--format NAME[=FILE]', text: FORMAT_NAMES.join(', ') },
          { term: '--fail-level LEVEL', text: 'error (default), warning, never' },
          { term: '-v, --version', text: 'print the version' },
        ],
      },
      {
        title: 'Commands',
        entries: [
          { term: 'init [folder]', text: 'write a card with what the files tell' },
          { term: 'explain [RULE]', text: 'the reference of a rule, or all rules' },
          { term: 'serve [target ...]', text: 'answer as the Inference API does, on this machine' },
          { term: 'hook install', text: 'check what is pushed, before each git push' },
          { term: 'completion SHELL', text: 'completion for bash, zsh or fish' },
          { term: 'lsp', text: 'the language server, for editors' },
          { term: 'help TOPIC', text: `a command; or all options: ${TOPICS.join(', ')}` },
        ],
      },
      {
        title: 'Exit status',
        entries: [
          { term: '0', text: 'nothing at or above the fail level' },
          { term: '1', text: 'findings, or the smoke inference failed' },
          { term: '2', text: 'wrong usage or settings' },
          { term: '3', text: 'could not finish' },
        ],
      },
    ],
  },
  check: {
    lead: ['Checking reads the card and the files around it, and sends nothing anywhere.'],
    usage: ['validate-card [target ...] [options]'],
    sections: [
      {
        title: 'What is checked',
        entries: [
          { term: '(no target)', text: 'the repository around the working directory' },
          { term: 'FOLDER, CARD', text: 'a model repository, or a card that stands alone' },
          { term: "'models/*', '!old/*'", text: 'the model repositories that a pattern matches' },
          { term: '--changed[=REF]', text: 'only where something changed in git (since REF)' },
          { term: '--watch', text: 'check again whenever a file changes' },
        ],
      },
      {
        title: 'Repairing',
        entries: [
          { term: '--fix', text: 'apply every fix that has one right answer to the card' },
          { term: '--fix --dry-run', text: 'print those changes as a diff, write nothing' },
        ],
      },
      {
        title: 'How it is judged',
        entries: [
          { term: '--config FILE', text: 'settings; else those found at the target or above' },
          { term: '--trust-config', text: 'let settings that are found run rules of their own' },
          { term: '--fail-level LEVEL', text: 'error (default), warning, never' },
          { term: '--baseline FILE', text: 'report only findings that are not in FILE' },
          { term: '--update-baseline', text: 'write the findings there are now into FILE' },
        ],
      },
    ],
  },
  smoke: {
    lead: ['The smoke inference runs the model on widget examples and checks the answers.'],
    usage: ['validate-card [target ...] --smoke [options]'],
    sections: [
      {
        title: 'Options',
        entries: [
          { term: '--smoke --dry-run', text: 'show what would be loaded and run; run nothing' },
          { term: '--device NAME', text: `${DEVICES.join(', ')}; or cpu,webgpu` },
          { term: '--dtype NAME', text: 'only these variants, as in fp32,q8; else all' },
          { term: '--input TEXT|@FILE', text: 'an input of your own instead; repeatable' },
          { term: '--save-outputs DIR', text: 'write answers, pictures and sounds there' },
          { term: '--optimize', text: 'compare with optimized execution, and the speed' },
          { term: '--timeout TIME', text: 'give up after 90s, 2m, ...' },
          { term: '--memory-limit SIZE', text: 'stop it above 4GB, 512MB, ...' },
        ],
      },
    ],
  },
  reports: {
    lead: ['The report goes to the screen, to files, or both; several formats at once.'],
    usage: ['validate-card [target ...] --format NAME[=FILE] ...'],
    sections: [
      {
        title: 'Formats',
        entries: [
          { term: 'pretty', text: 'for a person at a terminal (default)' },
          { term: 'json', text: 'for programs: schemas/report.schema.json' },
          { term: 'sarif', text: 'for code scanning' },
          { term: 'github', text: 'annotations of GitHub Actions' },
          { term: 'markdown', text: 'for a job summary or a comment' },
          { term: 'junit', text: 'for test reports of CI systems' },
          { term: 'html', text: 'one page for a browser' },
        ],
      },
      {
        title: 'Options',
        entries: [
          { term: '--format NAME[=FILE]', text: 'repeatable; one of them may go to the screen' },
          QUIET,
          COLOR,
          { term: '--debug', text: 'print the stack of an unexpected error' },
        ],
      },
      {
        title: 'Environment',
        entries: [
          { term: 'NO_COLOR=1', text: 'no colours (https://no-color.org)' },
          { term: 'FORCE_COLOR=1', text: 'colours also in a pipe; 0 for none' },
        ],
      },
    ],
  },
  hub: {
    lead: ['A model on the Hub is read from there; a folder asks the Hub only with --online.'],
    usage: ['validate-card org/name[@revision] [options]', 'validate-card [target] --online'],
    sections: [
      {
        title: 'Options',
        entries: [
          { term: '--online', text: 'ask the Hub too: base models, datasets, providers' },
          { term: '--online-budget N', text: 'with at most N requests (20); folders need --online' },
          { term: '--remote-validate', text: "compare with the Hub's own validator (sends the card)" },
          { term: '--hub-pr', text: 'open a pull request with the fixes, for a model there' },
          { term: '--token TOKEN', text: 'else HF_TOKEN, or that of hf auth login' },
          { term: '--offline', text: 'never use the network; models from the cache' },
        ],
      },
    ],
  },
  init: {
    lead: [
      'init writes a model card with what the files tell: task, library, base model,',
      'license. It makes nothing up, and a card that is there keeps its words.',
    ],
    usage: ['validate-card init [folder] [options]'],
    sections: [
      {
        title: 'Options',
        entries: [
          { term: '--dry-run', text: 'print the card or the changes, write nothing' },
          { term: '-q, --quiet', text: 'do not say where each value was read' },
          COLOR,
        ],
      },
    ],
  },
  explain: {
    lead: ['explain prints the reference of a rule: why, source, examples, and the fix.'],
    usage: ['validate-card explain          every rule and check', 'validate-card explain RULE'],
    sections: [{ title: 'Options', entries: [COLOR] }],
  },
  serve: {
    lead: [
      'serve answers requests as the Inference API of Hugging Face does, so that its',
      'clients can be pointed at a model before it is published; a browser shows each',
      'model its page there. It needs the runtimes that --smoke needs. Without a target',
      'it serves the repository around the working directory.',
    ],
    usage: ["validate-card serve [folder | 'models/*' | org/name ...] [options]"],
    sections: [
      {
        title: 'Options',
        entries: [
          { term: '--port N', text: 'listen there; any free port when absent' },
          { term: '--host ADDRESS', text: '127.0.0.1 when absent; others need --token' },
          { term: '--token TOKEN', text: 'what clients must send; else VALIDATE_CARD_TOKEN, if set' },
          {
            term: '--device NAME',
            text: `cpu when absent; ${DEVICES.filter((name) => name !== 'cpu').join(', ')}`,
          },
          { term: '--max-memory SIZE', text: 'of all loaded models; 40 % of what there is' },
          { term: '--pin ID', text: 'load this model at the start, and keep it; repeatable' },
          { term: '--idle TIME', text: 'put a model away that nobody asked for this long' },
          { term: '--timeout TIME', text: 'stop an inference that takes longer; 60s' },
          { term: '--workers N', text: 'processes that a model may have when its line is long; 1' },
          { term: '--queue N', text: 'requests that wait for a model or run; 256' },
          { term: '--quantized', text: 'serve a quantized variant that answers alike' },
          { term: '--usage FILE', text: 'keep figures there for the page /usage' },
          { term: '--no-usage', text: 'keep none; they end with the server' },
          { term: '--format json', text: 'tell what happens as JSON, a line for each event' },
          { term: '--offline', text: 'never use the network; models from the cache' },
          { term: '-q, --quiet', text: 'tell where it listens and what fails in the server' },
          COLOR,
        ],
      },
    ],
  },
  hook: {
    lead: [
      'The pre-push hook checks the model repositories in the commits that are pushed,',
      'and stops a push that the Hub would reject. A hook that is there is kept, and',
      'runs behind it.',
    ],
    usage: ['validate-card hook install', 'validate-card hook uninstall'],
    sections: [
      {
        title: 'Options',
        entries: [{ term: '-q, --quiet', text: 'say nothing where all went well' }],
      },
      {
        title: 'Around a single push',
        entries: [
          { term: 'git push --no-verify', text: 'push without the check' },
          { term: 'validate-card --fix', text: 'mend what has one right answer, then commit and push' },
        ],
      },
    ],
  },
  completion: {
    lead: ['completion prints a script that completes options, commands, rules and files.'],
    usage: ['validate-card completion bash|zsh|fish'],
    sections: [
      {
        title: 'How to use it',
        entries: [
          { term: 'bash', text: 'eval "$(validate-card completion bash)"    in ~/.bashrc' },
          { term: 'zsh', text: 'eval "$(validate-card completion zsh)"     in ~/.zshrc' },
          { term: 'fish', text: 'validate-card completion fish | source     in config.fish' },
        ],
      },
    ],
  },
  lsp: {
    lead: ['lsp is a language server for model cards; editors start it.'],
    usage: ['validate-card lsp [--stdio] [--trust-config]'],
    sections: [
      {
        title: 'Options',
        entries: [
          { term: '--stdio', text: 'talk on standard input and output, as it does anyway' },
          { term: '--trust-config', text: 'let settings that are found run rules of their own' },
        ],
      },
    ],
  },
  help: {
    lead: ['help prints the page of a command or topic.'],
    usage: ['validate-card help [TOPIC]', 'validate-card COMMAND --help'],
    sections: [
      {
        title: 'Topics',
        entries: [
          { term: 'check', text: 'targets, repairing, settings, baselines' },
          { term: 'smoke', text: 'running the model' },
          { term: 'reports', text: 'formats, colours' },
          { term: 'hub', text: 'models on the Hub' },
          { term: 'COMMAND', text: COMMANDS.join(', ') },
        ],
      },
      { title: 'Options', entries: [{ term: '-h, --help', text: 'the same' }] },
    ],
  },
};
