import type { Card } from '../card/card.js';
import type { JsonPath } from '../card/path.js';
import { replaceString } from '../card/scalar-edit.js';
import { readAddress } from '../media/address.js';
import { exampleFiles } from '../media/example-files.js';
import { label, preview } from '../preview.js';
import type { Finding, Rule } from './rule.js';
import { widgetExamples } from './shared/widget.js';

/** Hosts known to answer to https as they do to http; for others the author must look. */
const SECURE_HOST =
  /(?:^|\.)(?:huggingface\.co|hf\.co|github\.com|githubusercontent\.com|wikimedia\.org|wikipedia\.org)$/;

const HUB_HOST = /^(?:www\.)?(?:huggingface\.co|hf\.co)$/;

/** A file of a repository on the Hub, with the word that makes it a page instead of the file. */
const HUB_PAGE = /^(\s*https?:\/\/[^/]+\/(?:(?:datasets|spaces)\/)?[^/]+\/[^/]+)\/blob\//i;
const GITHUB_PAGE = /^(\s*https?:\/\/[^/]+\/[^/]+\/[^/]+)\/blob\//i;

export const widgetSrcAddress: Rule = {
  id: 'widget-src-address',
  severity: 'warning',
  description:
    'Files of widget examples are paths in the repository or public https addresses of the file itself.',
  why: 'Visitors of the model page and the inference service fetch the file. A path on one computer, a private address or the address of a page about the file shows them nothing, and no error tells the author.',
  source:
    'hub-docs models-widgets.md (src, output.url); the widgets’ outputValidation.ts (https only); RFC 6761 and RFC 6890 (local names and addresses)',
  fixable: true,
  keys: ['widget'],
  good: [
    {
      text: '---\nwidget:\n- src: samples/tiger.jpg\n- src: https://cdn-media.huggingface.co/speech_samples/sample1.flac\n---\n',
    },
    {
      text: '---\nwidget:\n- src: https://huggingface.co/datasets/mishig/sample_images/resolve/main/tiger.jpg\n---\n',
    },
  ],
  bad: [
    {
      text: '---\nwidget:\n- src: https://huggingface.co/datasets/mishig/sample_images/blob/main/tiger.jpg\n---\n',
    },
    { text: '---\nwidget:\n- src: /home/me/tiger.jpg\n---\n' },
    { text: '---\nwidget:\n- text: a tiger\n  output:\n    url: http://192.168.0.7/tiger.png\n---\n' },
  ],
  check(context) {
    const { card, report } = context;
    if (card.metadata?.widget === undefined) return;
    for (const { path, value } of widgetExamples(context)) {
      for (const file of exampleFiles(value)) {
        const found = judge(card, [...path, ...file.path], file.address);
        if (found !== undefined) report(found);
      }
    }
  },
};

function judge(card: Card, path: JsonPath, text: string): Finding | undefined {
  const at = { path, part: 'value' as const };
  const address = readAddress(text);
  // An address may hold a password, which has no place in a log.
  const shown = text.includes('@') ? '' : ` ${preview(text)}`;
  const named = `"${label(path)}"${shown}`;
  if (address.kind === 'file') return undefined;
  if (address.kind === 'unusable') {
    return { message: `${named} cannot be fetched. ${address.why}`, ...at, help: address.help };
  }
  const { url } = address;
  const host = url.hostname.replace(/\.$/, '');
  const better = (to: string, write: string, message: string): Finding => {
    const fix = replaceString(card, path, text, to);
    return {
      message,
      ...at,
      help: `${write}.`,
      ...(fix === undefined ? {} : { fix: { ...fix, title: write } }),
    };
  };
  const page = `${named} is the page about the file, not the file.`;
  if (HUB_HOST.test(host) && HUB_PAGE.test(text)) {
    return better(secure(text.replace(HUB_PAGE, '$1/resolve/')), 'Write /resolve/ instead of /blob/', page);
  }
  if (host === 'github.com' && GITHUB_PAGE.test(text) && !url.searchParams.has('raw')) {
    return better(secure(text.replace(GITHUB_PAGE, '$1/raw/')), 'Write /raw/ instead of /blob/', page);
  }
  if (url.protocol !== 'http:') return undefined;
  const message = `${named} is fetched without encryption, which browsers refuse on the Hub’s pages.`;
  return SECURE_HOST.test(host)
    ? better(secure(text), 'Write https: instead of http:', message)
    : {
        message,
        ...at,
        help: 'Write https: if the host answers to it, or put the file into the repository.',
      };
}

function secure(address: string): string {
  return address.replace(/^\s*http:/i, 'https:');
}
