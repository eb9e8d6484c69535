import { useEffect, useRef, useState } from 'preact/hooks';
import { Picture } from '../outputs/picture.js';
import { Player } from '../player.js';
import type { MediaKind } from '../tasks.js';
import { useObjectUrl } from '../use-object-url.js';
import type { Media } from '../values.js';
import { FieldFault, inputId } from './field-input.js';
import { Microphone } from './microphone.js';
import { asReadableSound } from './recording.js';

interface Props {
  readonly kind: MediaKind;
  readonly label: string;
  readonly media: Media | null;
  readonly fault: string | null;
  readonly onChange: (media: Media | null) => void;
}

const ACCEPT: Readonly<Record<MediaKind, string>> = {
  image: 'image/*',
  audio: 'audio/*,.flac,.opus',
  video: 'image/gif,image/webp,video/*',
};

/** The server takes bodies of 64 MB, which is so much as base64. */
const MOST_BYTES = 48 * 1024 * 1024;

/** A file, uploaded, pasted or dropped; a recording also from the microphone. */
export function MediaInput({ kind, label, media, fault, onChange }: Props) {
  const [over, setOver] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  // Reading a file takes a while, in which other fields are filled.
  const change = useRef(onChange);
  change.current = onChange;
  const taken = useRef(0);

  const take = async (given: Blob, name: string) => {
    const turn = ++taken.current;
    const read = await readAs(kind, given, name);
    // Another one was given meanwhile.
    if (turn !== taken.current) return;
    setProblem(read.ok ? null : read.message);
    if (read.ok) change.current(read.media);
  };
  const takeFirst = (files: FileList | undefined | null): boolean => {
    const file = files?.[0];
    if (file === undefined) return false;
    void take(file, file.name === '' ? `pasted.${file.type.split('/')[1] ?? 'bin'}` : file.name);
    return true;
  };

  const latest = useRef(takeFirst);
  latest.current = takeFirst;
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      if (latest.current(event.clipboardData?.files)) event.preventDefault();
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  }, []);

  return (
    <fieldset
      class={`widget-field widget-media ${over ? 'is-over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        takeFirst(event.dataTransfer?.files);
      }}
    >
      <legend>{label}</legend>
      <div class="widget-line">
        <input
          id={inputId('media')}
          class="visually-hidden"
          type="file"
          accept={ACCEPT[kind]}
          aria-describedby="widget-media-hint"
          onChange={(event) => {
            takeFirst(event.currentTarget.files);
            // The same file may be chosen again.
            event.currentTarget.value = '';
          }}
        />
        <label class="button small" for={inputId('media')}>
          {media === null ? 'Choose a file' : 'Choose another file'}
        </label>
        {kind === 'audio' ? <Microphone onRecorded={(blob) => void take(blob, 'recording.wav')} /> : null}
      </div>
      <p class="aside" id="widget-media-hint">
        {media === null ? 'Or drop one here, or paste one.' : media.name}
      </p>
      {media === null ? null : <Preview kind={kind} media={media} />}
      <FieldFault id="widget-media-fault" fault={problem ?? fault} />
    </fieldset>
  );
}

type ReadFile =
  | { readonly ok: true; readonly media: Media }
  | { readonly ok: false; readonly message: string };

/** Reads a file as the server can take it, or says why not. */
async function readAs(kind: MediaKind, file: Blob, name: string): Promise<ReadFile> {
  if (file.size > MOST_BYTES) {
    const message = `${name} has ${Math.ceil(file.size / 1024 ** 2)} MB; at most 48 MB can be sent.`;
    return { ok: false, message };
  }
  // One that is changed on the disk afterwards could not be sent any more.
  const bytes = await file.arrayBuffer().catch(() => null);
  if (bytes === null) return { ok: false, message: `${name} cannot be read.` };
  const kept = new Blob([bytes], { type: file.type });
  const blob = kind === 'audio' ? await asReadableSound(kept, name) : kept;
  return blob === null
    ? {
        ok: false,
        message: `This browser cannot read ${name} as sound. Choose a WAV, FLAC, MP3 or Ogg file.`,
      }
    : { ok: true, media: { name: blob === kept ? name : wavName(name), blob } };
}

function wavName(name: string): string {
  return `${name.replace(/\.[^.]*$/, '')}.wav`;
}

/** A file that the user gave, as it is. */
function Preview({ kind, media: { name, blob } }: { readonly kind: MediaKind; readonly media: Media }) {
  const url = useObjectUrl(blob);
  if (url === null) return null;
  const plays = kind === 'audio' ? kind : blob.type.startsWith('video/') ? 'video' : null;
  if (plays !== null) return <Player kind={plays} url={url} name={name} />;
  return <Picture blob={blob} alt={name} />;
}
