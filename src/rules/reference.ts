/** Where the page of a rule lies, relative to the repository of this tool. The one place to change when it is published. */
const PAGES = 'docs/rules/';

/** The page that explains a rule. */
export function rulePage(id: string): string {
  return `${PAGES}${id}.md`;
}
