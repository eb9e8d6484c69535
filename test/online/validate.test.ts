import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import schema from '../../schemas/report.schema.json' with { type: 'json' };
import { forgetAnswers } from '../../src/online/cache.js';
import { openRepo } from '../../src/repo/open.js';
import { formatReport } from '../../src/report/index.js';
import { type ValidateOptions, validateRepo } from '../../src/validate.js';
import { type HubServer, startHub } from '../hub-server/hub-server.js';
import { WITHOUT_TENSORS } from '../safetensors/without-tensors.js';

const TOKEN = 'hf_reader';
const CARD = `---
license: mit
language: en
library_name: transformers
pipeline_tag: fill-mask
base_model: org/nowhere
datasets: org/no-data
---

# Model

A model for tests of what only the Hub knows.
`;

let hub: HubServer;
let folder: string;

beforeEach(async () => {
  forgetAnswers();
  folder = await mkdtemp(join(tmpdir(), 'validate-card-online-'));
  await writeFile(join(folder, 'README.md'), CARD);
  hub = await startHub({
    models: {
      'org/model': {
        files: { 'README.md': CARD, 'model.safetensors': WITHOUT_TENSORS },
        pipelineTag: 'text-generation',
        libraryName: 'transformers',
        info: { cardData: { pipeline_tag: 'fill-mask', library_name: 'transformers' } },
        inferenceProviderMapping: [{ provider: 'together', status: 'live', task: 'fill-mask' }],
      },
    },
    tokens: { [TOKEN]: { name: 'reader', role: 'read' } },
  });
});

afterEach(async () => {
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

const access = (token: string | undefined = TOKEN) => ({
  hub: { endpoint: hub.endpoint, ...(token === undefined ? {} : { token }) },
});

async function onlineIn(target: string, options: ValidateOptions) {
  const report = await validateRepo(target, { ...access(), ...options });
  return report.diagnostics.filter(({ online }) => online).map(({ rule }) => rule);
}

const aboutModels = () => hub.requests.filter(({ path }) => path.includes('expand[]'));

describe('what only the Hub knows', () => {
  it('is asked for a model on the Hub', async () => {
    expect(await onlineIn('org/model', {})).toEqual([
      'pipeline-tag-contradicts-hub',
      'base-model-not-found',
      'dataset-not-found',
    ]);
  });

  it('is not asked for a folder', async () => {
    expect(await onlineIn(folder, {})).toEqual([]);
    expect(await onlineIn(folder, { online: false })).toEqual([]);
    expect(hub.requests).toEqual([]);
  });

  it('is not asked for a repository that somebody opened, unless told so', async () => {
    const repo = await openRepo('org/model', access());
    const before = hub.requests.length;
    const silent = await validateRepo(repo, access());
    expect(silent.diagnostics.some(({ online }) => online)).toBe(false);
    expect(silent.support.online).toBeUndefined();
    expect(hub.requests.slice(before).some(({ path }) => path.includes('expand[]'))).toBe(false);
    const told = await validateRepo(repo, { ...access(), online: { budget: 1 } });
    expect(told.support.online?.task).toBe('text-generation');
    expect(told.diagnostics.some(({ rule }) => rule === 'hub-not-asked')).toBe(true);
  });

  it('is asked for a folder when told so', async () => {
    expect(await onlineIn(folder, { online: true })).toEqual(['base-model-not-found', 'dataset-not-found']);
  });

  it('is not asked when offline, or told not to', async () => {
    expect(await onlineIn(folder, { online: true, offline: true })).toEqual([]);
    expect(await onlineIn('org/model', { online: false })).toEqual([]);
    expect(aboutModels()).toEqual([]);
  });

  it('says nothing of what a stranger may not know', async () => {
    const report = await validateRepo(folder, { hub: { endpoint: hub.endpoint }, online: true });
    expect(report.diagnostics.filter(({ online }) => online)).toEqual([]);
    expect(aboutModels()).toHaveLength(2);
  });

  it('leaves one note, and no failure, where the Hub does not answer', async () => {
    hub.fault({ path: 'expand[]', answer: { status: 500 }, times: 100 });
    const report = await validateRepo('org/model', access());
    const notes = report.diagnostics.filter(({ online }) => online);
    expect(notes).toMatchObject([{ rule: 'hub-not-asked', severity: 'info', hub: null, file: 'README.md' }]);
    expect(notes[0]?.message).toContain('The Hub answered with status 500. So 3 questions have no answer.');
    expect(report.summary.publishable).toBe(true);
    expect(report.support.online).toBeUndefined();
  });

  it('is judged as the settings say, and can be silenced', async () => {
    const config = { rules: { 'base-model-not-found': 'error', 'dataset-not-found': 'off' } } as const;
    const report = await validateRepo(folder, { ...access(), online: true, config });
    expect(report.diagnostics.filter(({ online }) => online)).toMatchObject([
      { rule: 'base-model-not-found', severity: 'error' },
    ]);
    const line = 'base_model: org/nowhere\n';
    const comment = `# validate-card-disable-next-line base-model-not-found -- not public yet\n`;
    await writeFile(join(folder, 'README.md'), CARD.replace(line, comment + line));
    const silenced = await validateRepo(folder, { ...access(), online: true });
    expect(silenced.silenced).toMatchObject([{ rule: 'base-model-not-found', online: true }]);
    // Without an answer nobody knows whether the comment is needed.
    const offline = await validateRepo(folder, access());
    expect(offline.diagnostics.map(({ rule }) => rule)).not.toContain('silence-comment');
  });

  it('tells what the page shows today, in every format', async () => {
    const report = await validateRepo('org/model', access());
    expect(report.support.online).toEqual({
      task: 'text-generation',
      library: 'transformers',
      providers: [{ name: 'together', status: 'live', task: 'fill-mask' }],
      widget: { state: 'live', explanation: 'together serves the model, so the page has a live widget.' },
    });
    const validate = new Ajv2020({ strict: false }).compile(schema);
    validate(JSON.parse(formatReport(report, 'json')));
    expect(validate.errors).toBeNull();
    const pretty = formatReport(report, 'pretty', { width: 200 });
    expect(pretty).toContain('README.md:6:13 (asked the Hub)');
    expect(pretty).toMatch(/today +✔ live · together serves the model/);
    expect(pretty).toContain('The Hub has the task text-generation on the page.');
    const page = formatReport(report, 'html');
    expect(page).toContain('<span class="chip">asked the Hub</span>');
    expect(page).toContain('Today on the Hub');
    expect(page).toContain('together serves the model');
    const markdown = formatReport(report, 'markdown');
    expect(markdown).toContain('| Today on the Hub | **live** | together serves the model');
    expect(markdown).toContain('base-model-not-found<br>(asked the Hub)');
    expect(formatReport(report, 'github')).toContain('title=base-model-not-found (asked the Hub)');
    expect(formatReport(report, 'sarif')).toContain('"online": true');
  });
});
