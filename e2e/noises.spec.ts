import { AssistantPage, expect, test } from './support/index.ts';
import { noisesPath } from './support/recordedVoice.ts';

test.use({ microphoneFile: noisesPath() });

for (const connection of ['webrtc', 'websocket'] as const) {
  test(`a knock, a cough and a door stop nothing, over ${connection}`, async ({
    page,
    sharedHost,
  }) => {
    // The provider's own ears interrupt nothing: that is left to the key, and to the word.
    await page.addInitScript(
      (kept) => {
        localStorage.setItem('parley.settings', JSON.stringify(kept));
      },
      { connection, interruption: 'key' },
    );
    const assistant = new AssistantPage(page);
    await assistant.open(sharedHost.url);
    await assistant.talk.click();
    await expect(assistant.state).toContainText('Listening');
    await assistant.send('Count to 30');
    await expect(assistant.dock).toContainText('Esc or “stop” stops');

    await expect.poll(() => assistant.audibleMs(), { timeout: 25_000 }).toBeGreaterThan(8_000);
    await expect(assistant.said('Parley').filter({ hasText: 'interrupted' })).toHaveCount(0);
  });
}
