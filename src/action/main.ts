import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import * as core from '@actions/core';
import { UserError } from '../errors.js';
import { errorInWords } from './failure.js';
import { parseInputs, unknownInputs } from './inputs.js';
import { print, printNotes, withoutCommands } from './log.js';
import { type Outputs, UNKNOWN } from './outputs.js';
import { runAction } from './run.js';

// Set first: a later step that asks whether the model may be published gets an answer whatever happens below.
setOutputs(UNKNOWN);
try {
  const token = core.getInput('token');
  if (token !== '') core.setSecret(token);
  await printNotes(unknownInputs(process.env));
  const inputs = parseInputs((name) => core.getInput(name));
  const { outputs, failure } = await runAction(inputs, {
    workspace: process.env.GITHUB_WORKSPACE || process.cwd(),
    temp: process.env.RUNNER_TEMP || tmpdir(),
    toolCache: process.env.RUNNER_TOOL_CACHE || process.env.RUNNER_TEMP || tmpdir(),
    // Beside the folder of this bundle.
    runtimes: fileURLToPath(new URL('../runtimes/', import.meta.url)),
    env: process.env,
  });
  setOutputs(outputs);
  if (failure !== undefined) core.setFailed(failure);
} catch (error) {
  await fail(error);
}

function setOutputs(outputs: Outputs): void {
  for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
}

async function fail(error: unknown): Promise<void> {
  if (error instanceof UserError) {
    core.setFailed(errorInWords(error));
    return;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  await withoutCommands(async () => print(stack));
  core.setFailed('This is a fault of validate-model-card: please report it with the stack in the log.');
}
