import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS, SHELLS } from '../../src/cli/command-options.js';
import { completionScript } from '../../src/cli/completion.js';
import { OPTIONS } from '../../src/cli/option-table.js';
import { FORMAT_NAMES } from '../../src/report/names.js';
import { RULES } from '../../src/rules/index.js';
import { runMain } from './scenario.js';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'completion-'));
  mkdirSync(join(cwd, 'models'));
  writeFileSync(join(cwd, 'model card.md'), '');
  for (const shell of SHELLS) writeFileSync(join(cwd, `.${shell}`), completionScript(shell));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const there = (shell: string) => spawnSync(shell, ['--version']).status === 0;

/** What bash completes at the end of the words, as it splits a line: `=` is a word of its own. */
function inBash(...words: readonly string[]): readonly string[] {
  const script = `source .bash
COMP_WORDS=(validate-card "$@")
COMP_CWORD=$#
COMP_LINE="\${COMP_WORDS[*]}"
_validate_card validate-card
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['--norc', '-c', script, 'bash', ...words], { cwd, encoding: 'utf8' })
    .split('\n')
    .filter(Boolean);
}

function inFish(line: string): readonly string[] {
  const script = `source .fish; complete -C ${JSON.stringify(line)}`;
  return execFileSync('fish', ['--no-config', '-c', script], { cwd, encoding: 'utf8' })
    .split('\n')
    .map((row) => row.split('\t')[0] ?? '')
    .filter(Boolean);
}

/** What zsh completes, listed by a terminal of its own, up to a word that it should offer: without that, what came in twenty seconds. */
function inZsh(line: string, word: string): string {
  const script = `
zmodload zsh/zpty
zpty shell zsh -f -i
read_until() { local part all; integer left=400; until [[ $all == *$1* ]] || (( left-- == 0 )); do if zpty -r -t shell part 2>/dev/null; then all+=$part; else sleep 0.05; fi; done; print -rn -- "$all"; }
zpty -w shell "PS1= ; cd $PWD; autoload -Uz compinit; compinit -u -d $PWD/.dump; source .zsh; LISTMAX=9999; zstyle ':completion:*' list-prompt ''; stty columns 200; echo re''ady"
read_until ready >/dev/null
sleep 0.5
zpty -n -w shell $'${line}\\t\\t'
read_until '${word}'
zpty -d shell`;
  return execFileSync('zsh', ['-f', '-c', script], { cwd, encoding: 'utf8', timeout: 50_000 });
}

describe('completion', () => {
  it('is printed for each shell, and for no other', async () => {
    for (const shell of SHELLS) {
      const { stdout, status } = await runMain(['completion', shell], cwd);
      expect([stdout, status]).toEqual([completionScript(shell), 0]);
    }
    expect(await runMain(['completion', 'fihs'], cwd)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Did you mean fish?'),
    });
    expect((await runMain(['completion'], cwd)).status).toBe(2);
    expect((await runMain(['completion', 'bash', '--fix'], cwd)).status).toBe(2);
  });

  it('knows every option, command and rule', () => {
    for (const shell of SHELLS) {
      const script = completionScript(shell);
      for (const name of Object.keys(OPTIONS)) expect(script).toMatch(new RegExp(`(?:--|-l )${name}\\b`));
      for (const name of [...COMMANDS, ...RULES.map(({ id }) => id)]) expect(script).toContain(name);
    }
  });
});

if (there('bash')) {
  describe('completion in bash', () => {
    it('completes commands, files and folders at first', () => {
      expect(inBash('')).toEqual(expect.arrayContaining([...COMMANDS, 'models', 'model card.md']));
      expect(inBash('mod')).toEqual(['model card.md', 'models']);
      expect(inBash('ini')).toEqual(['init']);
    });

    it('completes options and their values', () => {
      expect(inBash('--fo')).toEqual(['--format']);
      expect(inBash('models', '--form')).toEqual(['--format']);
      expect(inBash('--format', '')).toEqual([...FORMAT_NAMES]);
      expect(inBash('--format', '=', 'js')).toEqual(['json']);
      expect(inBash('--format', '=')).toEqual([...FORMAT_NAMES]);
      expect(inBash('--device', 'w')).toEqual(['webgpu']);
      expect(inBash('--config', 'model c')).toEqual(['model card.md']);
      expect(inBash('--token', '')).toEqual([]);
    });

    it('completes what a command takes', () => {
      expect(inBash('explain', 'license-u')).toEqual(['license-unknown']);
      expect(inBash('hook', '')).toEqual(['install', 'uninstall']);
      expect(inBash('completion', 'f')).toEqual(['fish']);
      expect(inBash('hook', 'install', '')).toEqual([]);
      expect(inBash('init', 'mod')).toEqual(['model card.md', 'models']);
    });
  });
}

if (there('fish')) {
  describe('completion in fish', () => {
    it('completes commands, options, values and rules', () => {
      expect(inFish('validate-card ini')).toContain('init');
      expect(inFish('validate-card --form')).toContain('--format');
      expect(inFish('validate-card --format js')).toEqual(['json']);
      expect(inFish('validate-card explain license-u')).toEqual(['license-unknown']);
      expect(inFish('validate-card hook ')).toEqual(['install', 'uninstall']);
      expect(inFish('validate-card mod')).toContain('models/');
    });
  });
}

if (there('zsh')) {
  describe('completion in zsh', () => {
    it('completes commands, options, values and rules', () => {
      for (const [line, word] of [
        ['explain license-u', 'license-unknown'],
        ['--devi', '--device'],
        ['--format js', 'json'],
      ] as const)
        expect(inZsh(`validate-card ${line}`, word)).toContain(word);
    });
  });
}
