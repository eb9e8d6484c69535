import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian has it; elsewhere an installed Chrome is taken. */
const DEBIAN = '/usr/bin/chromium';

/** Starts a real browser: Debian's package `chromium`, or Google Chrome where that is installed. It is the caller's to close; `more` are further arguments. */
export function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    ...(existsSync(DEBIAN) ? { executablePath: DEBIAN } : { channel: 'chrome' }),
    // Its own sandbox needs rights that containers do not give.
    args: ['--no-sandbox', ...more],
  });
}
