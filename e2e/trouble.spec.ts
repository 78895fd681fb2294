import type { WebSocketRoute } from '@playwright/test';

import {
  AssistantPage,
  expect,
  providerAt,
  SECRET_KEY,
  startHost,
  startRefusingProvider,
  test,
  UNREACHABLE,
} from './support/index.ts';

test.describe('the microphone', () => {
  for (const { what, name, words, hint } of [
    {
      what: 'refused',
      name: 'NotAllowedError',
      words: 'The microphone was not allowed.',
      hint: 'Allow it in the site settings',
    },
    {
      what: 'missing',
      name: 'NotFoundError',
      words: 'No microphone was found.',
      hint: 'Plug one in',
    },
    {
      what: 'taken by another program',
      name: 'NotReadableError',
      words: 'The microphone could not be opened',
      hint: 'Close what else may use it',
    },
  ]) {
    test(`${what} is told in words, and typing still works`, async ({ assistant, page }) => {
      await page.evaluate((errorName) => {
        navigator.mediaDevices.getUserMedia = async () => {
          throw new DOMException('as the test wants it', errorName);
        };
      }, name);

      await assistant.talk.click();

      const alert = page.getByRole('alert').filter({ hasText: words });
      await expect(alert).toContainText(hint);
      await expect(assistant.talk).toBeVisible();
      await assistant.send('What is 6 * 7?');
      await expect(assistant.said('Parley')).toContainText('42');
    });
  }
});

test('a cut connection is mended, and the conversation goes on in voice', async ({
  page,
  sharedHost,
}) => {
  const { promise: opened, resolve: open } = Promise.withResolvers<WebSocketRoute>();
  await page.routeWebSocket(/\/rpc/, (socket) => {
    socket.connectToServer();
    open(socket);
  });
  const assistant = new AssistantPage(page);
  await assistant.open(sharedHost.url);
  await assistant.startMuted();
  await expect(assistant.state).toContainText('Listening');

  await (await opened).close({ code: 1012 });

  await assistant.hasBeen('Reconnecting');
  await expect(assistant.state).toContainText('Listening');
  await assistant.send('What is 6 times 7?');
  await expect(assistant.said('Parley').last()).toContainText('That is 42.');
  await assistant.hasBeen('Speaking');
});

test.describe('a host that dies in the middle of a session', () => {
  test.use({
    expectedTrouble: [/WebSocket connection to .* failed|Failed to load resource/],
  });

  test('is missed in words, the microphone is let go, and its successor has the conversation', async ({
    host,
    page,
  }) => {
    await page.clock.install();
    const assistant = new AssistantPage(page);
    await assistant.open(host.url);
    await assistant.send('Reverse: not lost');
    await expect(assistant.said('Parley')).toContainText('tsol ton');
    await expect(assistant.button('Send, Enter')).toBeVisible();
    await assistant.startMuted();
    await expect(assistant.state).toContainText('Listening');
    const banner = page.getByRole('main').getByRole('status');

    await host.kill();

    await expect(banner).toContainText('Parley has ended on this computer.');
    await expect(banner).toContainText('open the address it prints');
    await expect(assistant.conversation).toContainText('tsol ton');
    expect(await assistant.microphones()).toEqual(['live']);
    await page.clock.fastForward('01:00');
    await expect(page.getByRole('alert')).toContainText('so the microphone was closed');
    await expect.poll(() => assistant.microphones()).toEqual(['ended']);

    await using successor = await startHost({
      args: ['--port', new URL(host.url).port],
      env: { PARLEY_HOME: host.home },
    });
    await expect(banner).toContainText('open the address it printed');
    await page.goto(successor.url);
    await expect(assistant.said('Parley')).toContainText('tsol ton');
    await assistant.send('What is 6 * 7?');
    await expect(assistant.said('Parley').last()).toContainText('42');
  });
});

test.describe('a provider that cannot be reached', () => {
  test.use({ hostOptions: { config: providerAt(UNREACHABLE) } });

  test('fails a typed turn in its place, names the next step and leaves the thread usable', async ({
    host,
    page,
  }) => {
    const assistant = new AssistantPage(page);
    await assistant.open(host.url);

    await assistant.send('Hello?');

    const trouble = assistant.conversation.getByText(/127\.0\.0\.1:9/);
    await expect(trouble).toHaveCount(1);
    await expect(assistant.conversation).toContainText(
      'Check the network and the provider’s address in config.toml',
    );
    await assistant.send('Still there?');
    await expect(assistant.said('You')).toHaveText([/Hello\?/, /Still there\?/]);
    await expect(trouble).toHaveCount(2);
    await expect(page.getByRole('button', { name: /^Practice/ })).toHaveCount(0);
  });

  test('fails the start of the voice in words and lets go of the microphone', async ({
    host,
    page,
  }) => {
    const assistant = new AssistantPage(page);
    await assistant.open(host.url);

    await assistant.talk.click();

    await expect(page.getByRole('alert')).toContainText('127.0.0.1:9');
    await expect(assistant.talk).toBeVisible();
    await expect.poll(() => assistant.microphones()).toEqual(['ended']);
  });
});

test.describe('a key in config.toml that nobody knows', () => {
  test.use({ hostOptions: { config: 'modle = "x"\n' } });

  test('is named with the one that was meant, until that is dismissed', async ({ host, page }) => {
    const assistant = new AssistantPage(page);
    await assistant.open(host.url);

    const banner = page.getByRole('main').getByRole('status');
    await expect(banner).toContainText(/modle.*config\.toml.*model/);
    await banner.getByRole('button', { name: 'Dismiss' }).click();

    await expect(banner).toHaveCount(0);
    await assistant.send('What is 6 * 7?');
    await expect(assistant.said('Parley').last()).toContainText('42');
  });
});

test('a wrong key is named as the fault, without showing the key', async ({ page }) => {
  await using provider = await startRefusingProvider();
  await using host = await startHost({ config: providerAt(provider.baseUrl) });
  const assistant = new AssistantPage(page);
  await assistant.open(host.url);

  await assistant.send('Hello?');

  await expect(assistant.conversation).toContainText('Incorrect API key provided.');
  await expect(assistant.conversation).toContainText('Check the key of this provider');
  await assistant.talk.click();
  await expect(page.getByRole('alert')).toContainText(/key/i);
  await expect(page.locator('body')).not.toContainText(SECRET_KEY);
  expect(host.output()).not.toContain(SECRET_KEY);
});
