import { Marked } from 'marked';

/** Longest card that is rendered, in characters; the rest of a longer one is left out. */
export const MOST_RENDERED = 200_000;

/** GitHub's dialect, as the Hub renders it. */
const marked = new Marked({
  gfm: true,
  renderer: {
    // An input would be one of the page.
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
  },
});

/**
 * Markdown as HTML, which may still hold anything that HTML can hold: it has to be sanitised. Null where the nesting is too deep to be rendered.
 */
export function markdownToHtml(markdown: string): string | null {
  try {
    return marked.parse(markdown.slice(0, MOST_RENDERED), { async: false });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** What headings are linked by, as GitHub and the Hub make it: small letters, digits, `-` and `_`; the second of two equal ones gets a number. */
export function slugger(): (heading: string) => string {
  const seen = new Map<string, number>();
  return (heading) => {
    const slug = heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const count = seen.get(slug);
    seen.set(slug, (count ?? 0) + 1);
    return count === undefined ? slug : `${slug}-${count}`;
  };
}
