import type { Metadata } from '../card/card.js';
import { isMapping, own } from '../mapping.js';
import { type CustomCode, findCustomCode } from './custom-code.js';
import { cardPlace, type Facts, line, list, show } from './evidence.js';
import type { Detection, SupportVerdict } from './verdict.js';
import { MAX_WEIGHT_BYTES, type Weights } from './weights.js';

/** Whether the API is on, and why. */
export type ApiVerdict = SupportVerdict['api'];

/**
 * Decides whether the API is on, by the Hub's reasons in the Hub's order: opt-out, custom code, library, task, the
 * pair of both, size.
 */
export function decideApi(facts: Facts, library: Detection, task: Detection): ApiVerdict {
  const parameters = inferenceParameters(facts);
  const rest = parameters === undefined ? {} : { parameters };
  const off = (
    reason: Exclude<ApiVerdict['reason'], 'Yes'>,
    explanation: string,
    at?: ApiVerdict['at'],
  ): ApiVerdict => ({
    enabled: false,
    reason,
    explanation: explanation + inferenceNote(facts),
    ...(at === undefined ? {} : { at }),
    ...rest,
  });

  if (own(facts.metadata, 'inference') === false) {
    return {
      enabled: false,
      reason: 'ExplicitOptOut',
      explanation: `\`inference: false\`${line(facts, ['inference'])} turns the API off.`,
      at: cardPlace(facts, ['inference']),
    };
  }
  const custom: CustomCode | undefined = findCustomCode(facts);
  if (custom !== undefined) {
    return off(
      'CustomCode',
      `The API runs no code from repositories, and the model needs some: ${custom.detail}.`,
      custom.at,
    );
  }
  if (library.name === null) return off('LibraryNotDetected', library.detail, library.at);
  if (task.name === null) return off('PipelineNotDetected', task.detail, task.at);

  const served = facts.tables.libraryTasks.get(library.name);
  const tables = tablesName(facts);
  if (served?.has(task.name) !== true) {
    const instead =
      served === undefined
        ? `${tables} list no task for ${show(library.name)}`
        : `for ${show(library.name)} ${tables} list ${list([...served], 'and', 6)}`;
    return off(
      'PipelineLibraryPairNotSupported',
      `The API does not serve ${show(task.name)} with ${show(library.name)}: ${instead}. ${library.detail} ${task.detail}`,
      task.at ?? library.at,
    );
  }

  const weights = facts.weights(library.name);
  if (weights !== null && weights.bytes > MAX_WEIGHT_BYTES) {
    return off(
      'TooBig',
      `The weights ${library.name} loads (${weightNames(weights)}) are ${gigabytes(weights.bytes)} GB, and the API takes no more than ${gigabytes(MAX_WEIGHT_BYTES)} GB.`,
      { file: weights.files[0]?.path ?? '' },
    );
  }
  const size = weights === null ? ' The size of the weights is unknown.' : '';
  return {
    enabled: true,
    reason: 'Yes',
    explanation: `${capitalised(tables)} list ${task.name} among the tasks served with ${library.name}, and nothing turns the API off.${size}${inferenceNote(facts)}`,
    ...rest,
  };
}

/** What the widget sends along with each input: `inference.parameters` of the card. */
function inferenceParameters(facts: Facts): Metadata | undefined {
  const parameters = own(own(facts.metadata, 'inference'), 'parameters');
  return isMapping(parameters) ? parameters : undefined;
}

/** A word on an `inference` key that does not do what its author may expect. */
function inferenceNote(facts: Facts): string {
  const value = own(facts.metadata, 'inference');
  if (value === undefined) return '';
  const where = `\`inference\`${line(facts, ['inference'])}`;
  if (value === true)
    return ` \`inference: true\`${line(facts, ['inference'])} is the default and changes nothing.`;
  if (value === null) return ` ${where} is empty and changes nothing.`;
  if (!isMapping(value)) {
    return ` ${where} is ${typeof value === 'string' ? `the text "${show(value)}"` : show(value)}, neither true, false nor a mapping, and changes nothing.`;
  }
  const parameters = own(value, 'parameters');
  if (parameters !== undefined && !isMapping(parameters)) {
    return ` \`inference.parameters\`${line(facts, ['inference', 'parameters'])} is ${show(parameters)}, not a mapping, and is not sent.`;
  }
  const others = Object.keys(value).filter((key) => key !== 'parameters');
  return others.length === 0
    ? ''
    : ` Of ${where} the Hub reads \`parameters\`, not ${list(
        others.map((key) => `\`${show(key)}\``),
        'or',
        4,
      )}.`;
}

function tablesName(facts: Facts): string {
  return facts.tables.userGiven ? 'your own tables' : `the Hub's tables of ${facts.tables.date}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function weightNames(weights: Weights): string {
  const names = weights.files.map((file) => show(file.path));
  return names.length > 3 ? `${names[0]} and ${names.length - 1} more files` : list(names);
}

/** Decimal gigabytes with two digits at most, rounded up so that what is over the limit never reads as the limit. */
function gigabytes(bytes: number): string {
  return String(Math.ceil(bytes / 1e7) / 100);
}
