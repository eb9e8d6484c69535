/** An output with the name of each picture and sound in the place where clients of the API get its content. */
export function resolveFiles(output: unknown): unknown {
  if (Array.isArray(output)) return output.map(resolveFiles);
  if (typeof output !== 'object' || output === null) return output;
  if ('$file' in output && typeof output.$file === 'string') return output.$file;
  return Object.fromEntries(Object.entries(output).map(([key, value]) => [key, resolveFiles(value)]));
}
