interface Props {
  readonly kind: 'audio' | 'video';
  readonly url: string;
  readonly name: string;
}

/** A recording or video to be played. It comes from a user or a model, and so without captions. */
export function Player({ kind: Element, url, name }: Props) {
  return <Element class={`widget-${Element}`} controls src={url} aria-label={name} />;
}
