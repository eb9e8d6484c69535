/** Lets through of a text what a client is to see. */
export interface TextFilter {
  /** The next piece of the text; what can be told by now. */
  push(piece: string): string;
  /** What was held back, and is part of the text after all. */
  end(): string;
}

/**
 * Ends a text before the first of `stops`, and takes the white space from both ends where it is to be trimmed. What may begin a stop, or be the end,
 * waits for what follows.
 */
export function textFilter(stops: readonly string[], trims: boolean): TextFilter {
  const stopping = stopFilter(stops.filter((stop) => stop !== ''));
  if (!trims) return stopping;
  let began = false;
  let space = '';
  const trimmed = (piece: string): string => {
    const text = space + (began ? piece : piece.trimStart());
    began ||= text !== '';
    const kept = text.trimEnd();
    space = text.slice(kept.length);
    return kept;
  };
  return {
    push: (piece) => trimmed(stopping.push(piece)),
    end: () => trimmed(stopping.end()),
  };
}

function stopFilter(stops: readonly string[]): TextFilter {
  let held = '';
  let stopped = false;
  return {
    push(piece) {
      if (stopped) return '';
      const text = held + piece;
      const at = stops.map((stop) => text.indexOf(stop)).filter((index) => index !== -1);
      if (at.length > 0) {
        stopped = true;
        held = '';
        return text.slice(0, Math.min(...at));
      }
      const begins = Math.max(0, ...stops.map((stop) => beginning(text, stop)));
      held = text.slice(text.length - begins);
      return text.slice(0, text.length - begins);
    },
    end() {
      const rest = held;
      held = '';
      return rest;
    },
  };
}

/** How many characters at the end of a text are the beginning of a stop. */
function beginning(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
