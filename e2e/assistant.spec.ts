import { expect, test } from './support/index.ts';

// The assistant as it ships, in practice mode: built page, browser host, engine, local provider.

test('a typed question is answered, and practice mode is in plain sight', async ({
  host,
  page,
}) => {
  await page.goto(host.url);
  await page.getByRole('textbox', { name: /^Message to Parley/ }).fill('What can you do?');
  await page.keyboard.press('Enter');

  const conversation = page.getByRole('region', { name: 'Conversation' });
  await expect(conversation).toContainText('What can you do?');
  await expect(conversation).toContainText('no language model');
  await expect(page.getByRole('button', { name: /practice/i })).toBeVisible();
});

test('a spoken turn is heard and answered aloud, and the session ends on request', async ({
  host,
  page,
}) => {
  await page.goto(host.url);
  await page.getByRole('button', { name: /^Start talking/ }).click();

  const conversation = page.getByRole('region', { name: 'Conversation' });
  await expect(conversation).toContainText(/I heard [\d.]+ seconds of speech/);
  await expect(page.getByRole('status')).toContainText('Speaking');
  await expect(page.getByText('gives no sound at all')).toHaveCount(0);

  await page.getByRole('button', { name: 'End', exact: true }).click();
  await expect(page.getByRole('button', { name: 'End', exact: true })).toHaveCount(0);
});

test('the token leaves the address bar', async ({ host, page }) => {
  await page.goto(host.url);

  await expect(page).not.toHaveURL(/token=/);
  await expect(page.getByRole('heading', { name: 'Parley', exact: true })).toBeVisible();
});

test.describe('a wrong token', () => {
  test.use({ expectedTrouble: [/rpc\?token=wrong/] });

  test('opens nothing', async ({ host, page }) => {
    await page.goto(host.url);
    const address = new URL('/rpc?token=wrong', host.url);
    address.protocol = 'ws:';

    const opened = await page.evaluate(
      async (url) =>
        new Promise<boolean>((resolve) => {
          const attempt = new WebSocket(url);
          attempt.addEventListener('open', () => {
            resolve(true);
          });
          attempt.addEventListener('error', () => {
            resolve(false);
          });
        }),
      address.href,
    );

    expect(opened).toBe(false);
  });
});
