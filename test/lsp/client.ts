import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  CodeActionRequest,
  CompletionRequest,
  createProtocolConnection,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidChangeWatchedFilesNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  HoverRequest,
  InitializedNotification,
  type InitializeParams,
  InitializeRequest,
  type InitializeResult,
  LogMessageNotification,
  type Position,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  type Registration,
  RegistrationRequest,
  ShowMessageNotification,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type TextEdit,
} from 'vscode-languageserver-protocol/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

/** The built command. */
export const COMMAND = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url));

/** How long something that must come may take, in milliseconds. */
const PATIENCE_MS = 60_000;

/** A folder of a model, gone after the test. */
export interface ModelFolder {
  readonly path: string;
  readonly uri: (file: string) => string;
  readonly write: (file: string, text: string) => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** Makes a folder with some files. */
export async function modelFolder(files: Readonly<Record<string, string>>): Promise<ModelFolder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'validate-card-lsp-')));
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), text);
  };
  for (const [file, text] of Object.entries(files)) await write(file, text);
  return {
    path,
    uri: (file) => pathToFileURL(join(path, file)).href,
    write,
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/** An editor: the language server as a child process, and a connection to it. */
export interface Editor {
  readonly child: ChildProcessWithoutNullStreams;
  readonly connection: ProtocolConnection;
  readonly initialized: InitializeResult;
  /** What the server said outside of documents. */
  readonly messages: readonly string[];
  readonly log: readonly string[];
  readonly registrations: readonly Registration[];
  readonly open: (uri: string, text: string, languageId?: string) => Promise<TextDocument>;
  /** Sends changes as an editor does, and gives the document after them. */
  readonly change: (document: TextDocument, edits: readonly TextEdit[]) => Promise<TextDocument>;
  readonly close: (uri: string) => Promise<void>;
  readonly changedOnDisk: (uri: string) => Promise<void>;
  /** The findings of a document once they are what is waited for. */
  readonly findings: (
    uri: string,
    until?: (found: PublishDiagnosticsParams) => boolean,
  ) => Promise<readonly Diagnostic[]>;
  readonly hover: (uri: string, position: Position) => Promise<string | undefined>;
  readonly complete: (uri: string, position: Position) => Promise<readonly string[]>;
  readonly exited: Promise<number | null>;
  /** Says goodbye in the order of the protocol; gives the exit code. */
  readonly quit: () => Promise<number | null>;
}

/** What VS Code says of itself, as far as it matters here. */
const CAPABILITIES: InitializeParams['capabilities'] = {
  general: { positionEncodings: ['utf-8', 'utf-16'] },
  textDocument: { completion: { completionItem: { snippetSupport: true } } },
  workspace: {
    workspaceEdit: { documentChanges: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
  },
};

/** Starts the language server and introduces itself. */
export async function startEditor(
  options: Partial<InitializeParams> = {},
  ...args: string[]
): Promise<Editor> {
  const child = spawn(process.execPath, [COMMAND, 'lsp', '--stdio', ...args], { stdio: 'pipe' });
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const published = new Map<string, PublishDiagnosticsParams>();
  const waiting = new Set<() => void>();
  const messages: string[] = [];
  const log: string[] = [];
  const registrations: Registration[] = [];
  connection.onNotification(PublishDiagnosticsNotification.type, (found) => {
    published.set(found.uri, found);
    for (const look of waiting) look();
  });
  connection.onNotification(ShowMessageNotification.type, ({ message }) => {
    messages.push(message);
  });
  connection.onNotification(LogMessageNotification.type, ({ message }) => {
    log.push(message);
  });
  connection.onRequest(RegistrationRequest.type, (params) => {
    registrations.push(...params.registrations);
  });
  connection.listen();
  const failed = exited.then((code) => {
    throw new Error(`The language server ended at once, with exit code ${code}.`);
  });
  const initialized = await Promise.race([
    failed,
    connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      capabilities: CAPABILITIES,
      ...options,
    }),
  ]);
  // From here on the end is for the tests to judge.
  failed.catch(() => undefined);
  await connection.sendNotification(InitializedNotification.type, {});

  return {
    child,
    connection,
    initialized,
    messages,
    log,
    registrations,
    exited,
    open: async (uri, text, languageId = 'markdown') => {
      const textDocument = { uri, languageId, version: 1, text };
      await connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
      return TextDocument.create(uri, languageId, 1, text);
    },
    change: async (document, edits) => {
      const version = document.version + 1;
      const contentChanges = edits.map(({ range, newText }) => ({ range, text: newText }));
      await connection.sendNotification(DidChangeTextDocumentNotification.type, {
        textDocument: { uri: document.uri, version },
        contentChanges,
      });
      return TextDocument.update(document, contentChanges, version);
    },
    close: (uri) =>
      connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } }),
    changedOnDisk: (uri) =>
      connection.sendNotification(DidChangeWatchedFilesNotification.type, { changes: [{ uri, type: 2 }] }),
    findings: (uri, until = () => true) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`No such findings came: ${JSON.stringify([published.get(uri), messages, log])}`));
        }, PATIENCE_MS);
        const look = () => {
          const found = published.get(uri);
          if (found === undefined || !until(found)) return;
          clearTimeout(late);
          waiting.delete(look);
          resolve(found.diagnostics);
        };
        waiting.add(look);
        look();
      }),
    hover: async (uri, position) => {
      const answer = await connection.sendRequest(HoverRequest.type, { textDocument: { uri }, position });
      const contents = answer?.contents;
      return typeof contents === 'object' && 'value' in contents ? contents.value : undefined;
    },
    complete: async (uri, position) => {
      const answer = await connection.sendRequest(CompletionRequest.type, {
        textDocument: { uri },
        position,
      });
      return (Array.isArray(answer) ? answer : (answer?.items ?? [])).map(({ label }) => label);
    },
    quit: async () => {
      await connection.sendRequest(ShutdownRequest.type);
      await connection.sendNotification(ExitNotification.type);
      const code = await exited;
      connection.dispose();
      return code;
    },
  };
}

/** The code actions for a range, by title, each with the text after its edit; those without an edit give undefined. */
export async function actionsAt(
  { connection }: Editor,
  document: TextDocument,
  range: { readonly start: Position; readonly end: Position },
  only?: string[],
): Promise<ReadonlyMap<string, string | undefined>> {
  const actions = await connection.sendRequest(CodeActionRequest.type, {
    textDocument: { uri: document.uri },
    range,
    context: { diagnostics: [], ...(only === undefined ? {} : { only }) },
  });
  const texts = new Map<string, string | undefined>();
  for (const action of actions ?? []) {
    if (!('edit' in action)) {
      texts.set(action.title, undefined);
      continue;
    }
    const [change] = action.edit?.documentChanges ?? [];
    if (change === undefined || !('textDocument' in change)) throw new Error('The edit is not versioned.');
    if (change.textDocument.version !== document.version) throw new Error('The edit is of another version.');
    texts.set(action.title, TextDocument.applyEdits(document, change.edits as TextEdit[]));
  }
  return texts;
}
