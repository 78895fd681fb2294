import { expect, speakingAloud, test } from './support/index.ts';
import { stopPath } from './support/recordedVoice.ts';

test.use({ microphoneFile: stopPath() });

for (const connection of ['webrtc', 'websocket'] as const) {
  test(`"stop" silences Parley on the page itself, over ${connection}`, async ({
    page,
    sharedHost,
  }) => {
    const assistant = await speakingAloud(page, sharedHost.url, connection);

    const cut = assistant.said('Parley').filter({ hasText: 'interrupted' });
    await expect(cut.first()).toContainText('Not heard: ', { timeout: 25_000 });
  });
}
