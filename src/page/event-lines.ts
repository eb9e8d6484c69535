/** Takes a stream of server-sent events apart: given pieces of text as they come, gives the data of the events that are complete. */
export function eventLines(): (piece: string) => readonly string[] {
  let rest = '';
  return (piece) => {
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => {
      const data = block
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice('data:'.length).trimStart());
      return data.length === 0 ? [] : [data.join('\n')];
    });
  };
}
