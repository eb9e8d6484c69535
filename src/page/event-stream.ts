/**
 * Cuts server-sent events out of a stream of text as it comes: give it each piece, it returns the data of the events that are complete by
 * then. Comments and other fields are left out (WHATWG HTML, 9.2.6).
 */
export function eventReader(): (piece: string) => readonly string[] {
  let rest = '';
  let data: string[] = [];
  return (piece) => {
    rest += piece;
    const events: string[] = [];
    for (;;) {
      // A carriage return at the very end may be half of a line's end.
      const end = /\r\n|\n|\r(?!$)/.exec(rest);
      if (end === null) return events;
      const line = rest.slice(0, end.index);
      rest = rest.slice(end.index + end[0].length);
      if (line === '') {
        if (data.length > 0) events.push(data.join('\n'));
        data = [];
      } else if (line === 'data' || line.startsWith('data:')) {
        data.push(line.slice(5).replace(/^ /, ''));
      }
    }
  };
}

/** The data of the events of a body, as they come. Throws what reading throws. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const events = eventReader();
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* events(value);
    }
  } finally {
    // Who wants no more of it ends the request.
    await reader.cancel();
  }
}
