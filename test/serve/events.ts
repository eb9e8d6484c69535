/** The values of the events of a stream, as they stand on the wire; `[DONE]` stays a text. */
export function eventsOf(text: string): readonly unknown[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      if (!block.startsWith('data: ') || block.includes('\n')) throw new Error(`No event: ${block}`);
      const data = block.slice('data: '.length);
      return data === '[DONE]' ? data : (JSON.parse(data) as unknown);
    });
}

/** All that comes, in the order in which it does. */
export async function all<T>(parts: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const part of parts) found.push(part);
  return found;
}
