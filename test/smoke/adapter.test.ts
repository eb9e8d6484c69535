import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFolder } from '../../src/repo/local.js';
import { planSmokeTest, smokeTest } from '../../src/smoke/smoke.js';
import { type ReferenceModel, referenceModels, safetensorsOf } from '../architectures/reference-models.js';
import { fixturePath } from './fixture.js';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const [model] = referenceModels('lora') as readonly (ReferenceModel & {
  readonly adapter: Readonly<Record<string, unknown>>;
})[];
if (model === undefined) throw new Error('no model');
const { adapter, config } = model;
/** The tensors with the words of the fixture, the base model’s and the adapter’s. */
const sized = Object.entries(model.tensors).map(
  ([name, [rows = 0, ...more]]) =>
    [name, [rows === 24 && /embed|lm_head/.test(name) ? 320 : rows, ...more]] as const,
);
const of = (own: boolean) =>
  Object.fromEntries(sized.filter(([name]) => name.startsWith('base_model.') === own));

let folder: string;
let cache: string | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'validate-card-adapter-'));
  cache = process.env.HF_HUB_CACHE;
  process.env.HF_HUB_CACHE = join(folder, 'cache');
});
afterEach(() => {
  if (cache === undefined) delete process.env.HF_HUB_CACHE;
  else process.env.HF_HUB_CACHE = cache;
  rmSync(folder, { recursive: true, force: true });
});

/** Writes the repository of the adapter. */
function writeAdapter(change: Readonly<Record<string, unknown>> = {}, numbers = 7): string {
  const root = join(folder, 'adapter');
  cpSync(fixturePath('text-generation'), root, { recursive: true });
  rmSync(join(root, 'onnx'), { recursive: true });
  for (const name of ['config.json', 'generation_config.json']) rmSync(join(root, name), { force: true });
  writeFileSync(join(root, 'adapter_config.json'), JSON.stringify({ ...adapter, ...change }));
  const file = safetensorsOf({ tensors: of(true), dtype: 'F32', seed: numbers });
  writeFileSync(join(root, 'adapter_model.safetensors'), file);
  return root;
}

/** Writes the base model into a folder. */
function writeBase(root: string): string {
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'config.json'), JSON.stringify({ ...config, vocab_size: 320, eos_token_id: 0 }));
  writeFileSync(
    join(root, 'model.safetensors'),
    safetensorsOf({ tensors: of(false), dtype: 'F32', seed: model?.seed ?? 0 }),
  );
  return root;
}

/** Puts the base model into the cache, as the Hub’s clients do: links to blobs. */
function cacheBase(id = 'org/base'): void {
  const root = join(folder, 'cache', `models--${id.replace('/', '--')}`);
  const snapshot = join(root, 'snapshots', COMMIT);
  mkdirSync(snapshot, { recursive: true });
  mkdirSync(join(root, 'refs'));
  writeFileSync(join(root, 'refs', 'main'), COMMIT);
  const blobs = writeBase(join(root, 'blobs'));
  for (const name of readdirSync(blobs)) symlinkSync(join('..', '..', 'blobs', name), join(snapshot, name));
}

async function smoke(root: string, inputs = ['Once upon a time']) {
  return smokeTest(await openFolder(root, { kind: 'folder', path: root }), { device: 'cpu', inputs });
}

function written({ cases }: Awaited<ReturnType<typeof smoke>>): string | undefined {
  return (cases[0]?.output as readonly { generated_text: string }[] | undefined)?.[0]?.generated_text;
}

describe('a repository with a LoRA adapter', () => {
  it('runs with the base model from the cache of the Hub’s clients', async () => {
    cacheBase();
    const report = await smoke(writeAdapter());
    expect(report).toMatchObject({ status: 'passed', runner: 'safetensors', device: 'cpu' });
    expect(report.files.map(({ path }) => path)).toContain('adapter_model.safetensors');
    expect(report.checks.find(({ id }) => id === 'weights')?.message).toContain(
      'The 8 tensors of adapter_model.safetensors are an adapter of "org/base", a LlamaForCausalLM.',
    );
    expect(written(report)?.length).toBeGreaterThan('Once upon a time'.length);
    rmSync(join(folder, 'adapter'), { recursive: true });
    // Other numbers in the adapter make another text.
    expect(written(await smoke(writeAdapter({ lora_alpha: 64 }, 8)))).not.toBe(written(report));
  });

  it('is planned with what both take', async () => {
    cacheBase();
    const root = writeAdapter();
    const plan = await planSmokeTest(await openFolder(root, { kind: 'folder', path: root }), {
      device: 'cpu',
    });
    const tensors = Object.keys(model.tensors).length;
    expect(plan).toMatchObject({
      status: 'runs',
      variants: [{ built: { className: 'LlamaForCausalLM', modelType: 'llama', tensors } }],
    });
    expect(plan.variants[0]?.built?.unchecked).toContain(
      'Whether the numbers of the base model "org/base" are finite: only those of the adapter are looked at.',
    );
  });

  it('runs with a base model in a folder of its own, and the same text', async () => {
    cacheBase();
    const cached = written(await smoke(writeAdapter()));
    const root = writeAdapter({ base_model_name_or_path: './base' });
    writeBase(join(root, 'base'));
    const report = await smoke(root);
    expect(report).toMatchObject({ status: 'passed', runner: 'safetensors' });
    expect(written(report)).toBe(cached);
  });

  it.each([
    [
      {},
      'The base model org/base is not on this machine. Download it with `hf download org/base` to have the adapter run. Or publish the merged model, made with `merge_and_unload`, to have it run without.',
    ],
    [
      { revision: 'v2' },
      /^The base model org\/base is not on this machine\. Download it with `hf download org\/base --revision v2`/,
    ],
    [
      { base_model_name_or_path: '/etc' },
      /^The base model "\/etc" is no folder of the repository and no model on the Hub\./,
    ],
    [
      { base_model_name_or_path: '../../secret' },
      /^The base model "\.\.\/\.\.\/secret" is no folder of the repository and no model on the Hub\./,
    ],
    [
      { use_dora: true },
      /^The adapter cannot be added to its base model here: use_dora is true in adapter_config\.json\./,
    ],
    [{ peft_type: 'IA3' }, /^The adapter cannot be added to its base model here: peft_type is "IA3"/],
  ] as const)('is skipped with what would make it run: %o', async (change, wanted) => {
    const report = await smoke(writeAdapter(change));
    expect(report).toMatchObject({ status: 'skipped', stage: 'plan' });
    if (typeof wanted === 'string') expect(report.reason).toBe(wanted);
    else expect(report.reason).toMatch(wanted);
  });

  it('is skipped where a part of the base model is missing, or the tokenizer', async () => {
    cacheBase();
    const root = writeAdapter();
    for (const name of readdirSync(root).filter((one) => /^(?:tokenizer|vocab|merges)/.test(one)))
      rmSync(join(root, name));
    expect(await smoke(root)).toMatchObject({ status: 'skipped', stage: 'plan' });
    rmSync(join(folder, 'cache', 'models--org--base', 'blobs', 'model.safetensors'));
    expect((await smoke(writeAdapter())).reason).toBe(
      'The base model "org/base" is here, but without weights that can be read. Download it again to have the adapter run.',
    );
  });

  it('fails where the adapter does not fit the base model, or is none', async () => {
    cacheBase();
    expect(await smoke(writeAdapter({ r: 4 }))).toMatchObject({
      status: 'failed',
      stage: 'plan',
      reason: expect.stringMatching(
        /^The adapter in adapter_model\.safetensors does not fit its base model "org\/base": the tensor model\.layers\.0\.self_attn\.q_proj\.lora_A\.weight has the shape/,
      ),
    });
    rmSync(join(folder, 'adapter', 'adapter_model.safetensors'));
    expect((await smoke(join(folder, 'adapter'))).reason).toBe(
      'There is adapter_config.json, but no adapter_model.safetensors. Upload the weights of the adapter, too.',
    );
  });
});
