import { expect, speakingAloud, test } from './support/index.ts';
import { noisesPath } from './support/recordedVoice.ts';

test.use({ microphoneFile: noisesPath() });

for (const connection of ['webrtc', 'websocket'] as const) {
  test(`a knock, a cough and a door stop nothing, over ${connection}`, async ({
    page,
    sharedHost,
  }) => {
    const assistant = await speakingAloud(page, sharedHost.url, connection);

    await expect.poll(() => assistant.audibleMs(), { timeout: 25_000 }).toBeGreaterThan(8_000);
    await expect(assistant.said('Parley').filter({ hasText: 'interrupted' })).toHaveCount(0);
  });
}
