import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkMetadata, type Judged } from '../../src/action/check.js';
import { parseInputs } from '../../src/action/inputs.js';
import { checkReportFiles } from '../../src/action/write-reports.js';
import { type Checkout, newCheckout } from './checkout.js';
import { actionMetadata } from './runner.js';

let checkout: Checkout;
beforeEach(async () => {
  checkout = await newCheckout();
  for (const folder of ['', 'workspace/', 'x/', 'y/'])
    await checkout.write(`${folder}README.md`, '---\nlicense: mit\n---\n');
});
afterEach(() => checkout.remove());

async function judged(format: string, targets: readonly string[]): Promise<readonly Judged[]> {
  const { inputs: defaults } = await actionMetadata();
  const inputs = parseInputs((name) => (name === 'format' ? format : (defaults[name]?.default ?? '')));
  const root = checkout.folder;
  const checked = await Promise.all(targets.map((target) => checkMetadata(target, { root, inputs })));
  return checked.flatMap((one) => (one.kind === 'judged' ? [one] : []));
}

it('each repository has report files of its own', async () => {
  const two = await judged('json=o/{repository}.json\nsarif=o/{repository}.sarif', ['.', 'x', 'y']);
  expect(two).toHaveLength(3);
  expect(() => checkReportFiles(two)).not.toThrow();
});

it('a folder called what the workspace itself stands under is refused', async () => {
  const two = await judged('json=o/{repository}.json', ['.', 'workspace']);
  expect(() => checkReportFiles(two)).toThrow(
    /^The reports of "\." and "workspace" would go to the same file/,
  );
});

it('a link from the report of one to that of another is refused', async () => {
  await checkout.write('o/x.json', '');
  await symlink('x.json', join(checkout.folder, 'o/y.json'), 'file');
  const two = await judged('json=o/{repository}.json', ['x', 'y']);
  expect(() => checkReportFiles(two)).toThrow(/^The reports of "x" and "y" would go to the same file/);
});
