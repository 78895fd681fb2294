import { AssistantPage, expect, test } from './support/index.ts';

test('the printed address opens the assistant, and its token leaves the address bar', async ({
  page,
  sharedHost,
}) => {
  const printed = new URL(sharedHost.url);

  await new AssistantPage(page).open(printed.href);

  await expect(page).toHaveURL(`${printed.origin}/`);
  await expect(page.getByRole('heading', { level: 1, name: 'Parley' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Talk with Parley' })).toBeVisible();
});

test('a reload gets in again without the token in the address', async ({ assistant, page }) => {
  await page.reload();

  await assistant.send('Is this thing on?');

  await expect(assistant.said('Parley')).toContainText('“Is this thing on?”');
});

test('the page is delivered with a policy that allows nothing but our own files', async ({
  page,
  sharedHost,
}) => {
  const response = await page.goto(sharedHost.url);

  expect(response?.headers()['content-security-policy']).toMatch(
    /^default-src 'none'; script-src 'self'; style-src 'self';/,
  );
});

test('practice mode says that it is one, and how to leave it', async ({ assistant, page }) => {
  await assistant.send('Hello');

  const sign = page.getByRole('button', { name: /^Practice/ });
  await expect(sign).toBeVisible();
  await sign.click();

  const explanation = page.getByRole('dialog', { name: 'You are practising' });
  await expect(explanation).toContainText('a set of spoken phrases in English and French');
  await expect(explanation).toContainText('OPENAI_API_KEY');
  await expect(explanation).toContainText('config.toml');
});

test.describe('with a token that is not right', () => {
  test.use({ expectedTrouble: [/WebSocket connection to .* failed|status of 401/] });

  test('a wrong token opens no socket', async ({ page, sharedHost }) => {
    await page.goto(sharedHost.url);
    const address = new URL('/rpc?token=wrong', sharedHost.url);
    address.protocol = 'ws:';

    const outcome = await page.evaluate(async (url) => {
      const attempt = new WebSocket(url);
      return new Promise<string>((resolve) => {
        attempt.addEventListener('open', ({ type }) => {
          resolve(type);
        });
        attempt.addEventListener('error', ({ type }) => {
          resolve(type);
        });
      });
    }, address.href);

    expect(outcome).toBe('error');
  });

  for (const [what, query] of [
    ['a wrong', '?token=wrong'],
    ['no', ''],
  ] as const) {
    test(`${what} token is refused, and the page says where to find the right one`, async ({
      page,
      sharedHost,
    }) => {
      await page.goto(`${new URL(sharedHost.url).origin}/${query}`);

      await expect(page.getByRole('main').getByRole('status')).toContainText(
        'open the address it printed',
      );
    });
  }
});
