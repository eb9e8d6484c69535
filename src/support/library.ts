import { lazily } from '../hub/lazily.js';
import { isLibrary, libraries, meantLibrary } from '../hub/libraries.js';
import { TRANSFORMERS_FROM_CONFIG_UNTIL } from '../hub/tables/detection.generated.js';
import { own } from '../mapping.js';
import { cardPlace, type Facts, line, list, show, tagsOf } from './evidence.js';
import type { Trace } from './traces.js';
import type { Detection } from './verdict.js';

/**
 * Finds the library in the Hub's order: `library_name`, a tag that names a library, files. What only other tools
 * recognise is told in `detail`, but detects nothing.
 */
export function detectLibrary(facts: Facts): Detection {
  const value = own(facts.metadata, 'library_name');
  if (typeof value === 'string' && value.trim() !== '') return fromLibraryName(facts, value);

  const ignored = value === undefined ? '' : ` ${ignoredName(facts, value)}`;
  const detection = fromTags(facts) ?? fromFiles(facts) ?? notDetected(facts);
  return { ...detection, detail: detection.detail + ignored };
}

/** A library that may be meant, for remedies. */
export interface LibraryCandidate {
  readonly library: string;
  /** Whether it is what the author must have meant, or only what the files look like. */
  readonly sure: boolean;
}

/** Libraries that may be meant: one that was nearly spelled right, then those that left traces in the files. */
export function libraryCandidates(facts: Facts): readonly LibraryCandidate[] {
  const value = own(facts.metadata, 'library_name');
  const candidates: LibraryCandidate[] = [];
  const add = (library: string | undefined, sure: boolean) => {
    if (library === undefined || library === value) return;
    if (!candidates.some((candidate) => candidate.library === library)) candidates.push({ library, sure });
  };
  const named = typeof value === 'string' && isKnown(facts, value);
  if (typeof value === 'string' && !named) add(meantLibrary(value), true);
  // Tags are free text, so only another way of writing the name counts, not a word that is merely similar.
  for (const { tag } of tagsOf(facts.metadata))
    if (UNUSUAL.test(tag)) add(byLetters().get(letters(tag)), !named);
  for (const trace of facts.traces()) add(trace.library, !named && trace.by !== 'inferred');
  return candidates;
}

function isKnown(facts: Facts, library: string): boolean {
  return isLibrary(library) || facts.tables.libraryTasks.has(library);
}

/** Characters that hardly any name of a library has. */
const UNUSUAL = /[^a-z0-9-]/;

/** Libraries by their names without case and punctuation. */
const byLetters = lazily(() => new Map([...libraries().keys()].map((name) => [letters(name), name])));

function letters(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function fromLibraryName(facts: Facts, name: string): Detection {
  const where = `\`library_name: ${show(name)}\`${line(facts, ['library_name'])}`;
  const meant = isKnown(facts, name) ? undefined : meantLibrary(name);
  const detail = isKnown(facts, name)
    ? `${where} names the library.`
    : `${where} is not a library the Hub knows${meant === undefined ? '.' : `; did you mean \`${meant}\`?`}`;
  return { name, evidence: 'library_name', detail, at: cardPlace(facts, ['library_name']) };
}

function ignoredName(facts: Facts, value: unknown): string {
  const where = `\`library_name\`${line(facts, ['library_name'])}`;
  return value === null || typeof value === 'string'
    ? `${where} is empty and says nothing.`
    : `${where} is ${show(value)}, not a name, and says nothing.`;
}

function fromTags(facts: Facts): Detection | undefined {
  const naming = tagsOf(facts.metadata).filter(({ tag }) => isKnown(facts, tag));
  // Libraries built on transformers add its tag beside their own.
  const chosen = naming.find(({ tag }) => tag !== 'transformers') ?? naming[0];
  if (chosen === undefined) return undefined;
  const others = [...new Set(naming.map(({ tag }) => tag))].filter((tag) => tag !== chosen.tag);
  const doubt =
    others.length === 0
      ? ''
      : ` The ${others.length === 1 ? 'tag' : 'tags'} ${list(others.map((tag) => `\`${tag}\``))} ${others.length === 1 ? 'names' : 'name'} a library too, and which one the Hub takes is not documented; \`library_name\` would settle it.`;
  return {
    name: chosen.tag,
    evidence: 'tag',
    detail: `The tag \`${chosen.tag}\`${line(facts, chosen.path)} names the library.${doubt}`,
    at: cardPlace(facts, chosen.path),
  };
}

function fromFiles(facts: Facts): Detection | undefined {
  const trace = facts.traces().find((candidate) => candidate.by === 'hub');
  if (trace !== undefined) {
    return {
      name: trace.library,
      evidence: trace.key === undefined ? 'file' : 'config',
      detail: `${traceText(trace)}, which the Hub detects as ${trace.library}.`,
      at: tracePlace(trace),
    };
  }
  if (facts.configMeansTransformers && facts.modelConfig !== null) {
    return {
      name: 'transformers',
      evidence: 'config',
      detail: `There is a config.json, and the Hub takes repositories created before ${TRANSFORMERS_FROM_CONFIG_UNTIL} for transformers when nothing else tells.`,
      at: { file: 'config.json' },
    };
  }
  return undefined;
}

function notDetected(facts: Facts): Detection {
  const trace = facts.traces()[0];
  if (trace !== undefined) {
    const why =
      trace.library === 'transformers'
        ? 'for repositories created after July 2024 the Hub no longer takes that for a library'
        : 'the Hub is not documented to detect that';
    const looks = trace.by === 'inferred' ? 'looks like' : 'is a sign of';
    return {
      name: null,
      evidence: 'none',
      detail: `The card names no library. ${traceText(trace)}, which ${looks} ${trace.library}, but ${why}.`,
      at: tracePlace(trace),
    };
  }
  const gguf = facts.files?.find((file) => file.path.endsWith('.gguf'));
  const files =
    facts.files === null
      ? 'the files of the repository are unknown'
      : gguf === undefined
        ? 'no file is one the Hub detects a library by'
        : 'GGUF is a file format to the Hub, not a library';
  return {
    name: null,
    evidence: 'none',
    detail: `The card names no library, neither in \`library_name\` nor in its tags, and ${files}.`,
    ...(gguf === undefined ? {} : { at: { file: gguf.path } }),
  };
}

function traceText(trace: Trace): string {
  return trace.key === undefined
    ? `There is ${show(trace.file)}`
    : `${show(trace.file)} has the key \`${trace.key}\``;
}

function tracePlace(trace: Trace): { readonly file: string; readonly path?: string } {
  return { file: trace.file, ...(trace.key === undefined ? {} : { path: `/${trace.key}` }) };
}
