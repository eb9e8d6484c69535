import { visible } from '../report/text.js';

/** A sentence whose `code` is set as code; what is invisible, or turns the order of reading, is shown. */
export function Prose({ text }: { readonly text: string }) {
  const parts = visible(text, { lines: true }).split(/`([^`\n]+)`/);
  return <>{parts.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}
