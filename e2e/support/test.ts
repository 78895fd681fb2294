import { expect, test as base } from '@playwright/test';

import { AssistantPage } from './assistantPage.ts';
import { type Host, type HostOptions, startHost } from './host.ts';
import { watchForTrouble } from './pageTrouble.ts';
import { microphonePath } from './recordedVoice.ts';

type Options = {
  /** How the host of each test is started: `test.use({ hostOptions: { config: '...' } })`. */
  readonly hostOptions: HostOptions;
  /** How the voice is to travel, as the user's own setting; `auto` unless told. */
  readonly connection: 'auto' | 'webrtc' | 'websocket';
  /** Console errors a test provokes on purpose; anything else fails it. */
  readonly expectedTrouble: readonly RegExp[];
};

type Fixtures = {
  /** A browser host with a home folder of its own, stopped after the test. */
  readonly host: Host;
  /** The page of `sharedHost`, open and ready, with no conversation yet. */
  readonly assistant: AssistantPage;
};

type WorkerOptions = {
  /** What the microphone hears; Chromium plays it in a loop from when the microphone is opened. */
  readonly microphoneFile: string;
};

type WorkerFixtures = WorkerOptions & {
  /** A browser host in practice mode for all tests of a worker that do nothing to the host itself. */
  readonly sharedHost: Host;
};

/**
 * Playwright's `test` with a host to talk to and a page that is watched: a console error, an uncaught
 * error or a violation of the content security policy fails the test in which it happened.
 */
export const test = base.extend<Options & Fixtures, WorkerFixtures>({
  hostOptions: [{}, { option: true }],
  connection: ['auto', { option: true }],
  expectedTrouble: [[], { option: true }],

  microphoneFile: [microphonePath(), { option: true, scope: 'worker' }],

  launchOptions: [
    async ({ launchOptions, microphoneFile }, use) => {
      const microphone = `--use-file-for-fake-audio-capture=${microphoneFile}`;
      await use({ ...launchOptions, args: [...(launchOptions.args ?? []), microphone] });
    },
    { scope: 'worker' },
  ],

  host: async ({ hostOptions }, use) => {
    await using host = await startHost(hostOptions);
    await use(host);
  },

  sharedHost: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the needed fixtures off this pattern
    async ({}, use) => {
      await using host = await startHost();
      await use(host);
    },
    { scope: 'worker' },
  ],

  assistant: async ({ page, sharedHost }, use) => {
    const assistant = new AssistantPage(page);
    await assistant.open(sharedHost.url);
    await use(assistant);
  },

  page: async ({ page, connection, expectedTrouble }, use) => {
    if (connection !== 'auto') await page.addInitScript(chooseConnection, connection);
    const trouble = await watchForTrouble(page);
    await use(page);
    const unexpected = trouble.lines.filter(
      (line) => !expectedTrouble.some((pattern) => pattern.test(line)),
    );
    expect(unexpected, 'trouble in the page').toEqual([]);
  },
});

/** Runs in the page before its own code; what the user changes later is left alone. */
function chooseConnection(connection: string): void {
  if (localStorage.getItem('parley.settings') !== null) return;
  localStorage.setItem('parley.settings', JSON.stringify({ connection }));
}

export { expect };
