import { expect, test as base } from '@playwright/test';

import { type Host, type HostOptions, startHost } from './host.ts';
import { watchForTrouble } from './pageTrouble.ts';

type Options = {
  /** How the host of each test is started: `test.use({ hostOptions: { config: '...' } })`. */
  readonly hostOptions: HostOptions;
  /** Console errors a test provokes on purpose; anything else fails it. */
  readonly expectedTrouble: readonly RegExp[];
};

type Fixtures = {
  /** A browser host with a home folder of its own, stopped after the test. */
  readonly host: Host;
};

/**
 * Playwright's `test` with a host to talk to and a page that is watched: a console error, an uncaught
 * error or a violation of the content security policy fails the test in which it happened.
 */
export const test = base.extend<Options & Fixtures>({
  hostOptions: [{}, { option: true }],
  expectedTrouble: [[], { option: true }],

  host: async ({ hostOptions }, use) => {
    await using host = await startHost(hostOptions);
    await use(host);
  },

  page: async ({ page, expectedTrouble }, use) => {
    const trouble = await watchForTrouble(page);
    await use(page);
    const unexpected = trouble.lines.filter(
      (line) => !expectedTrouble.some((pattern) => pattern.test(line)),
    );
    expect(unexpected, 'trouble in the page').toEqual([]);
  },
});

export { expect };
