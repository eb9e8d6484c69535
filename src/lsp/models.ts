import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Diagnostic as LspDiagnostic } from 'vscode-languageserver-types';
import type { Card } from '../card/card.js';
import { parseCard } from '../card/parse.js';
import { parseYamlFile } from '../card/yaml-file.js';
import { readConfig } from '../config/parse.js';
import type { Diagnostic } from '../diagnostic.js';
import { UserError } from '../errors.js';
import { lintWithSilenced } from '../lint.js';
import { namedFiles } from '../media/read.js';
import type { CardFile } from '../repo/card-file.js';
import { isEvalResult, type Surroundings } from '../repo/surroundings.js';
import { decideSupport } from '../support/decide.js';
import type { SupportVerdict } from '../support/verdict.js';
import type { Judged } from './actions.js';
import { forEditor } from './diagnostics.js';
import { NOT_ON_DISK, type OnDisk, readDisk } from './disk.js';
import { type DocumentKind, kindOf } from './document-kind.js';
import { type DocumentPlace, pathOf, placeOf, uriOf } from './place.js';
import { settingsFaults } from './settings-faults.js';

/** What the models of open documents need of the world. */
export interface ModelsHost {
  /** All open documents. */
  readonly documents: () => readonly TextDocument[];
  readonly publish: (uri: string, version: number | undefined, findings: readonly LspDiagnostic[]) => void;
  /** Tells the user something that is not about a place in a document. */
  readonly complain: (message: string) => void;
  /** A fault of ours; nobody but the log is told. */
  readonly failed: (error: unknown) => void;
  /** Whether settings found in a folder may run code. */
  readonly trust: boolean;
}

/** What is known of one open document. */
export interface Known extends Judged {
  readonly kind: DocumentKind;
  /** The verdict on the model page; asked for when it is wanted. */
  readonly support: () => SupportVerdict;
}

/** The models that have open documents. */
export interface Models {
  /** A document was opened, or its text changed: its model is checked soon, a new one at once. */
  readonly changed: (uri: string) => void;
  /** Something on disk changed; the models there are read anew. */
  readonly stale: (uris: readonly string[]) => void;
  readonly closed: (uri: string) => void;
  /** What is known of a document as it is now; undefined when it is not open any more. */
  readonly known: (uri: string) => Promise<Known | undefined>;
  readonly dispose: () => void;
}

/** Milliseconds of silence after a change before the text is judged. */
const AFTER_CHANGE_MS = 200;

/** Changes on disk come in flocks; milliseconds to wait for the rest. */
const AFTER_DISK_CHANGE_MS = 100;

/** A model with open documents. */
interface Model {
  readonly place: DocumentPlace;
  timer: NodeJS.Timeout | undefined;
  /** What was read from disk, and the media files it was read for. */
  disk: { readonly named: string; readonly read: Promise<OnDisk> } | undefined;
  checked: Checked | undefined;
  /** Addresses that findings were published for. */
  published: ReadonlySet<string>;
  /** Counts checks, so that one that was overtaken says nothing. */
  round: number;
  /** The latest check, while it is under way. */
  running: Promise<Checked | undefined> | undefined;
}

/** One check of a model. */
interface Checked {
  /** The versions of the documents that were looked at, by address. */
  readonly versions: ReadonlyMap<string, number>;
  readonly input: LintInput;
  readonly diagnostics: readonly Diagnostic[];
  readonly kinds: ReadonlyMap<string, DocumentKind>;
}

interface LintInput {
  readonly disk: OnDisk;
  readonly surroundings: Surroundings;
  readonly config: OnDisk['settings']['config'];
  readonly card: Card;
  readonly cardFile: CardFile;
  readonly cardPath: string;
}

/** Keeps the findings of open documents up to date. Text in the editor wins over the file on disk. */
export function createModels(host: ModelsHost): Models {
  const models = new Map<string, Model>();
  /** What was complained about already. */
  const told = new Set<string>();

  function modelOf(uri: string): Model {
    const place = placeOf(uri);
    const known = models.get(place.model);
    if (known !== undefined) return known;
    const model: Model = {
      place,
      timer: undefined,
      disk: undefined,
      checked: undefined,
      published: new Set(),
      round: 0,
      running: undefined,
    };
    models.set(place.model, model);
    return model;
  }

  function schedule(model: Model, delayMs: number): void {
    clearTimeout(model.timer);
    model.timer = setTimeout(() => {
      model.timer = undefined;
      check(model).catch(host.failed);
    }, delayMs);
  }

  function documentsOf(model: Model): readonly TextDocument[] {
    return host.documents().filter(({ uri }) => placeOf(uri).model === model.place.model);
  }

  function check(model: Model): Promise<Checked | undefined> {
    const running = checkNow(model).finally(() => {
      if (model.running === running) model.running = undefined;
    });
    model.running = running;
    return running;
  }

  async function checkNow(model: Model): Promise<Checked | undefined> {
    const round = ++model.round;
    const documents = documentsOf(model);
    if (documents.length === 0) {
      publish(model, new Map());
      models.delete(model.place.model);
      return undefined;
    }
    // What was looked at is what the text is now: it may go on changing while the disk is read.
    const texts = documents.map((document) => {
      const { uri, version, languageId } = document;
      return { uri, version, languageId, text: document.getText(), file: placeOf(uri).file };
    });
    const cardText = texts.find(({ file }) => file === model.place.card);
    const draft = cardText === undefined ? undefined : parseCard(cardText.text);
    const disk = await onDisk(model, draft);
    if (round !== model.round) return undefined;

    const kinds = new Map<string, DocumentKind>();
    for (const { uri, file, languageId, text } of texts) {
      const saved = model.place.folder !== null;
      kinds.set(uri, kindOf({ path: pathOf(uri) ?? file, languageId, text, saved }, disk.surroundings.files));
    }
    const isCard = cardText === undefined ? undefined : kinds.get(cardText.uri) === 'card';
    const input = inputOf(model, disk, isCard === true ? draft : undefined, texts);
    const diagnostics = isCard !== true && ![...kinds.values()].includes('eval-result') ? [] : lint(input);
    const versions = new Map(texts.map(({ uri, version }) => [uri, version]));
    model.checked = { versions, input, diagnostics, kinds };

    const findings = new Map<string, { version?: number; list: readonly LspDiagnostic[] }>();
    for (const { uri, file, version, text } of texts) {
      const kind = kinds.get(uri);
      const list =
        kind === 'settings'
          ? settingsFaults(text)
          : forEditor(kind === 'other' ? [] : diagnostics.filter((one) => one.file === file));
      findings.set(uri, { version, list });
    }
    const { folder } = model.place;
    if (isCard === true && folder !== null) {
      // With the card open, what is wrong with its other files is shown too, where it has a place.
      const open = new Set(texts.map(({ file }) => file));
      for (const file of new Set(diagnostics.map((one) => one.file))) {
        if (open.has(file)) continue;
        findings.set(uriOf(folder, file), {
          list: forEditor(diagnostics.filter((one) => one.file === file)),
        });
      }
    }
    complainOnce(disk.complaints);
    publish(model, findings);
    return model.checked;
  }

  function complainOnce(complaints: readonly string[]): void {
    for (const complaint of complaints) {
      if (told.has(complaint)) continue;
      told.add(complaint);
      host.complain(complaint);
    }
  }

  function publish(
    model: Model,
    findings: ReadonlyMap<string, { readonly version?: number; readonly list: readonly LspDiagnostic[] }>,
  ): void {
    for (const uri of model.published) if (!findings.has(uri)) host.publish(uri, undefined, []);
    for (const [uri, { version, list }] of findings) host.publish(uri, version, list);
    model.published = new Set(findings.keys());
  }

  function onDisk(model: Model, card: Card | undefined): Promise<OnDisk> {
    const { folder, card: cardPath } = model.place;
    if (folder === null) return Promise.resolve(NOT_ON_DISK);
    // While the metadata does not parse, the files that its examples name are taken to be the same.
    const named =
      card === undefined || card.metadata === null
        ? (model.disk?.named ?? '')
        : [...namedFiles(card)].sort().join('\n');
    if (model.disk === undefined || model.disk.named !== named) {
      const read = readDisk(folder, cardPath, card ?? parseCard(''), host.trust);
      model.disk = { named, read };
    }
    return model.disk.read;
  }

  return {
    changed: (uri) => {
      const model = modelOf(uri);
      schedule(model, model.checked?.versions.has(uri) === true ? AFTER_CHANGE_MS : 0);
    },
    stale: (uris) => {
      const paths = uris.map(pathOf).filter((path) => path !== null);
      for (const model of models.values()) {
        const { folder } = model.place;
        // Settings may lie in a folder above.
        if (folder === null || !paths.some((path) => path.startsWith(folder) || isSettings(path))) continue;
        model.disk = undefined;
        model.checked = undefined;
        schedule(model, AFTER_DISK_CHANGE_MS);
      }
    },
    closed: (uri) => schedule(modelOf(uri), 0),
    known: async (uri) => {
      const model = modelOf(uri);
      let { checked } = model;
      // A check that is overtaken by the next gives nothing; after a few of them the editor has to ask again.
      for (let attempt = 0; attempt < 5 && !isCurrent(checked, documentsOf(model)); attempt++) {
        checked = (await (model.running ?? check(model))) ?? model.checked;
      }
      const document = host.documents().find((one) => one.uri === uri);
      if (checked === undefined || document?.version !== checked.versions.get(uri)) return undefined;
      return document === undefined ? undefined : knownOf(checked, document);
    },
    dispose: () => {
      for (const { timer } of models.values()) clearTimeout(timer);
      models.clear();
    },
  };
}

function isSettings(path: string): boolean {
  return /(?:^|[\\/])(?:\.validate-card\.(?:yaml|yml|json)|package\.json)$/.test(path);
}

function isCurrent(checked: Checked | undefined, documents: readonly TextDocument[]): boolean {
  return (
    checked !== undefined &&
    checked.versions.size === documents.length &&
    documents.every(({ uri, version }) => checked.versions.get(uri) === version)
  );
}

function knownOf({ input, kinds, diagnostics }: Checked, document: TextDocument): Known {
  const { uri } = document;
  const { file } = placeOf(uri);
  const kind = kinds.get(uri) ?? 'other';
  const card = kind === 'card';
  return {
    kind,
    text: document.getText(),
    file,
    card,
    diagnostics: kind === 'other' ? [] : diagnostics.filter((one) => one.file === file),
    judge: (text) => {
      const changed: LintInput = card
        ? { ...input, card: parseCard(text), cardFile: { source: 'text', text } }
        : { ...input, surroundings: withText(input.surroundings, file, text) };
      return lint(changed).filter((one) => one.file === file);
    },
    support: () => {
      const { modelConfig, tokenizerConfig, files } = input.surroundings;
      const { tables } = input.disk.settings;
      return decideSupport({
        metadata: input.card.metadata,
        card: input.card,
        cardFile: input.cardPath,
        files,
        modelConfig,
        tokenizerConfig,
        ...(tables === undefined ? {} : { tables }),
      });
    },
  };
}

function inputOf(
  { place }: Model,
  disk: OnDisk,
  card: Card | undefined,
  texts: readonly { readonly file: string; readonly text: string }[],
): LintInput {
  let { surroundings } = disk;
  let { config } = disk.settings;
  for (const { file, text } of texts) {
    if (isEvalResult(file) || file === '.gitattributes') surroundings = withText(surroundings, file, text);
    else if (/^\.validate-card\.(?:yaml|yml|json)$/.test(file)) config = configIn(text, file) ?? config;
  }
  const cardFile: CardFile = card === undefined ? disk.cardFile : { source: 'text', text: card.text };
  const shown = card ?? parseCard(cardFile.source === 'text' ? cardFile.text : '');
  return { disk, surroundings, config, card: shown, cardFile, cardPath: place.card };
}

/** The settings an editor holds; undefined while they are wrong, when those on disk go on to hold. */
function configIn(text: string, file: string): LintInput['config'] | undefined {
  try {
    return readConfig(text, file).config;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The surroundings with the text of one file as an editor holds it. */
function withText(surroundings: Surroundings, file: string, text: string): Surroundings {
  if (file === '.gitattributes') return { ...surroundings, gitAttributes: text };
  const others = surroundings.evalResults.filter(({ path }) => path !== file);
  const evalResults = [...others, parseYamlFile(file, text)].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { ...surroundings, evalResults };
}

function lint({ disk, surroundings, config, card, cardFile, cardPath }: LintInput): readonly Diagnostic[] {
  const { basePath, rules } = disk.settings;
  return lintWithSilenced(card, { ...surroundings, config, basePath, rules, cardFile, cardPath }).diagnostics;
}
