import { useMemo } from 'preact/hooks';
import { Player } from '../player.js';
import { blobOf, useObjectUrl } from '../use-object-url.js';
import type { Sound } from '../view.js';
import { Picture } from './picture.js';

/** A picture, recording or video with a link to save it. */
export function MadeFile({ blob, name }: { readonly blob: Blob; readonly name: string }) {
  const url = useObjectUrl(blob);
  if (url === null) return null;
  const [kind = '', ending = 'bin'] = blob.type.split('/');
  const file = `${name.replace(/[^\w-]+/g, '-')}.${ending.replace(/;.*|^x-/g, '')}`;
  return (
    <figure class="widget-made">
      {kind === 'audio' || kind === 'video' ? (
        <Player kind={kind} url={url} name={name} />
      ) : (
        <Picture blob={blob} alt={name} />
      )}
      <figcaption>
        <a href={url} download={file}>
          Save {file}
        </a>{' '}
        ({Math.ceil(blob.size / 1024).toLocaleString('en')} kB)
      </figcaption>
    </figure>
  );
}

/** Recordings of an answer, each with its label. */
export function Sounds({ sounds }: { readonly sounds: readonly Sound[] }) {
  return (
    <ul class="widget-plain">
      {sounds.map(({ label, data, type }, index) => (
        <li key={index}>
          <EncodedFile data={data} type={type} name={label} />
        </li>
      ))}
    </ul>
  );
}

/** A file that came as base64. */
export function EncodedFile({
  data,
  type,
  name,
}: {
  readonly data: string;
  readonly type: string;
  readonly name: string;
}) {
  const blob = useMemo(() => blobOf(data, type), [data, type]);
  return <MadeFile blob={blob} name={name} />;
}
