import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { patchOf, suggestionOf } from '../../src/action/fixes.js';
import { type Checkout, newCheckout } from './checkout.js';

let checkout: Checkout;
beforeEach(async () => {
  checkout = await newCheckout();
});
afterEach(() => checkout.remove());

it.each([
  'README.md',
  'models/with space/README.md',
  'mod\u00e8les/\u6a21\u578b/README.md',
  ...(process.platform === 'win32'
    ? []
    : ['tab\there/"quoted"\\name.md', 'line\nbreak.md', 'a\n+++ b/other.md']),
])('a patch of %j is what git applies', async (path) => {
  const files = { [path]: ['one\ntwo\r\nthree', 'one\n2\r\nthree\n'], 'z.md': ['', 'new\n'] } as const;
  for (const [name, [before = '']] of Object.entries(files)) await checkout.write(name, before);
  const changes = Object.entries(files).map(([name, [before = '', after = '']]) => ({
    path: name,
    before,
    after,
  }));
  await checkout.write('fixes.patch', patchOf(changes));
  execFileSync('git', ['-c', 'core.autocrlf=false', 'apply', '--whitespace=nowarn', 'fixes.patch'], {
    cwd: checkout.folder,
  });
  for (const { path: name, after } of changes) {
    expect(readFileSync(join(checkout.folder, name), 'utf8')).toBe(after);
  }
});

it('a patch of nothing is empty', () => {
  expect(patchOf([])).toBe('');
  expect(suggestionOf([])).toBe('');
});

it('a suggestion stays in its block, shows no credential, and is cut', () => {
  const token = `hf_${'QwErTyUiOpAsDfGhJkLzXcVbNmPoIuYtRe'}`;
  const change = {
    path: 'a|<b>.md',
    before: `\`\`\`\nlicense: x # ${token}\n</details>\n`,
    after: `\`\`\`\nlicense: mit # ${token}\n</details>\n`,
  };
  const text = suggestionOf([change]);
  expect(text).not.toContain(token);
  expect(text).toContain('\n````diff\n');
  expect(text).toContain('-license: x');
  expect(text).toContain('+license: mit');
  expect(text).toContain('<code>a&#124;&#60;b&#62;.md</code>');
  const many = suggestionOf(Array.from({ length: 2000 }, () => change));
  expect(Buffer.byteLength(many)).toBeLessThan(31_000);
  expect(many).toMatch(/\n\d+ more not shown\.\n$/);
});
