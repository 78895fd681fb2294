import { expect, speakingAloud, testAloud as test } from './support/index.ts';
import { stopPath } from './support/recordedVoice.ts';

test.use({ microphoneFile: stopPath() });

/** The word is said every few seconds, and one may be lost on a machine that is busy. */
const WORD = { timeout: 25_000 };

for (const connection of ['webrtc', 'websocket'] as const) {
  test(`"stop" silences Parley on the page itself, over ${connection}`, async ({
    page,
    host,
    provider,
  }) => {
    const assistant = await speakingAloud(page, host.url, connection, provider.question);

    await assistant.button(/^Muted/).click();
    await expect(assistant.dock).toContainText('Esc or “stop” stops');

    const cut = assistant.said('Parley').filter({ hasText: 'interrupted' });
    await expect(cut).toContainText('Not heard: ', WORD);
  });

  test(`"stop" silences Parley where the provider cannot be reached any more, over ${connection}`, async ({
    page,
    host,
    provider,
  }) => {
    const assistant = await speakingAloud(page, host.url, connection, provider.question);
    provider.sever();
    const heardMs = await assistant.audibleMs();
    await expect.poll(() => assistant.audibleMs()).toBeGreaterThan(heardMs + 1_500);

    await assistant.button(/^Muted/).click();

    await expect.poll(() => assistant.silentMs(), WORD).toBeGreaterThan(1_500);
    await expect(assistant.button(/^Mute/)).toBeVisible();
  });
}
