import type { Page } from '@playwright/test';

import { expect, test } from './support/index.ts';

type Focus = { readonly name: string; readonly marked: boolean };

/** What has the focus, and whether that is to be seen on it, or on the frame drawn around it. */
async function focused(page: Page): Promise<Focus> {
  return page.evaluate(() => {
    const element = document.activeElement ?? document.body;
    const words = element instanceof HTMLElement ? element.innerText : element.textContent;
    const label = element.getAttribute('aria-label') ?? words;
    // The message field is drawn by what holds it and its button.
    const frame = element.id === 'composer' ? element.parentElement : null;
    return {
      name: element.id === 'composer' ? 'Message' : label.trim().replaceAll(/\s+/g, ' '),
      marked: [element, ...(frame === null ? [] : [frame])].some((drawn) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(drawn);
        return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
      }),
    };
  });
}

/** Goes through the page by Tab until the focus leaves it or comes round. */
async function tour(page: Page): Promise<readonly Focus[]> {
  const stops: Focus[] = [];
  const atMost = 60;
  for (let step = 0; step < atMost; step += 1) {
    await page.keyboard.press('Tab');
    const stop = await focused(page);
    if (stop.name === stops[0]?.name) break;
    if (await page.evaluate(() => document.activeElement === document.body)) break;
    stops.push(stop);
  }
  return stops;
}

test('Tab reaches everything, in the order of the page, and the focus is always to be seen', async ({
  assistant,
  page,
}) => {
  await assistant.send('Show markdown');
  await expect(assistant.said('Parley')).toContainText('A quotation ends the sample.');
  await page.reload();
  await expect(assistant.said('Parley')).toContainText('A quotation ends the sample.');

  const stops = await tour(page);

  expect(stops.filter(({ marked }) => !marked)).toEqual([]);
  const names = stops.map(({ name }) => name);
  const order = [
    'Skip to typing',
    'Skip to the conversation',
    'Practice no key needed',
    'Commands, Control K',
    'New conversation',
    'Conversation',
    'Table',
    'Start talking V',
    'Message',
  ];
  expect(names.filter((name) => order.includes(name))).toEqual(order);
});

test('the first stop leads past everything to the message field', async ({ assistant, page }) => {
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');

  await expect(assistant.message).toBeFocused();
});

test('a whole voice session goes without a mouse', async ({ assistant, page }) => {
  await page.keyboard.press('v');
  await page.keyboard.press('m');
  await expect(assistant.state).toHaveText('ListeningMuted');

  await page.keyboard.press('/');
  await expect(assistant.message).toBeFocused();
  await page.keyboard.type('What can you do?');
  await page.keyboard.press('Enter');
  await assistant.hasBeen('Speaking');
  await page.keyboard.press('Escape');
  await expect(assistant.said('Parley')).toContainText('interrupted');

  await page.keyboard.press('Control+k');
  await page.keyboard.type('unmute');
  await page.keyboard.press('Enter');
  await expect(assistant.state).not.toContainText('Muted');

  await page.keyboard.press('Control+k');
  await page.keyboard.type('end the voice');
  await page.keyboard.press('Enter');
  await expect(assistant.dock).toContainText('the microphone is off.');
  await expect.poll(() => assistant.microphones()).toEqual(['ended']);
});

test('the palette offers the commands, finds them by their words and goes away by Escape', async ({
  page,
  assistant,
}) => {
  await assistant.message.focus();
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Commands' });
  await expect(palette.getByRole('searchbox', { name: 'Find a command' })).toBeFocused();
  await expect(palette.getByRole('menuitem', { name: 'Start talking' })).toBeVisible();

  await page.keyboard.type('dark');
  await expect(palette.getByRole('menuitem')).toHaveText(['Dark appearance']);
  await page.keyboard.press('Enter');
  await expect(palette).toBeHidden();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');

  await page.keyboard.press('Control+k');
  await page.keyboard.press('Escape');
  await expect(palette).toBeHidden();
  await expect(assistant.message).toBeFocused();
});

test('letters typed into the message field are letters, not commands', async ({ assistant }) => {
  await assistant.message.press('v');
  await assistant.message.press('m');

  await expect(assistant.message).toHaveValue('vm');
  expect(await assistant.microphones()).toEqual([]);
});

test('the page has a language, one main heading, its landmarks and a live region', async ({
  assistant,
  page,
}) => {
  await expect(assistant.talk).toBeVisible();

  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page).toHaveTitle('Parley');
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  for (const landmark of ['banner', 'main', 'contentinfo'] as const)
    await expect(page.getByRole(landmark)).toHaveCount(1);
  await expect(page.getByRole('navigation', { name: 'Conversations' })).toBeVisible();
  await expect(page.getByRole('log')).toHaveAttribute('aria-live', 'polite');
});

test('every control has a name, at rest and in a session', async ({ assistant, page }) => {
  const nameless = async (): Promise<readonly string[]> => {
    const tree = await page.locator('body').ariaSnapshot();
    const controls = /^\s*- (?:button|link|textbox|radio|searchbox|menuitem)(?![ "']*["'])[^"]*$/;
    return tree.split('\n').filter((line) => controls.test(line));
  };
  await expect(assistant.talk).toBeVisible();
  expect(await nameless()).toEqual([]);

  await assistant.startMuted();
  await expect(assistant.state).toContainText('Listening');

  expect(await nameless()).toEqual([]);
  await expect(assistant.message).toHaveAccessibleName('Message to Parley');
});

test('an answer that is not spoken is told to a screen reader, without its marks', async ({
  assistant,
  page,
}) => {
  await assistant.send('Reverse: once');

  await expect(page.getByRole('log')).toHaveText(/^Parley: ecno /);
});
