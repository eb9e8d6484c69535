/** What the server itself answers at the places where the pages of models are. */
const OWN: ReadonlySet<string> = new Set([
  'health',
  'usage',
  'metrics',
  'api/events',
  'api/models',
  'api/usage',
  'v1/models',
]);
/** First steps of addresses below which nothing else is. */
export const OWN_FOLDERS: ReadonlySet<string> = new Set(['models', 'status', 'framework', '_page']);

/** Whether the page of a model cannot be shown, as its address is one of the server's own; all other addresses of the model answer. */
export function isHidden(id: string): boolean {
  const [first = '', second] = id.split('/');
  return OWN.has(id) || (second !== undefined && OWN_FOLDERS.has(first));
}
