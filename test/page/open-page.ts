import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

/** What a page has done since it was watched. */
export interface Watched {
  /** Addresses that it asked. */
  readonly requests: readonly string[];
  /** Errors that nobody caught. */
  readonly errors: readonly string[];
  /** What the browser noted as an error: answers that are no success, what the policy of the page refuses. */
  readonly complaints: readonly string[];
}

/** Notes what a page asks and complains of, from now on. */
export function watch(page: Page): Watched {
  const requests: string[] = [];
  const errors: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return { requests, errors, complaints };
}

/** Opens an address in a browser without memory, and looks; no error may go uncaught meanwhile. */
export async function withPage(
  browser: Browser,
  url: string,
  look: (page: Page, watched: Watched) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    const watched = watch(page);
    await page.goto(url);
    await look(page, watched);
    expect(watched.errors).toEqual([]);
  } finally {
    await context.close();
  }
}
