import { licenseLinkBroken } from '../../src/rules/license-link-broken.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const card = (value: string) => `---\nlicense_link: ${value} # expect: license-link-broken\n---\n`;

const bad = (name: string, value: string, says: string, files?: readonly string[], answer?: string) => ({
  name,
  text: card(value),
  marks: [value],
  says: [says],
  ...(files === undefined ? {} : { files }),
  ...(answer === undefined ? {} : { fixed: card(answer) }),
});

const good = (name: string, value: string, files?: readonly string[]) => ({
  name,
  text: `---\nlicense_link: ${value}\n---\n`,
  ...(files === undefined ? {} : { files }),
});

testRule(licenseLinkBroken, {
  bad: [
    bad('another file', 'LICENSE', 'Write "LICENSE.md".', ['LICENSE.md', 'README.md'], 'LICENSE.md'),
    bad('another case', 'License.txt', 'Write "LICENSE.txt".', ['LICENSE.txt', 'NOTICE'], 'LICENSE.txt'),
    bad('another case among several', 'license', 'Write', ['LICENSE', 'LICENSE-CODE'], 'LICENSE'),
    bad('several files', 'LICENSE.txt', 'Write one of "LICENSE", "LICENSE-CODE".', [
      'LICENSE',
      'LICENSE-CODE',
    ]),
    bad('no file', './LICENSE', 'Add the file', ['README.md']),
    bad('a file in a folder', 'docs/legal/LICENSE', 'is not in the repository', ['README.md']),
    bad('no scheme', 'coqui.ai/cpml', 'lacks "https://"', undefined, 'https://coqui.ai/cpml'),
    bad(
      'no scheme, files known',
      'www.example.com/a.html',
      'lacks',
      ['README.md'],
      'https://www.example.com/a.html',
    ),
    bad('an absolute path', '/home/jane/LICENSE', 'is a path on a disk', ['LICENSE']),
    bad('a Windows path', "'C:\\LICENSE'", 'is a path on a disk'),
    bad('a path out of the repository', '../LICENSE', 'is a path on a disk', ['LICENSE']),
    bad('another scheme', 'ftp://example.com/LICENSE', 'neither a URL nor a file'),
    bad('prose', 'see the LICENSE file', 'neither a URL nor a file', ['LICENSE']),
    bad('Markdown', '"[text](https://example.com)"', 'neither a URL nor a file'),
    bad('a broken URL', 'https://', 'not a valid URL'),
    bad('a link longer than any', 'a.'.repeat(1_000_000), 'too long for a link'),
    bad('a URL with more behind it', 'https://example.com and more', 'not a valid URL'),
  ],
  good: [
    ...untouched('license_link'),
    good('a file', 'LICENSE', ['LICENSE', 'README.md']),
    good('a file, files unknown', 'LICENSE'),
    good('a file with a space', 'LICENSE AGREEMENT.txt', ['LICENSE AGREEMENT.txt']),
    good('a file with an escaped space', 'LICENSE%20AGREEMENT.txt', ['LICENSE AGREEMENT.txt']),
    good('a file of this folder', './LICENSE', ['LICENSE']),
    good('a file with an anchor', 'LICENSE.md#terms', ['LICENSE.md']),
    good('a file that looks like a host', 'license.ai', ['license.ai']),
    good('a URL', 'https://huggingface.co/RLWRLD/RLDX-1-PT', ['README.md']),
    good('an old URL', 'http://www.example.com/license'),
  ],
});
