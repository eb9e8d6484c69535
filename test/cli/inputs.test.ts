import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readInputs } from '../../src/cli/inputs.js';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
);
const PICTURE = `data:application/octet-stream;base64,${PNG.toString('base64')}`;
const REQUEST = '{"inputs": {"image": "@dot.png", "question": "@home?"}}';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'validate-card-inputs-'));
  await writeFile(join(folder, 'dot.png'), PNG);
  await writeFile(join(folder, 'words.txt'), '@home I read');
  await writeFile(join(folder, 'request.json'), REQUEST);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each([
  ['hello', 'hello'],
  ['[MASK] is a town', '[MASK] is a town'],
  ['{"inputs": "hello"}', { inputs: 'hello' }],
  ['@words.txt', '@home I read'],
  ['@dot.png', { inputs: PICTURE }],
  ['{"image": "@dot.png"}', { image: PICTURE }],
  [REQUEST, { inputs: { image: PICTURE, question: '@home?' } }],
  ['@request.json', { inputs: { image: PICTURE, question: '@home?' } }],
])('reads %s', async (value, input) => {
  expect(await readInputs([value], folder)).toEqual([input]);
});

it('names the file that is not there, also in JSON', async () => {
  await expect(readInputs(['{"image": "@nope.png"}'], folder)).rejects.toThrow(
    '--input @nope.png: there is no such file.',
  );
});
