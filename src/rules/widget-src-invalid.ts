import { readAddress, spellings } from '../media/address.js';
import { exampleFiles } from '../media/example-files.js';
import type { Medium } from '../media/medium.js';
import { label, preview } from '../preview.js';
import type { MediaKind } from '../tasks/widget-examples.js';
import type { Finding, Rule, RuleContext } from './rule.js';
import { widgetExamples, widgetTask } from './shared/widget.js';

const NOUNS: Readonly<Record<MediaKind, string>> = {
  image: 'an image',
  audio: 'a recording',
  video: 'a video',
};

/** What a name promises, where one of the formats that are read is meant by it. */
const BY_EXTENSION: ReadonlyMap<string, readonly string[]> = new Map([
  ['png', ['PNG']],
  ['jpg', ['JPEG']],
  ['jpeg', ['JPEG']],
  ['gif', ['GIF']],
  ['webp', ['WebP']],
  ['bmp', ['BMP']],
  ['tif', ['TIFF']],
  ['tiff', ['TIFF']],
  ['avif', ['AVIF', 'HEIF']],
  ['wav', ['WAV']],
  ['flac', ['FLAC', 'Ogg']],
  ['mp3', ['MP3']],
  ['ogg', ['Ogg', 'Opus']],
  ['oga', ['Ogg', 'Opus']],
  ['opus', ['Ogg', 'Opus']],
  ['m4a', ['M4A', 'MP4', 'QuickTime']],
  ['mp4', ['MP4', 'M4A', 'QuickTime']],
  ['mov', ['QuickTime', 'MP4']],
  ['webm', ['WebM', 'Matroska']],
  ['mkv', ['Matroska', 'WebM']],
]);

export const widgetSrcInvalid: Rule = {
  id: 'widget-src-invalid',
  severity: 'warning',
  description: 'Files of widget examples are whole, and of the kind that the task takes.',
  why: 'A picture that was cut off on its way, a web page saved in its place or a recording for an image model is noticed by visitors only.',
  source: 'The specifications of the formats; hub-docs models-widgets-examples.md for what each task takes',
  fixable: false,
  keys: ['widget'],
  good: [
    {
      text: '---\npipeline_tag: image-classification\nwidget:\n- src: tiger.jpg\n---\n',
      files: ['README.md', 'tiger.jpg'],
      media: { 'tiger.jpg': { kind: 'image', format: 'JPEG' } },
    },
  ],
  bad: [
    {
      text: '---\npipeline_tag: image-classification\nwidget:\n- src: tiger.png\n---\n',
      files: ['README.md', 'tiger.png'],
      media: {
        'tiger.png': { kind: 'damaged', format: 'PNG', fault: 'the file ends inside the chunk IDAT' },
      },
    },
    {
      text: '---\npipeline_tag: image-classification\nwidget:\n- src: tiger.jpg\n---\n',
      files: ['README.md', 'tiger.jpg'],
      media: { 'tiger.jpg': { kind: 'unknown', looksLike: 'HTML' } },
    },
    {
      text: '---\npipeline_tag: automatic-speech-recognition\nwidget:\n- src: cover.png\n---\n',
      files: ['README.md', 'cover.png'],
      media: { 'cover.png': { kind: 'image', format: 'PNG' } },
    },
  ],
  check(context) {
    const { card, media, report } = context;
    if (media.size === 0 || card.metadata?.widget === undefined) return;
    for (const { path, value } of widgetExamples(context)) {
      for (const { path: inner, address, use } of exampleFiles(value)) {
        const read = readAddress(address);
        if (read.kind !== 'file') continue;
        const file = spellings(read.path).find((spelling) => media.has(spelling));
        const medium = file === undefined ? undefined : media.get(file);
        if (file === undefined || medium === undefined) continue;
        const fault = faultOf(context, file, medium, use);
        if (fault === undefined) continue;
        const where = [...path, ...inner];
        report({
          ...fault,
          message: `${preview(file)} (${label(where)}) ${fault.message}`,
          path: where,
          part: 'value',
        });
      }
    }
  },
};

/** What is wrong with the file, as the rest of a sentence that begins with its name. */
function faultOf(
  context: RuleContext,
  file: string,
  medium: Medium,
  use: 'input' | 'output',
): Pick<Finding, 'message' | 'help' | 'severity'> | undefined {
  const promised = BY_EXTENSION.get(extensionOf(file));
  switch (medium.kind) {
    case 'unread':
      return undefined;
    case 'damaged':
      return {
        message: `is a damaged ${medium.format} file: ${medium.fault}.`,
        help: 'Upload the file again from its original.',
      };
    case 'lfs-pointer':
      return isInLfs(context.gitAttributes, file)
        ? undefined
        : {
            message:
              'is a Git LFS pointer, but .gitattributes does not give the file to LFS, so the pointer itself is served.',
            help: 'Run `git lfs track` for it, or commit the file itself.',
          };
    case 'unknown':
      return unknownFault(medium.looksLike, promised?.[0], use);
  }
  const wanted = wantedKinds(context, use);
  if (wanted !== undefined && !wanted.kinds.includes(medium.kind)) {
    const nouns = wanted.kinds.map((kind) => NOUNS[kind]).join(' or ');
    return {
      message: `is ${NOUNS[medium.kind]} (${medium.format}); ${use === 'input' ? `${wanted.tag} takes` : `${wanted.tag} gives`} ${nouns}.`,
      help: 'Name another file, or correct pipeline_tag if the task is another.',
    };
  }
  if (promised === undefined || promised.includes(medium.format)) return undefined;
  return {
    message: `is ${medium.format}, whatever its name says.`,
    severity: 'info',
    help: 'Rename the file: some programs go by the name.',
  };
}

/** Formats that are not read here are not judged, unless the name says that it is one of those that are. */
function unknownFault(
  looksLike: string | undefined,
  promised: string | undefined,
  use: 'input' | 'output',
): Pick<Finding, 'message' | 'help'> | undefined {
  const help = 'Upload the file again from its original.';
  if (looksLike === undefined) {
    return promised === undefined
      ? undefined
      : { message: `does not begin as a ${promised} file does.`, help };
  }
  // A browser shows it; a model cannot read it.
  if (looksLike === 'SVG' && use === 'output') return undefined;
  if (looksLike === 'SVG')
    return { message: 'is an SVG drawing, which models do not take.', help: 'Save it as PNG.' };
  return { message: `is ${looksLike}, not an image, recording or video.`, help };
}

function wantedKinds(
  context: RuleContext,
  use: 'input' | 'output',
): { readonly tag: string; readonly kinds: readonly MediaKind[] } | undefined {
  const task = widgetTask(context);
  if (task === null) return undefined;
  const { needs, also, src } = task.shape;
  if (use === 'input') {
    return also.includes('src') || needs.some((keys) => keys.includes('src'))
      ? { tag: task.tag, kinds: src }
      : undefined;
  }
  // Any task may show its result as a picture.
  return task.shape.output === 'file' ? { tag: task.tag, kinds: task.shape.url } : undefined;
}

function extensionOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1).toLowerCase();
}

/** Whether some line of .gitattributes gives the file to LFS; by its name or extension, as such lines are written. */
function isInLfs(gitAttributes: string | null, file: string): boolean {
  if (gitAttributes === null) return true;
  const name = file.slice(file.lastIndexOf('/') + 1);
  for (const line of gitAttributes.split('\n')) {
    if (!line.includes('filter=lfs')) continue;
    const pattern = line.trim().split(/\s/, 1)[0] ?? '';
    const last = pattern.slice(pattern.lastIndexOf('/') + 1);
    if (last === name || !/^\*?[\w.-]*$/.test(last)) return true;
    if (last.startsWith('*') && name.endsWith(last.slice(1))) return true;
  }
  return false;
}
