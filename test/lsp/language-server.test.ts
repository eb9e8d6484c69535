import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ExecuteCommandRequest, ShutdownRequest } from 'vscode-languageserver-protocol/node';
import { parseCard } from '../../src/card/parse.js';
import { actionsAt, type Editor, type ModelFolder, modelFolder, startEditor } from './client.js';

const CARD =
  '---\nlicense: apache2\nlanguage: English\nlibrary_name: transformers\npipeline_tag: fill-mask\n---\n\n# Model\n';
const WHOLE = { start: { line: 0, character: 0 }, end: { line: 100, character: 0 } };

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function editor(...options: Parameters<typeof startEditor>): Promise<Editor> {
  const started = await startEditor(...options);
  open.push(async () => started.child.kill('SIGKILL'));
  return started;
}

async function folder(files: Readonly<Record<string, string>>): Promise<ModelFolder> {
  const made = await modelFolder(files);
  open.push(made.remove);
  return made;
}

const rules = (found: readonly { readonly code?: number | string }[]) => found.map(({ code }) => code);

describe('validate-card lsp', () => {
  it('says what it can, in positions that every editor knows', async () => {
    const { initialized, registrations, quit } = await editor();
    expect(initialized.serverInfo?.name).toBe('validate-model-card');
    expect(initialized.capabilities).toMatchObject({
      positionEncoding: 'utf-16',
      textDocumentSync: { openClose: true, change: 2 },
      hoverProvider: true,
      executeCommandProvider: { commands: ['validate-card.explain'] },
    });
    expect(await quit()).toBe(0);
    expect(registrations.map(({ method }) => method)).toEqual(['workspace/didChangeWatchedFiles']);
  });

  it('shows findings, explains, completes, and fixes what is found', async () => {
    const model = await folder({ 'README.md': CARD, 'config.json': '{}' });
    const { open, findings, hover, complete, ...rest } = await editor();
    const uri = model.uri('README.md');
    const document = await open(uri, CARD);
    const found = await findings(uri);
    expect(rules(found)).toEqual(expect.arrayContaining(['license-unknown', 'language-unknown']));
    const license = found.find(({ code }) => code === 'license-unknown');
    expect(license && document.getText(license.range)).toBe('apache2');

    expect(await hover(uri, { line: 1, character: 2 })).toMatch(/^`license`: one of/);
    expect(await hover(uri, { line: 1, character: 12 })).toMatch(/`license-unknown`: /);
    expect(await hover(uri, { line: 0, character: 1 })).toMatch(/^\*\*API on, widget /);
    expect(await hover(uri, { line: 7, character: 3 })).toBeUndefined();
    expect(await complete(uri, { line: 1, character: 12 })).toContain('apache-2.0');

    const server = { open, findings, hover, complete, ...rest };
    const actions = await actionsAt(server, document, WHOLE);
    const fixed = CARD.replace('apache2', 'apache-2.0');
    expect(actions.get('Write apache-2.0')).toBe(fixed);
    expect(actions.get('Fix all that has one right answer')).toBe(fixed.replace('English', 'en'));
    const silenced = actions.get(
      'Silence license-unknown here with a comment (the Hub goes on to reject it)',
    );
    expect(parseCard(silenced ?? '').metadata).toEqual(parseCard(CARD).metadata);
    expect([...(await actionsAt(server, document, WHOLE, ['source.fixAll'])).keys()]).toEqual([
      'Fix all that has one right answer',
    ]);
    expect([...(await actionsAt(server, document, WHOLE, ['refactor.extract'])).keys()]).toEqual([]);
    expect(await rest.quit()).toBe(0);
  });

  it('follows every keystroke, with CRLF and surrogates', async () => {
    const model = await folder({});
    const { open, change, findings, complete, quit } = await editor();
    const uri = model.uri('README.md');
    let document = await open(uri, '---\r\ntitle: 😀\r\nlicense: mit\r\nlanguage: en\r\n---\r\n');
    await findings(uri, ({ version }) => version === 1);
    const value = { start: { line: 2, character: 9 }, end: { line: 2, character: 12 } };
    document = await change(document, [
      { range: value, newText: 'apache2' },
      { range: { start: { line: 1, character: 9 }, end: { line: 1, character: 9 } }, newText: ' # 𝒳' },
    ]);
    const found = await findings(uri, ({ version }) => version === 2);
    const license = found.find(({ code }) => code === 'license-unknown');
    expect(license && document.getText(license.range)).toBe('apache2');
    // An answer is about the text as it is now, though its findings are not out yet.
    document = await change(document, [
      {
        range: { start: { line: 3, character: 12 }, end: { line: 3, character: 12 } },
        newText: '\r\npipeline_tag: ',
      },
    ]);
    expect(await complete(uri, { line: 4, character: 14 })).toContain('fill-mask');
    expect(await quit()).toBe(0);
  });

  it('keeps documents apart, and forgets what is closed', async () => {
    const one = await folder({});
    const other = await folder({});
    const { open, close, findings, quit } = await editor();
    await open(one.uri('README.md'), '---\nlicense: apache2\n---\n');
    await open(other.uri('README.md'), '---\nlicense: mit\nlanguage: English\n---\n');
    expect(rules(await findings(one.uri('README.md')))).toContain('license-unknown');
    expect(rules(await findings(other.uri('README.md')))).not.toContain('license-unknown');
    await close(one.uri('README.md'));
    await findings(one.uri('README.md'), ({ diagnostics }) => diagnostics.length === 0);
    expect(rules(await findings(other.uri('README.md')))).toContain('language-unknown');
    expect(await quit()).toBe(0);
  });

  it('reads what lies around the card, and notices when that changes', async () => {
    const text = '---\nlicense: other\nlicense_name: x\nlicense_link: LICENSE.txt\nlanguage: en\n---\n';
    const model = await folder({ 'README.md': text, 'config.json': '{}' });
    const { open, changedOnDisk, findings, quit } = await editor();
    const uri = model.uri('README.md');
    await open(uri, text);
    expect(rules(await findings(uri))).toContain('license-link-broken');
    await model.write('LICENSE.txt', 'do as you like');
    await changedOnDisk(model.uri('LICENSE.txt'));
    await findings(uri, ({ diagnostics }) => !rules(diagnostics).includes('license-link-broken'));
    expect(await quit()).toBe(0);
  });

  it('obeys the settings, also those that are not saved, and shows what is wrong with them', async () => {
    const settings = 'rules:\n  license-unknown: off\n';
    const model = await folder({ '.validate-card.yaml': settings });
    const { open, change, changedOnDisk, findings, complete, messages, quit } = await editor();
    const uri = model.uri('README.md');
    await open(uri, CARD);
    expect(rules(await findings(uri))).not.toContain('license-unknown');

    await model.write('.validate-card.yaml', 'rules:\n  licence-unknown: off\n');
    await changedOnDisk(model.uri('.validate-card.yaml'));
    await findings(uri, ({ diagnostics }) => rules(diagnostics).includes('license-unknown'));
    expect(messages).toEqual([expect.stringContaining('Did you mean license-unknown?')]);
    await changedOnDisk(model.uri('.validate-card.yaml'));

    const opened = await open(model.uri('.validate-card.yaml'), 'rules:\n  licence-unknown: off\n', 'yaml');
    expect(await findings(opened.uri)).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('Did you mean license-unknown?'),
        severity: 1,
      }),
    ]);
    const range = { start: { line: 1, character: 2 }, end: { line: 1, character: 17 } };
    await change(opened, [{ range, newText: 'license-unknown' }]);
    await findings(opened.uri, ({ diagnostics }) => diagnostics.length === 0);
    await findings(uri, ({ diagnostics }) => !rules(diagnostics).includes('license-unknown'));
    expect(await complete(opened.uri, { line: 1, character: 19 })).toEqual([
      'off',
      'info',
      'warning',
      'error',
    ]);
    expect(messages).toHaveLength(1);
    expect(await quit()).toBe(0);
  });

  it('runs no code that settings name, and says so', async () => {
    const model = await folder({
      '.validate-card.yaml': 'ruleModules: [./rules.mjs]\nrules:\n  license-unknown: off\n',
      'rules.mjs': 'throw new Error("This code ran.");\n',
    });
    const { open, findings, messages, quit } = await editor();
    await open(model.uri('README.md'), CARD);
    expect(rules(await findings(model.uri('README.md')))).not.toContain('license-unknown');
    expect(messages).toEqual([expect.stringMatching(/ruleModules/)]);
    expect(await quit()).toBe(0);
  });

  it('checks evaluation results beside a card that is not open', async () => {
    const model = await folder({ 'README.md': CARD });
    const { open, findings, complete, quit } = await editor();
    const uri = model.uri('.eval_results/a.yaml');
    await open(uri, '- dataset:\n    id: cais/hle\n    \n  value: "x"\n', 'yaml');
    const found = await findings(uri);
    expect(found.length).toBeGreaterThan(0);
    expect(rules(found)).not.toContain('license-unknown');
    expect(await complete(uri, { line: 2, character: 4 })).toContain('task_id');
    expect(await quit()).toBe(0);
  });

  it('leaves other Markdown alone', async () => {
    const model = await folder({ 'package.json': '{}' });
    const { open, findings, complete, hover, quit } = await editor();
    for (const [file, text] of [
      ['README.md', '# A library\n'],
      ['post.md', '---\ntitle: A post\ntags: [a]\n---\n'],
      ['notes.md', ''],
    ] as const) {
      await open(model.uri(file), text);
      expect(await findings(model.uri(file))).toEqual([]);
      expect(await hover(model.uri(file), { line: 0, character: 1 })).toBeUndefined();
    }
    expect(await complete(model.uri('notes.md'), { line: 0, character: 0 })).toEqual([]);
    expect(await complete(model.uri('post.md'), { line: 1, character: 0 })).toEqual([]);
    expect(await quit()).toBe(0);
  });

  it('helps with a document that was never saved', async () => {
    const { open, change, findings, complete, quit } = await editor();
    const document = await open('untitled:Untitled-1', '');
    expect(await complete(document.uri, { line: 0, character: 0 })).toEqual(['Model card metadata']);
    const start = { line: 0, character: 0 };
    await change(document, [
      { range: { start, end: start }, newText: '---\nlicense: apache2\nbase_model: a/b\n---\n' },
    ]);
    await findings(document.uri, ({ diagnostics }) => rules(diagnostics).includes('license-unknown'));
    expect(await quit()).toBe(0);
  });

  it('explains a rule', async () => {
    const { connection, messages, quit } = await editor();
    const page = await connection.sendRequest(ExecuteCommandRequest.type, {
      command: 'validate-card.explain',
      arguments: ['license-unknown'],
    });
    expect(page).toMatch(/^# license-unknown\n/);
    expect(messages).toEqual([expect.stringMatching(/^validate-card: license-unknown: /)]);
    await expect(
      connection.sendRequest(ExecuteCommandRequest.type, {
        command: 'validate-card.explain',
        arguments: [{ __proto__: null }],
      }),
    ).rejects.toThrow('There is no command');
    expect(await quit()).toBe(0);
  });

  it('survives hostile text and positions that are not there', async () => {
    const { open, findings, hover, complete, log, quit } = await editor();
    const texts = [
      '---\n&a [*a, *a]\n---\n',
      `---\n${'[{a: '.repeat(20_000)}\n---\n`,
      `---\n${'- '.repeat(20_000)}\n---\n`,
      '---\n__proto__: {toString: 1}\nconstructor: x\nlicense: toString\n---\n',
      '\ud83d---\n\udc00\0',
      `---\nlanguage:\n${'- xx_wrong\n'.repeat(50_000)}---\n`,
      `---\nlicense: mit\n---\n${'text\n'.repeat(500_000)}`,
    ];
    for (const [index, text] of texts.entries()) {
      const uri = `untitled:model-card-${index}.md`;
      await open(uri, text);
      await findings(uri);
      for (const position of [
        { line: 0, character: 0 },
        { line: 1, character: 30 },
        { line: 1e9, character: 1e9 },
      ]) {
        await hover(uri, position);
        await complete(uri, position);
      }
    }
    expect(await hover('untitled:not-open', { line: 0, character: 0 })).toBeUndefined();
    expect(log).toEqual([]);
    expect(await quit()).toBe(0);
  });

  it('gives plain edits to an editor without versions or snippets', async () => {
    const { connection, open, findings, quit } = await editor({ capabilities: {} });
    const { uri } = await open('untitled:a', '---\nlicense: apache2\nbase_model: a/b\n---\n');
    await findings(uri);
    const actions: unknown = await connection.sendRequest('textDocument/codeAction', {
      textDocument: { uri },
      range: WHOLE,
      context: { diagnostics: [], only: ['quickfix'] },
    });
    expect(actions).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          title: 'Write apache-2.0',
          edit: { changes: { [uri]: [expect.anything()] } },
        }),
      ]),
    );
    expect(await quit()).toBe(0);
  });
});

describe('the end', () => {
  it('without a shutdown is a failure', async () => {
    const { child, exited } = await editor();
    child.stdin.end();
    expect(await exited).toBe(1);
  });

  it('comes with the end of the input after a shutdown', async () => {
    const { connection, child, exited } = await editor();
    await connection.sendRequest(ShutdownRequest.type);
    child.stdin.end();
    expect(await exited).toBe(0);
  });

  it('comes when the editor dies, though its pipes stay open', async () => {
    // The process id of an editor that is gone: a child that has ended and was waited for.
    const dead = await editor();
    dead.child.kill('SIGKILL');
    await dead.exited;
    const { exited } = await editor({ processId: dead.child.pid ?? 0 });
    const code = await Promise.race([exited, sleep(60_000, 'still running')]);
    expect(code).toBe(1);
  });

  it.skipIf(process.platform === 'win32')('comes when the process is asked to end', async () => {
    const { child, exited } = await editor();
    child.kill('SIGTERM');
    expect(await exited).toBe(3);
  });
});
