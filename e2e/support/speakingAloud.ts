import type { Page } from '@playwright/test';

import { AssistantPage } from './assistantPage.ts';
import { expect } from './test.ts';

/**
 * A page in which Parley counts aloud, listening for "stop" on its own; the provider's ears interrupt
 * nothing meanwhile. What its microphone hears is the spec's own.
 */
export async function speakingAloud(
  page: Page,
  url: string,
  connection: 'webrtc' | 'websocket',
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
  await assistant.send('Count to 50');
  await expect(assistant.state).toContainText('Speaking');
  await assistant.button(/^Muted/).click();
  await expect(assistant.dock).toContainText('Esc or “stop” stops');
  return assistant;
}
