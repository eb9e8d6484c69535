import { replaceString } from '../card/scalar-edit.js';
import { preview } from '../preview.js';
import type { Finding, Rule, RuleContext } from './rule.js';

/** A page that shows a file of a repository, on GitHub or the Hub. */
const FILE_PAGE =
  /^(https:\/\/(?:www\.)?(github\.com|huggingface\.co)\/(?:datasets\/|spaces\/)?[\w.-]+\/[\w.-]+)\/blob\/([^?#]+)$/;

const IMAGE = /\.(?:png|jpe?g|gif|webp|svg|bmp|avif|ico)$/i;

export const thumbnailUnreachable: Rule = {
  id: 'thumbnail-unreachable',
  severity: 'warning',
  description: 'The thumbnail is the https address of an image.',
  why: 'The picture stands beside the link when someone shares the model. Other sites load it by its address, and show nothing when there is no image behind it.',
  source: 'hub-docs, model-cards.md (“url to a thumbnail used in social sharing”)',
  fixable: true,
  keys: ['thumbnail'],
  good: [{ text: '---\nthumbnail: https://example.org/thumbnail.png\n---\n' }],
  bad: [
    { text: '---\nthumbnail: url to a thumbnail\n---\n' },
    { text: '---\nthumbnail: logo.png\n---\n', files: ['README.md', 'model.onnx'] },
    { text: '---\nthumbnail: https://github.com/org/name/blob/main/logo.png\n---\n' },
  ],
  check(context) {
    const thumbnail = context.card.metadata?.thumbnail;
    if (typeof thumbnail !== 'string' || thumbnail.trim() === '') return;
    const found = judge(thumbnail.trim(), context);
    if (found === undefined) return;
    const { answer, ...finding } = found;
    const fix = answer && replaceString(context.card, ['thumbnail'], thumbnail, answer);
    context.report({ ...finding, path: ['thumbnail'], part: 'value', ...(fix ? { fix } : {}) });
  },
};

function judge(
  thumbnail: string,
  { files }: RuleContext,
): (Pick<Finding, 'message' | 'help'> & { readonly answer?: string }) | undefined {
  const help =
    'Write the https address of an image; for one in the repository, https://huggingface.co/OWNER/NAME/resolve/main/FILE.';
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(thumbnail)?.[1]?.toLowerCase();
  if (scheme === 'https' && !/\s/.test(thumbnail)) {
    const page = FILE_PAGE.exec(thumbnail);
    if (page === null || !IMAGE.test(page[3] ?? '')) return undefined;
    const [, repository = '', host, file = ''] = page;
    const answer = `${repository}/${host === 'github.com' ? 'raw' : 'resolve'}/${file}`;
    return {
      message: `${preview(thumbnail)} is a page that shows the image, not the image.`,
      help: `Write "${answer}".`,
      answer,
    };
  }
  if (scheme === 'http') {
    return {
      message: `${preview(thumbnail)} is not an https address, and pages served by https do not load it.`,
      help,
    };
  }
  if (scheme !== undefined || /\s/.test(thumbnail) || !IMAGE.test(thumbnail)) {
    return { message: `${preview(thumbnail)} is not the https address of an image.`, help };
  }
  const path = thumbnail.replace(/^\.?\//, '');
  if (files === null || files.some((file) => file.path === path)) return undefined;
  return { message: `The repository has no file ${preview(thumbnail)}.`, help };
}
