import { expect, speakingAloud, testAloud as test } from './support/index.ts';
import { noisesPath } from './support/recordedVoice.ts';

test.use({ microphoneFile: noisesPath() });

for (const connection of ['webrtc', 'websocket'] as const) {
  test(`a knock, a cough and a door stop nothing, over ${connection}`, async ({
    page,
    host,
    provider,
  }) => {
    const assistant = await speakingAloud(page, host.url, connection, provider.question);
    await assistant.button(/^Muted/).click();
    await expect(assistant.dock).toContainText('Esc or “stop” stops');

    await expect.poll(() => assistant.audibleMs(), { timeout: 25_000 }).toBeGreaterThan(8_000);
    await expect(assistant.said('Parley').filter({ hasText: 'interrupted' })).toHaveCount(0);
  });
}
