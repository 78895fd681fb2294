import type { Page } from '@playwright/test';

import { AssistantPage } from './assistantPage.ts';
import { type SeverableProvider, startSeverableProvider } from './severableProvider.ts';
import { test } from './test.ts';

/** `test` with a host whose provider speaks for a minute when it is asked to, and can be cut off. */
export const testAloud = test.extend<{ readonly provider: SeverableProvider }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the needed fixtures off this pattern
  provider: async ({}, use) => {
    await using provider = await startSeverableProvider();
    await use(provider);
  },
  hostOptions: async ({ provider }, use) => {
    await use({ config: provider.config });
  },
  // A page outlived by its host has nothing to complain about.
  page: async ({ host: _host, page }, use) => {
    await use(page);
  },
});

/**
 * A page in which Parley answers a question aloud, listening for "stop" on its own; the provider's ears interrupt
 * nothing meanwhile. Its microphone, which hears what the spec says, is muted still.
 */
export async function speakingAloud(
  page: Page,
  url: string,
  connection: 'webrtc' | 'websocket',
  question: string,
): Promise<AssistantPage> {
  await page.addInitScript(
    (kept) => {
      localStorage.setItem('parley.settings', JSON.stringify(kept));
    },
    { connection, interruption: 'key' },
  );
  const assistant = new AssistantPage(page);
  await assistant.open(url);
  // What the microphone hears before Parley speaks would be a turn of its own, answered first.
  await assistant.startMuted();
  await assistant.send(question);
  await assistant.hasBeen('Speaking');
  return assistant;
}
