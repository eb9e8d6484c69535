import type { Medium } from '../../src/media/medium.js';
import { widgetSrcInvalid } from '../../src/rules/widget-src-invalid.js';
import { untouched } from './cards.js';
import { type RuleCase, testRule } from './tester.js';

const PNG: Medium = { kind: 'image', format: 'PNG' };
const MP4: Medium = { kind: 'video', format: 'MP4' };

/** A card of one example, in which the file is or gives `medium`. */
function one(
  tag: string,
  file: string,
  medium: Medium,
  expected = false,
  gitattributes?: string,
): Omit<RuleCase, 'name'> {
  return {
    text: `---\npipeline_tag: ${tag}\nwidget:\n- src: ${file}${expected ? ' # expect: widget-src-invalid' : ''}\n---\n`,
    files: ['README.md', file],
    media: { [file]: medium },
    ...(gitattributes === undefined ? {} : { contents: { '.gitattributes': gitattributes } }),
    ...(expected ? { marks: [file] } : {}),
  };
}

testRule(widgetSrcInvalid, {
  bad: [
    {
      name: 'a damaged file',
      ...one(
        'image-classification',
        'a.png',
        { kind: 'damaged', format: 'PNG', fault: 'the file ends inside the chunk IDAT' },
        true,
      ),
      says: ['"a.png" (widget[0].src) is a damaged PNG file: the file ends inside the chunk IDAT.'],
    },
    {
      name: 'a web page',
      ...one('image-classification', 'a.jpg', { kind: 'unknown', looksLike: 'HTML' }, true),
      says: ['is HTML, not an image, recording or video.'],
    },
    {
      name: 'bytes that are nothing of what the name says',
      ...one('image-classification', 'a.jpg', { kind: 'unknown' }, true),
      says: ['does not begin as a JPEG file does.'],
    },
    {
      name: 'an image for a model that hears',
      ...one('automatic-speech-recognition', 'a.png', PNG, true),
      says: ['is an image (PNG); automatic-speech-recognition takes a recording or a video.'],
    },
    {
      name: 'an SVG drawing as input',
      ...one('image-classification', 'a.svg', { kind: 'unknown', looksLike: 'SVG' }, true),
    },
    {
      name: 'a name that says otherwise',
      ...one('image-classification', 'a.jpg', PNG, true),
      severity: 'info',
      says: ['is PNG, whatever its name says.'],
    },
    {
      name: 'an LFS pointer that Git does not know of',
      ...one(
        'image-classification',
        'a.png',
        { kind: 'lfs-pointer' },
        true,
        '*.bin filter=lfs diff=lfs merge=lfs -text\n',
      ),
      says: ['is a Git LFS pointer, but .gitattributes does not give the file to LFS'],
    },
    {
      name: 'a recording that came out as an image',
      text: '---\npipeline_tag: text-to-speech\nwidget:\n- text: a\n  output:\n    url: a.png # expect: widget-src-invalid\n---\n',
      files: ['README.md', 'a.png'],
      media: { 'a.png': PNG },
      marks: ['a.png'],
      says: ['text-to-speech gives a recording or a video'],
    },
  ],
  good: [
    ...untouched('widget'),
    { name: 'the right kind', ...one('image-classification', 'a.png', PNG) },
    { name: 'the sound of a video', ...one('automatic-speech-recognition', 'a.mp4', MP4) },
    { name: 'too large to read', ...one('image-classification', 'a.png', { kind: 'unread' }) },
    { name: 'a format not known here', ...one('image-classification', 'a.jxl', { kind: 'unknown' }) },
    {
      name: 'an LFS pointer',
      ...one('image-classification', 'a.png', { kind: 'lfs-pointer' }, false, '*.png filter=lfs\n'),
    },
    {
      name: 'an LFS pointer, by a pattern that is not read',
      ...one('image-classification', 'a.png', { kind: 'lfs-pointer' }, false, 'a?[abc]* filter=lfs\n'),
    },
    { name: 'no task', text: '---\nwidget:\n- src: a.png\n---\n', files: ['a.png'], media: { 'a.png': PNG } },
    { name: 'a file name that objects inherit', ...one('image-classification', 'constructor', PNG) },
    {
      name: 'an SVG drawing that came out',
      text: '---\npipeline_tag: text-to-image\nwidget:\n- text: a\n  output: {url: a.svg}\n---\n',
      files: ['a.svg'],
      media: { 'a.svg': { kind: 'unknown', looksLike: 'SVG' } },
    },
    {
      name: 'a percent sign in the path',
      text: '---\npipeline_tag: image-classification\nwidget:\n- src: a%20b.png\n- src: "%zz.png"\n---\n',
      files: ['a b.png', '%zz.png'],
      media: { 'a b.png': PNG, '%zz.png': PNG },
    },
  ],
});
