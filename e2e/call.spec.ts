import type { Page } from '@playwright/test';

import { AssistantPage, expect, test, UNREACHABLE } from './support/index.ts';

// What is true of calls alone; what they share with the other way is in voice.spec.ts.

declare global {
  interface Window {
    /** Every peer connection the page has made. */
    readonly parleyPeers: RTCPeerConnection[];
  }
}

/** Keeps the page's peer connections where a test can look at them; `maim` spoils what they are told. */
async function watchPeers(page: Page, maim?: 'deaf' | 'missing' | 'badAnswer'): Promise<void> {
  await page.addInitScript((how) => {
    Object.defineProperty(window, 'parleyPeers', { value: [] });
    if (how === 'missing') {
      Reflect.deleteProperty(window, 'RTCPeerConnection');
      return;
    }
    const Real = RTCPeerConnection;
    window.RTCPeerConnection = class extends Real {
      constructor(...args: ConstructorParameters<typeof Real>) {
        super(...args);
        window.parleyPeers.push(this);
      }

      override async setRemoteDescription(answer: RTCSessionDescriptionInit): Promise<void> {
        const sdp = answer.sdp ?? '';
        if (how === 'badAnswer') return super.setRemoteDescription({ ...answer, sdp: 'v=1' });
        // With another password no check of either side is believed, as if nothing came through.
        const spoilt = sdp.replaceAll(/a=ice-pwd:.*/g, `a=ice-pwd:${'x'.repeat(24)}`);
        return super.setRemoteDescription(how === 'deaf' ? { ...answer, sdp: spoilt } : answer);
      }
    };
  }, maim);
}

const peerStates = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => window.parleyPeers.map(({ connectionState }) => connectionState));

const wire = (page: Page) => page.getByRole('button', { name: /^Wire:/ });

test.describe('left to itself', () => {
  test('the voice goes by WebRTC, says so, and lets go of the call at the end', async ({
    page,
    sharedHost,
  }) => {
    await watchPeers(page);
    const assistant = new AssistantPage(page);
    await assistant.open(sharedHost.url);
    await assistant.startMuted();
    await expect(assistant.state).toContainText('Listening');

    await expect(wire(page)).toContainText('WebRTC');
    expect(await peerStates(page)).toEqual(['connected']);
    await assistant.button('End').click();

    await expect.poll(() => peerStates(page)).toEqual(['closed']);
    await expect.poll(() => assistant.microphones()).toEqual(['ended']);
  });

  for (const { what, maim, because } of [
    { what: 'a browser without WebRTC', maim: 'missing', because: /browser/ },
    { what: 'an answer that cannot be used', maim: 'badAnswer', because: /answer/ },
    { what: 'a network that lets nothing through', maim: 'deaf', because: /8 seconds|no way/ },
  ] as const) {
    test(`the same conversation goes on by WebSocket after ${what}`, async ({
      page,
      sharedHost,
    }) => {
      await watchPeers(page, maim);
      const assistant = new AssistantPage(page);
      await assistant.open(sharedHost.url);
      await assistant.send('Reverse: not lost');
      await expect(assistant.said('Parley')).toContainText('tsol ton');
      await assistant.startMuted();

      await expect(assistant.state).toContainText('Listening');
      await expect(wire(page)).toContainText('WebSocket');
      await wire(page).click();
      await expect(page.getByRole('dialog')).toContainText(/Talking over WebSocket, because /);
      await expect(page.getByRole('dialog')).toContainText(because);
      await page.keyboard.press('Escape');
      await assistant.send('What is 6 times 7?');
      await expect(assistant.said('Parley').last()).toContainText('That is 42.');
      await expect(assistant.conversation).toContainText('tsol ton');
      await expect.poll(() => assistant.loudest()).toBeGreaterThan(0.05);
    });
  }
});

test.describe('a provider that takes no calls', () => {
  const config = `experimental_realtime_webrtc_call_base_url = "${UNREACHABLE}"\n`;
  test.use({ hostOptions: { config } });

  test('is talked to by WebSocket, with the cause in words', async ({ host, page }) => {
    const assistant = new AssistantPage(page);
    await assistant.open(host.url);
    await assistant.startMuted();

    await expect(assistant.state).toContainText('Listening');
    await wire(page).click();
    await expect(page.getByRole('dialog')).toContainText(
      /because the call was refused: .*127\.0\.0\.1:9/,
    );
  });
});

test.describe('with WebRTC alone allowed', () => {
  test.use({ connection: 'webrtc' });

  test('a call that finds no way ends in words and tries nothing else', async ({
    page,
    sharedHost,
  }) => {
    await watchPeers(page, 'deaf');
    const assistant = new AssistantPage(page);
    await assistant.open(sharedHost.url);
    await assistant.talk.click();

    await expect(page.getByRole('alert')).toContainText(/WebRTC|call/);
    await expect(assistant.talk).toBeVisible();
    await expect.poll(() => assistant.microphones()).toEqual(['ended']);
    expect(await peerStates(page)).toEqual(['closed']);
  });

  test('another microphone is taken in the middle of the call, which goes on', async ({
    page,
    sharedHost,
  }) => {
    await watchPeers(page);
    const assistant = new AssistantPage(page);
    await assistant.open(sharedHost.url);
    await assistant.talk.click();
    await expect(assistant.state).toContainText('Listening');

    await page.getByRole('button', { name: /^Microphone:/ }).click();
    const choices = page.getByRole('listbox', { name: 'Choose the microphone' });
    await choices.getByRole('option', { name: 'Fake Audio Input 2' }).click();
    await page.keyboard.press('Escape');

    await expect.poll(() => assistant.microphones()).toEqual(['ended', 'live']);
    expect(await peerStates(page)).toEqual(['connected']);
    await assistant.hasBeen('Hearing you');
  });

  test('both sides are recorded on request, and the recording stays with the conversation', async ({
    page,
    sharedHost,
  }) => {
    const assistant = new AssistantPage(page);
    await assistant.open(sharedHost.url);
    await assistant.startMuted();
    await expect(assistant.state).toContainText('Listening');
    await assistant.button(/^Record/).click();
    await expect(assistant.button(/^Recording; stop it/)).toHaveAttribute('aria-pressed', 'true');
    await expect(page).toHaveTitle(/[Rr]ecording/);
    await assistant.send('What is 6 times 7?');
    await expect(assistant.said('Parley')).toContainText('That is 42.');
    await expect.poll(() => assistant.audibleMs()).toBeGreaterThan(500);
    await assistant.button(/^Recording; stop it/).click();

    const recording = assistant.conversation.getByRole('region', { name: 'Recording' });
    await expect(recording).toBeVisible();
    await expect(page).not.toHaveTitle(/[Rr]ecording/);
    await assistant.button('End').click();
    await page.reload();
    await recording.getByRole('button', { name: 'Play' }).click();
    const player = recording.locator('audio');
    await expect
      .poll(() => player.evaluate((audio: HTMLAudioElement) => audio.currentTime))
      .toBeGreaterThan(0.2);
    expect(await player.evaluate((audio: HTMLAudioElement) => audio.error)).toBeNull();
  });

  test('twenty calls one after the other leave none open', async ({ page, sharedHost }) => {
    await watchPeers(page);
    const assistant = new AssistantPage(page);
    await assistant.open(sharedHost.url);
    for (let n = 1; n <= 20; n += 1) {
      await assistant.talk.click();
      await expect(assistant.state).toContainText(/Listening|Hearing you/);
      await assistant.button('End').click();
      await expect(assistant.talk).toBeVisible();
    }

    await expect.poll(() => peerStates(page)).toEqual(Array.from({ length: 20 }, () => 'closed'));
    expect(new Set(await assistant.microphones())).toEqual(new Set(['ended']));
  });
});
