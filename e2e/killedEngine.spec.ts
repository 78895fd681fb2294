import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { AssistantPage, expect, test } from './support/index.ts';

// The host starts an engine again that ended, and the page comes back by itself.

const NEW_ENGINE = 'Parley’s engine had stopped and was started again.';

// What a browser says of a socket that is not taken, or of one that is asked about, while there is no engine.
const AWAY = [/WebSocket connection to .* failed|Failed to load resource/];

test.describe('an engine that is killed', () => {
  test.use({ expectedTrouble: AWAY });

  test('comes back in the same page: the conversation goes on, typed words are kept, the task is told as interrupted', async ({
    host,
    page,
  }) => {
    const assistant = new AssistantPage(page);
    await assistant.open(host.url);
    const address = page.url();
    await assistant.send('Reverse: not lost');
    await expect(assistant.said('Parley')).toContainText('tsol ton');
    await expect(assistant.button('Send, Enter')).toBeVisible();
    await assistant.send('Wait 60 seconds');
    await expect(assistant.button('Stop the answer, Escape')).toBeVisible();
    await assistant.message.fill('half a thou');

    host.killEngine();

    await expect(assistant.conversation).toContainText(NEW_ENGINE);
    await expect(assistant.conversation).toContainText('is marked as interrupted');
    await expect(assistant.said('Parley').first()).toContainText('tsol ton');
    await expect(assistant.message).toHaveValue('half a thou');
    expect(page.url()).toBe(address);
    await assistant.message.clear();
    await expect(assistant.button('Send, Enter')).toBeVisible();
    await assistant.send('What is 6 * 7?');
    await expect(assistant.said('Parley').last()).toContainText('42');
  });

  test('while somebody talks takes the voice along when it comes back', async ({ host, page }) => {
    const assistant = new AssistantPage(page);
    await assistant.open(host.url);
    await assistant.startMuted();
    await expect(assistant.state).toContainText('Listening');

    host.killEngine();

    await expect(assistant.conversation).toContainText(NEW_ENGINE);
    await expect(assistant.state).toContainText('Listening');
    await assistant.send('What is 6 times 7?');
    await expect(assistant.said('Parley').last()).toContainText('That is 42.');
  });
});

test.describe('settings that cannot be used', () => {
  test.use({ hostOptions: { config: 'model = "x"\nmodel_verbosity = "loud"\n' } });

  test('are told with their place, and nothing needs to be started again once they are mended', async ({
    host,
    page,
  }) => {
    const file = join(host.home, 'config.toml');
    const assistant = new AssistantPage(page);
    await assistant.open(host.url);
    const banner = page.getByRole('main').getByRole('status');

    await expect(banner).toContainText(`${file}:2:19: model_verbosity must be one of "low", `);
    await assistant.send('What is 6 * 7?');
    await expect(page.getByRole('alert')).toContainText(`${file}:2:19: `);

    await writeFile(file, 'model_verbosity = "low"\n');
    await assistant.button('Send, Enter').click();
    await expect(assistant.said('Parley')).toContainText('42');
    await expect(banner).toHaveCount(0);
  });
});
