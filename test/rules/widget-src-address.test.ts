import { describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { runRules } from '../../src/lint.js';
import { widgetSrcAddress } from '../../src/rules/widget-src-address.js';
import { widgetSrcMissing } from '../../src/rules/widget-src-missing.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const HUB = 'https://huggingface.co/datasets/mishig/sample_images';
const card = (src: string, rest = '') => `---\nwidget:\n- src: ${src}${rest}\n---\n`;

testRule(widgetSrcAddress, {
  bad: [
    {
      name: 'the page of a file on the Hub',
      text: card(`${HUB}/blob/main/tiger.jpg # expect: widget-src-address`),
      marks: [`${HUB}/blob/main/tiger.jpg`],
      says: ['is the page about the file, not the file.'],
      fixed: card(`${HUB}/resolve/main/tiger.jpg # expect: widget-src-address`),
    },
    {
      name: 'an owner whose name is blob',
      text: card('"http://hf.co/blob/x/blob/main/a.png" # expect: widget-src-address'),
      marks: ['"http://hf.co/blob/x/blob/main/a.png"'],
      fixed: card('"https://hf.co/blob/x/resolve/main/a.png" # expect: widget-src-address'),
    },
    {
      name: 'the page of a file on GitHub',
      text: card('https://github.com/o/r/blob/main/a.png # expect: widget-src-address'),
      marks: ['https://github.com/o/r/blob/main/a.png'],
      fixed: card('https://github.com/o/r/raw/main/a.png # expect: widget-src-address'),
    },
    {
      name: 'http, on a host that is known to speak https and on another',
      text: card(
        'http://huggingface.co/a/b/resolve/main/a.png # expect: widget-src-address',
        '\n- src: http://images.cocodataset.org/a.jpg # expect: widget-src-address',
      ),
      marks: ['http://huggingface.co/a/b/resolve/main/a.png', 'http://images.cocodataset.org/a.jpg'],
      fixed: card(
        'https://huggingface.co/a/b/resolve/main/a.png # expect: widget-src-address',
        '\n- src: http://images.cocodataset.org/a.jpg # expect: widget-src-address',
      ),
    },
    {
      name: 'a password is not repeated',
      text: card('https://me:hunter2@host.org/a.png # expect: widget-src-address'),
      marks: ['https://me:hunter2@host.org/a.png'],
      says: ['"widget[0].src" cannot be fetched. It holds a user name or a password'],
    },
    {
      name: 'an output, alone and in a list, and the other keys of files',
      text: '---\nwidget:\n- mask: /tmp/m.png # expect: widget-src-address\n  output:\n    url: C:\\a.png # expect: widget-src-address\n- output:\n  - url: ../a.png # expect: widget-src-address\n---\n',
      marks: ['/tmp/m.png', 'C:\\a.png', '../a.png'],
      says: ['It begins with a slash.', 'It is a path on one computer.', 'It leads out of the repository.'],
    },
  ],
  good: [
    ...untouched('widget'),
    { name: 'paths', text: card('a.png', '\n- src: a/b c.png\n- src: ./a.png\n- src: "näme.png"') },
    {
      name: 'addresses',
      text: card(
        'https://cdn-media.huggingface.co/speech_samples/sample1.flac',
        `\n- src: ${HUB}/resolve/main/blob/tiger.jpg\n- src: https://datasets-server.huggingface.co/assets/x/--/default/train/0/image/image.jpg\n- src: https://github.com/o/r/blob/main/a.png?raw=true\n- src: https://8.8.8.8/a.png`,
      ),
    },
    { name: 'no text', text: card('1', '\n- src:\n- src: ""\n- src: [a]\n- output: /tmp') },
  ],
});

describe('widget-src-address', () => {
  it.each([
    'file:///home/me/a.png',
    'data:image/png;base64,AAAA',
    'javascript:alert(1)',
    'ftp://host.org/a.png',
    'hf://datasets/a/b.png',
    '//host.org/a.png',
    '~/a.png',
    'a\\b.png',
    'https://',
    'https://localhost/a.png',
    'https://LOCALHOST./a.png',
    'https://printer.local/a.png',
    'https://intranet/a.png',
    'https://metadata.google.internal/a',
    'https://127.0.0.1/a.png',
    'https://127.1/a.png',
    'https://2130706433/a.png',
    'https://0x7f.0.0.1/a.png',
    'https://0177.0.0.1/a.png',
    'https://10.1.2.3/a.png',
    'https://172.31.0.1/a.png',
    'https://192.168.1.1/a.png',
    'https://100.64.0.1/a.png',
    'http://169.254.169.254/latest/meta-data',
    'https://0.0.0.0/a.png',
    'https://[::1]/a.png',
    'https://[::]/a.png',
    'https://[fe80::1]/a.png',
    'https://[fd00::1]/a.png',
    'https://[::ffff:127.0.0.1]/a.png',
    'https://[64:ff9b::a00:1]/a.png',
    'https://example.org/a.png',
    'https://my.test/a.png',
  ])('refuses %s', (src) => {
    const found = runRules([widgetSrcAddress], parseCard(card(JSON.stringify(src))));
    expect(found.map(({ message }) => message)).toEqual([expect.stringContaining('cannot be fetched.')]);
  });

  it.each([
    'https://172.32.0.1/a.png',
    'https://[2606:4700::1111]/a.png',
    'https://[::ffff:8.8.8.8]/a.png',
    'https://localhost.run/a.png',
    'https://xn--bcher-kva.de/a.png',
  ])('takes %s', (src) => {
    expect(runRules([widgetSrcAddress], parseCard(card(JSON.stringify(src))))).toEqual([]);
  });

  it.each(['a.', 'https://host.org/a', 'https://a/', '@'])('refuses ten million characters of %s', (part) => {
    const src = part.repeat(10_000_000 / part.length);
    const start = performance.now();
    const found = runRules([widgetSrcAddress, widgetSrcMissing], parseCard(card(`"${src}"`)), { files: [] });
    expect(found.map(({ message }) => message)).toEqual([
      expect.stringContaining('No address is that long.'),
    ]);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
