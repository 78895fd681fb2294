import { AssistantPage, expect, test } from './support/index.ts';
import { stopPath } from './support/recordedVoice.ts';

test.use({ microphoneFile: stopPath() });

for (const connection of ['webrtc', 'websocket'] as const) {
  test(`"stop" silences Parley on the page itself, over ${connection}`, async ({
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
    await assistant.send('Count to 50');
    await expect(assistant.dock).toContainText('Esc or “stop” stops');

    const cut = assistant.said('Parley').filter({ hasText: 'interrupted' });
    await expect(cut.first()).toContainText('Not heard: ', { timeout: 25_000 });
  });
}
