import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CompletionItem,
  CompletionRequest,
  ConfigurationRequest,
  createProtocolConnection,
  type Diagnostic,
  DidChangeConfigurationNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  RegistrationRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';

// What the YAML extensions of VS Code, Neovim, Helix and others run, with the settings that docs/editors.md tells.
const page = readFileSync(new URL('../../docs/editors.md', import.meta.url), 'utf8');
const settings = JSON.parse(/```json\n(\{\s*"yaml\.schemas"[\s\S]*?)```/.exec(page)?.[1] ?? '') as {
  readonly 'yaml.schemas': Readonly<Record<string, unknown>>;
};
const modeline = /```yaml\n(# yaml-language-server: .*\n)/.exec(page)?.[1] ?? '';
const yaml = {
  schemas: settings['yaml.schemas'],
  schemaStore: { enable: false },
  validate: true,
  hover: true,
  completion: true,
};

const root = mkdtempSync(join(tmpdir(), 'validate-card-editor-'));
const published = new Map<string, readonly Diagnostic[]>();
const waiting = new Map<string, (diagnostics: readonly Diagnostic[]) => void>();
let server: ChildProcess;
let connection: ProtocolConnection;

beforeAll(async () => {
  const installed = join(root, 'node_modules', 'validate-model-card', 'schemas');
  mkdirSync(installed, { recursive: true });
  cpSync(fileURLToPath(new URL('../../schemas', import.meta.url)), installed, { recursive: true });

  const manifest = createRequire(import.meta.url).resolve('yaml-language-server/package.json');
  const program = join(manifest, '..', 'bin', 'yaml-language-server');
  const child = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  server = child;
  connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.onRequest(ConfigurationRequest.type, ({ items }) =>
    items.map(({ section }) => (section === 'yaml' ? yaml : {})),
  );
  connection.onRequest(RegistrationRequest.type, () => {});
  connection.onNotification(PublishDiagnosticsNotification.type, ({ uri, diagnostics }) => {
    published.set(uri, diagnostics);
    waiting.get(uri)?.(diagnostics);
  });
  connection.listen();
  const rootUri = String(pathToFileURL(root));
  await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri,
    workspaceFolders: [{ uri: rootUri, name: 'repository' }],
    capabilities: { workspace: { configuration: true, workspaceFolders: true } },
  });
  await connection.sendNotification(InitializedNotification.type, {});
  await connection.sendNotification(DidChangeConfigurationNotification.type, { settings: { yaml } });
});

afterAll(async () => {
  await connection.sendRequest(ShutdownRequest.type);
  await connection.sendNotification(ExitNotification.type);
  connection.dispose();
  server.kill();
  rmSync(root, { recursive: true, force: true });
});

const uriOf = (path: string) => String(pathToFileURL(join(root, path)));

/** Opens a document, and waits for what the editor would underline: line and message. */
async function findingsIn(path: string, text: string): Promise<readonly string[]> {
  const uri = uriOf(path);
  const told = new Promise<readonly Diagnostic[]>((resolve) => waiting.set(uri, resolve));
  await connection.sendNotification(DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: 'yaml', version: 1, text },
  });
  return (await told).map(({ range, message }) => `${range.start.line + 1}: ${message}`);
}

const sound = '- dataset:\n    id: cais/hle\n    task_id: hle\n  value: 20.9\n  date: "2026-01-15"\n';

describe('an editor with the settings of docs/editors.md', () => {
  it('underlines what is wrong in evaluation results', async () => {
    const text = '- dataset:\n    id: cais/hle\n    taskid: hle\n  value: "20"\n  date: 15.01.2026\n';
    expect(await findingsIn('.eval_results/wrong.yaml', text)).toEqual([
      '1: Missing property "task_id".',
      '3: Property taskid is not allowed.',
      '4: Incorrect type. Expected "number".',
      expect.stringMatching(/^5: String does not match the pattern/),
    ]);
  });

  it('underlines nothing in sound ones, and explains their keys', async () => {
    expect(await findingsIn('.eval_results/right.yaml', sound)).toEqual([]);
    const hover = await connection.sendRequest(HoverRequest.type, {
      textDocument: { uri: uriOf('.eval_results/right.yaml') },
      position: { line: 2, character: 6 },
    });
    expect(JSON.stringify(hover)).toContain('Id of the task');
  });

  it('underlines what is wrong in settings, and offers rules', async () => {
    const text = 'rules:\n  license-unknwon: "off"\nfailLevl: never\n';
    expect(await findingsIn('.validate-card.yaml', text)).toEqual([
      '2: Property license-unknwon is not allowed.',
      '3: Property failLevl is not allowed.',
    ]);
    const offered = await connection.sendRequest(CompletionRequest.type, {
      textDocument: { uri: uriOf('.validate-card.yaml') },
      position: { line: 1, character: 2 },
    });
    const items: readonly CompletionItem[] = Array.isArray(offered) ? offered : (offered?.items ?? []);
    expect(items.map(({ label }) => label)).toEqual(expect.arrayContaining(['license-unknown']));
  });

  it('obeys the comment at the top of a file', async () => {
    expect(await findingsIn('results.yaml', `${modeline}- value: 1\n`)).toEqual([
      '2: Missing property "dataset".',
    ]);
  });

  it('leaves other files alone', async () => {
    expect(await findingsIn('other.yaml', 'rules: {}\n')).toEqual([]);
  });
});
