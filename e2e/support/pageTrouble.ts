import type { Page } from '@playwright/test';

/** Watches one page for what must not happen in any test; each trouble is one line. */
export type PageTrouble = { readonly lines: readonly string[] };

/**
 * Collects uncaught errors, console errors and violations of the content security policy. Has to be
 * called before the page goes anywhere.
 */
export async function watchForTrouble(page: Page): Promise<PageTrouble> {
  const lines: string[] = [];
  page.on('pageerror', (error) => {
    lines.push(`uncaught: ${error.message}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error') lines.push(`console: ${message.text()}`);
  });
  // Chromium logs what it blocks; the event also tells of what a report-only policy would block.
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      // oxlint-disable-next-line no-console -- the console is the way out of the page
      console.error(`policy: ${event.effectiveDirective} blocked ${event.blockedURI}`);
    });
  });
  return { lines };
}
