import { randomUUID } from 'node:crypto';
import * as core from '@actions/core';
import { oneLine } from '../report/text.js';

/**
 * Runs `work` while the runner takes no commands from this process, so that nothing a card, a model or native code
 * prints (`::set-env`, `##[error]`) is ever obeyed. The token that ends it is new each time.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#stopping-and-starting-workflow-commands
 */
export async function withoutCommands<Value>(work: () => Promise<Value>): Promise<Value> {
  const token = randomUUID();
  process.stdout.write(`::stop-commands::${token}\n`);
  try {
    return await work();
  } finally {
    process.stdout.write(`\n::${token}::\n`);
  }
}

/** Prints text that may hold words of a card. `##[` would colour or fold the log, whoever wrote it. */
export function print(text: string): void {
  core.info(text.replaceAll('##[', '## ['));
}

/** Prints sentences, one a line, of which none is a command. */
export async function printNotes(notes: readonly string[]): Promise<void> {
  if (notes.length === 0) return;
  await withoutCommands(async () => {
    for (const note of notes) print(note);
  });
}

/** Folds what `work` prints under a title; no command is obeyed meanwhile. */
export async function group(title: string, work: () => Promise<void>): Promise<void> {
  core.startGroup(oneLine(title));
  try {
    await withoutCommands(work);
  } finally {
    core.endGroup();
  }
}
