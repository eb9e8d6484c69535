import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type CompletionItem,
  type Connection,
  createConnection,
  DidChangeWatchedFilesNotification,
  ErrorCodes,
  type Hover,
  type InitializeParams,
  type InitializeResult,
  MarkupKind,
  MessageType,
  type Position,
  PositionEncodingKind,
  ProposedFeatures,
  type Range,
  ResponseError,
  ShowMessageNotification,
  TextDocumentSyncKind,
  TextDocuments,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import configSchema from '../../schemas/config.schema.json' with { type: 'json' };
import evalResultsSchema from '../../schemas/eval-results.schema.json' with { type: 'json' };
import modelCardSchema from '../../schemas/model-card.schema.json' with { type: 'json' };
import type { Span } from '../card/position.js';
import type { Diagnostic, TextEdit } from '../diagnostic.js';
import { EXIT } from '../errors.js';
import { RULES } from '../rules/index.js';
import { rulePage } from '../rules/pages/page.js';
import { TOOL } from '../version.js';
import { findingsIn, fixAll, fixesOf, silencingEdit } from './actions.js';
import { cardRegion, completionsAt, frontMatterCompletion } from './completion.js';
import { forEditor } from './diagnostics.js';
import { mayBecomeCard } from './document-kind.js';
import { draftFrontMatter } from './front-matter.js';
import { explanationAt, paragraphs, verdictInMarkdown } from './hover.js';
import { createModels, type Known, type Models } from './models.js';
import { pathOf, placeOf } from './place.js';
import type { SchemaNode } from './schema.js';

/** How the language server runs. */
export interface ServeOptions {
  /** Aborted when the process is asked to end. */
  readonly signal?: AbortSignal;
  /** Whether settings found in a folder may run code. */
  readonly trust?: boolean;
}

const FIX_ALL = `${CodeActionKind.SourceFixAll}.validate-card`;
const EXPLAIN = 'validate-card.explain';

/** Most findings for which a comment that silences is offered at once; each costs some checks of the text. */
const MOST_SILENCED = 5;

/** Files whose change on disk changes what is found. */
const WATCHED = [
  '**/README.md',
  '**/{config,tokenizer_config,adapter_config,model_index,package}.json',
  '**/.gitattributes',
  '**/.validate-card.{yaml,yml,json}',
  '**/.eval_results/*',
  '**/{LICENSE,LICENSE.md,LICENSE.txt}',
  '**/*.{safetensors,gguf,onnx,bin,pt,h5}',
  '**/*.{png,jpg,jpeg,webp,gif,wav,flac,mp3,ogg,mp4,webm}',
] as const;

/** What a client says of itself that matters here. */
interface Client {
  readonly snippets: boolean;
  readonly versionedEdits: boolean;
  readonly watches: boolean;
}

const NO_CLIENT: Client = { snippets: false, versionedEdits: false, watches: false };

/**
 * The language server, on standard input and output. It ends the process by itself: when the client says so, goes away or dies
 * (exit code 0 after a shutdown, else 1), and when `signal` is aborted. The promise never resolves.
 */
export function serve({ signal, trust = false }: ServeOptions = {}): Promise<never> {
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  wire(connection, trust);
  connection.listen();
  // Nothing is left to tidy up, and the library's timers would keep the process going.
  signal?.addEventListener('abort', () => process.exit(EXIT.failure), { once: true });
  return new Promise(() => undefined);
}

function wire(connection: Connection, trust: boolean): void {
  const documents = new TextDocuments(TextDocument);
  let client = NO_CLIENT;
  const failed = (error: unknown) => {
    connection.console.error(
      `validate-card: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  };
  /** Shows a message; the library's own function asks a question, and waits for an answer. */
  const tell = (type: MessageType, message: string) => {
    const shown = { type, message: `validate-card: ${message}` };
    connection.sendNotification(ShowMessageNotification.type, shown).catch(failed);
  };
  const models = createModels({
    documents: () => documents.all(),
    publish: (uri, version, diagnostics) => {
      const known = version === undefined ? {} : { version };
      connection.sendDiagnostics({ uri, ...known, diagnostics: [...diagnostics] }).catch(failed);
    },
    complain: (message) => tell(MessageType.Warning, message),
    failed,
    trust,
  });

  /** An answer that fails is no answer: the editor goes on, and the log has the reason. */
  async function answer<T>(nothing: T, find: () => Promise<T> | T): Promise<T> {
    try {
      return await find();
    } catch (error) {
      failed(error);
      return nothing;
    }
  }

  connection.onInitialize((params): InitializeResult => {
    client = clientOf(params);
    return {
      serverInfo: { name: TOOL.name, version: TOOL.version },
      capabilities: {
        // Every client knows this encoding, whatever else it prefers, and it is the one of our positions.
        positionEncoding: PositionEncodingKind.UTF16,
        textDocumentSync: {
          openClose: true,
          change: TextDocumentSyncKind.Incremental,
          save: { includeText: false },
        },
        hoverProvider: true,
        completionProvider: { triggerCharacters: [':', ' ', '-', '[', '{', ',', '"', "'"] },
        codeActionProvider: {
          codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, FIX_ALL],
        },
        executeCommandProvider: { commands: [EXPLAIN] },
        workspace: { workspaceFolders: { supported: true } },
      },
    };
  });
  connection.onInitialized(() => {
    if (!client.watches) return;
    const watchers = WATCHED.map((globPattern) => ({ globPattern }));
    connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }).catch(failed);
  });

  documents.onDidChangeContent(({ document }) => models.changed(document.uri));
  documents.onDidSave(({ document }) => models.stale([document.uri]));
  documents.onDidClose(({ document }) => models.closed(document.uri));
  connection.onDidChangeWatchedFiles(({ changes }) => models.stale(changes.map(({ uri }) => uri)));
  connection.onDidChangeConfiguration(() => models.stale(documents.all().map(({ uri }) => uri)));
  connection.onShutdown(() => models.dispose());

  connection.onCompletion(({ textDocument, position }) =>
    answer<CompletionItem[] | null>(null, async () => {
      const document = documents.get(textDocument.uri);
      if (document === undefined) return null;
      return [...(await completions(models, document, position, client))];
    }),
  );
  connection.onHover(({ textDocument, position }) =>
    answer<Hover | null>(null, async () => {
      const document = documents.get(textDocument.uri);
      return document === undefined ? null : hover(models, document, position);
    }),
  );
  connection.onCodeAction((params) =>
    answer<CodeAction[] | null>(null, async () => {
      const document = documents.get(params.textDocument.uri);
      return document === undefined ? null : [...(await codeActions(models, document, params, client))];
    }),
  );
  connection.onExecuteCommand(({ command, arguments: [id] = [] }) => {
    const rule = RULES.find((one) => one.id === id);
    if (command !== EXPLAIN || rule === undefined) {
      return new ResponseError(
        ErrorCodes.InvalidParams,
        `There is no command ${command} for what was given.`,
      );
    }
    tell(MessageType.Info, `${rule.id}: ${rule.description} ${rule.why}`);
    return rulePage(rule);
  });
  documents.listen(connection);
}

function clientOf({ capabilities: { textDocument, workspace } }: InitializeParams): Client {
  return {
    snippets: textDocument?.completion?.completionItem?.snippetSupport === true,
    versionedEdits: workspace?.workspaceEdit?.documentChanges === true,
    watches: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
  };
}

function rangeOf(document: TextDocument, { start, end }: Span): Range {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

/** The YAML that an offset is in, and what describes it; undefined outside. */
function yamlAt(
  { kind, text }: Pick<Known, 'kind' | 'text'>,
  offset: number,
): { readonly schema: SchemaNode; readonly region: Span } | undefined {
  const whole = { start: text.startsWith('\uFEFF') ? 1 : 0, end: text.length };
  switch (kind) {
    case 'card': {
      const region = cardRegion(text, offset);
      return region === undefined ? undefined : { schema: modelCardSchema, region };
    }
    case 'eval-result':
      return { schema: evalResultsSchema, region: whole };
    case 'settings':
      return { schema: configSchema, region: whole };
    case 'other':
      return undefined;
  }
}

async function completions(
  models: Models,
  document: TextDocument,
  position: Position,
  { snippets }: Client,
): Promise<readonly CompletionItem[]> {
  const known = await models.known(document.uri);
  if (known === undefined) return [];
  const offset = document.offsetAt(position);
  const { kind, text } = known;
  const range = (span: Span) => rangeOf(document, span);
  const yaml = yamlAt(known, offset);
  if (yaml !== undefined) {
    const json = known.file.endsWith('.json');
    return completionsAt({ text, offset, ...yaml, card: kind === 'card', snippets, json, rangeOf: range });
  }
  const { uri, languageId } = document;
  const path = pathOf(uri);
  const file = {
    path: path?.replaceAll('\\', '/') ?? placeOf(uri).file,
    languageId,
    text,
    saved: path !== null,
  };
  return kind === 'card' || mayBecomeCard(file)
    ? frontMatterCompletion(text, offset, { snippets, rangeOf: range })
    : [];
}

async function hover(models: Models, document: TextDocument, position: Position): Promise<Hover | null> {
  const known = await models.known(document.uri);
  if (known === undefined || known.kind === 'other') return null;
  const offset = document.offsetAt(position);
  const { kind, text } = known;
  const yaml = yamlAt(known, offset);
  const explained =
    yaml === undefined
      ? aboutModelPage(known, offset)
      : explanationAt({ text, offset, ...yaml, card: kind === 'card' });
  const findings = findingsIn(known, { start: offset, end: offset }).filter(
    ({ range }) => range !== undefined,
  );
  const rules = [...new Set(findings.map(({ rule }) => rule))].map(aboutRule);
  const value = paragraphs([explained?.markdown, ...rules]);
  if (value === '') return null;
  const [first] = forEditor(findings);
  const range = explained === undefined ? first?.range : rangeOf(document, explained.span);
  return { contents: { kind: MarkupKind.Markdown, value }, ...(range === undefined ? {} : { range }) };
}

/** On the fences around the metadata: what comes of all of it. */
function aboutModelPage(
  known: Known,
  offset: number,
): { readonly span: Span; readonly markdown: string } | undefined {
  const fence = known.kind === 'card' ? fenceAt(known.text, { start: offset, end: offset }) : undefined;
  return fence === undefined ? undefined : { span: fence, markdown: verdictInMarkdown(known.support()) };
}

function fenceAt(text: string, { start, end }: Span): Span | undefined {
  const block = draftFrontMatter(text);
  const fences = block === undefined ? [] : [block.open, ...(block.close === undefined ? [] : [block.close])];
  return fences.find((fence) => fence.start <= end && start <= fence.end);
}

function aboutRule(id: string): string {
  const rule = RULES.find((one) => one.id === id);
  return rule === undefined ? '' : `\`${id}\`: ${rule.description} ${rule.why}`;
}

async function codeActions(
  models: Models,
  document: TextDocument,
  { range, context }: CodeActionParams,
  client: Client,
): Promise<readonly CodeAction[]> {
  const known = await models.known(document.uri);
  if (known === undefined || known.kind === 'other') return [];
  const wants = (kind: string) =>
    context.only === undefined ||
    context.only.some((only) => kind === only || kind.startsWith(`${only}.`) || only === '');
  const edit = (edits: readonly TextEdit[]): WorkspaceEdit => editOf(document, edits, client);
  const span = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
  const findings = findingsIn(known, span);
  const diagnosed = (about: readonly Diagnostic[]) => ({ diagnostics: [...forEditor(about)] });
  const actions: CodeAction[] = [];
  if (wants(CodeActionKind.QuickFix)) {
    const kind = CodeActionKind.QuickFix;
    for (const { fix, findings: fixed } of fixesOf(known, findings)) {
      actions.push({ title: fix.title, kind, ...diagnosed(fixed), isPreferred: true, edit: edit(fix.edits) });
    }
    for (const finding of findings.slice(0, MOST_SILENCED)) {
      const silencing = silencingEdit(known, finding);
      if (silencing === undefined) continue;
      const still = finding.hub === 'error' ? ' (the Hub goes on to reject it)' : '';
      const title = `Silence ${finding.rule} here with a comment${still}`;
      actions.push({ title, kind, ...diagnosed([finding]), edit: edit([silencing]) });
    }
    for (const rule of new Set(findings.map((one) => one.rule))) {
      if (!RULES.some(({ id }) => id === rule)) continue;
      const title = `Explain ${rule}`;
      const about = findings.filter((one) => one.rule === rule);
      actions.push({
        title,
        kind,
        ...diagnosed(about),
        command: { title, command: EXPLAIN, arguments: [rule] },
      });
    }
  }
  const kind = CodeActionKind.RefactorRewrite;
  if (known.kind === 'card' && wants(kind) && fenceAt(known.text, span) !== undefined) {
    for (const { title, edits } of known.support().remedy ?? []) {
      if (edits.length > 0) actions.push({ title, kind, edit: edit(edits) });
    }
  }
  if (wants(FIX_ALL)) {
    const all = fixAll(known);
    if (all !== undefined) {
      actions.push({ title: 'Fix all that has one right answer', kind: FIX_ALL, edit: edit([all]) });
    }
  }
  return actions;
}

function editOf(
  document: TextDocument,
  edits: readonly TextEdit[],
  { versionedEdits }: Client,
): WorkspaceEdit {
  const { uri, version } = document;
  const list = edits.map(({ start, end, text }) => ({
    range: rangeOf(document, { start, end }),
    newText: text,
  }));
  return versionedEdits
    ? { documentChanges: [{ textDocument: { uri, version }, edits: list }] }
    : { changes: { [uri]: list } };
}
