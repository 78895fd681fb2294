import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { AssistantPage, expect, startHost, test } from './support/index.ts';

/** A provider of the user's own at this address, asked once and not again. */
const providerAt = (baseUrl: string): string => `
model = "some-model"
model_provider = "mine"

[model_providers.mine]
name = "Mine"
base_url = "${baseUrl}"
experimental_bearer_token = "not-the-key"
request_max_retries = 0
stream_max_retries = 0
`;

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
  let cut = async (): Promise<void> => {
    throw new Error('the page has opened no socket');
  };
  await page.routeWebSocket(/\/rpc/, (socket) => {
    const server = socket.connectToServer();
    cut = async () => {
      await Promise.all([socket.close({ code: 1006 }), server.close()]);
    };
  });
  const assistant = new AssistantPage(page);
  await assistant.open(sharedHost.url);
  await assistant.startMuted();
  await expect(assistant.state).toContainText('Listening');

  await cut();

  await expect.poll(() => assistant.words()).toContain('Reconnecting');
  await expect(assistant.state).toContainText('Listening');
  await assistant.send('What is 6 times 7?');
  await expect(assistant.said('Parley').last()).toContainText('That is 42.');
  await expect(assistant.state).toContainText('Speaking');
});

test.describe('a host that dies in the middle of a session', () => {
  test.use({ expectedTrouble: [/WebSocket connection to .* failed/] });

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

    await expect(banner).toContainText('The connection to Parley’s engine was lost.');
    await expect(banner).toContainText('open the address it printed');
    await expect(assistant.conversation).toContainText('tsol ton');
    expect(await assistant.microphones()).toEqual(['live']);
    await page.clock.fastForward('01:00');
    await expect(page.getByRole('alert')).toContainText('so the microphone was closed');
    await expect.poll(() => assistant.microphones()).toEqual(['ended']);

    await using successor = await startHost({
      args: ['--port', new URL(host.url).port],
      env: { PARLEY_HOME: host.home },
    });
    await page.goto(successor.url);
    await expect(assistant.said('Parley')).toContainText('tsol ton');
    await assistant.send('What is 6 * 7?');
    await expect(assistant.said('Parley').last()).toContainText('42');
  });
});

test.describe('a provider that cannot be reached', () => {
  // Nothing listens on the port of the discard service, and nothing else may.
  test.use({ hostOptions: { config: providerAt('http://127.0.0.1:9/v1') } });

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

test('a wrong key is named as the fault, without showing the key', async ({ page }) => {
  const upstream = createServer((_request, response) => {
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end('{"error":{"message":"Incorrect API key provided.","code":"invalid_api_key"}}');
  }).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  try {
    await using host = await startHost({ config: providerAt(`http://127.0.0.1:${port}/v1`) });
    const assistant = new AssistantPage(page);
    await assistant.open(host.url);

    await assistant.send('Hello?');

    await expect(assistant.conversation).toContainText('Incorrect API key provided.');
    await expect(assistant.conversation).toContainText('Check the key of this provider');
    await assistant.talk.click();
    await expect(page.getByRole('alert')).toContainText(/key/i);
    await expect(page.locator('body')).not.toContainText('not-the-key');
    expect(host.output()).not.toContain('not-the-key');
  } finally {
    upstream.closeAllConnections();
    upstream.close();
  }
});
