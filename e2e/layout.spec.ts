import { join } from 'node:path';
import process from 'node:process';

import type { Page } from '@playwright/test';

import { expect, test } from './support/index.ts';

const SCREENSHOTS = join(import.meta.dirname, 'screenshots');

/** What is wider than its place: the page itself, and words that run out of what holds them. */
async function overflowing(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) found.push(`page: ${scrollWidth} > ${clientWidth}`);
    for (const element of document.querySelectorAll('body *')) {
      const { overflowX, textOverflow, position, display } = getComputedStyle(element);
      // Meant to scroll, to end in dots, to be drawn, or to be read by a screen reader only.
      if (overflowX === 'auto' || overflowX === 'scroll' || textOverflow === 'ellipsis') continue;
      if (display === 'inline' || element.closest('[aria-hidden="true"], svg, [role="log"]'))
        continue;
      if (position === 'absolute' && element.clientWidth <= 1) continue;
      if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0) {
        const text = element.textContent.trim().slice(0, 40);
        found.push(`${element.tagName} "${text}": ${element.scrollWidth} > ${element.clientWidth}`);
      }
    }
    return found;
  });
}

const LONG_WORD =
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
const ARABIC = 'كيف حالك اليوم؟';

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [width, height] of [
    [360, 740],
    [1280, 800],
    [1600, 1000],
  ] as const) {
    test(`everything has room at ${width} x ${height}, ${colorScheme}`, async ({
      assistant,
      page,
    }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height });
      expect(await overflowing(page)).toEqual([]);

      await assistant.send('Show markdown');
      await expect(assistant.said('Parley').last()).toContainText('A quotation ends the sample.');
      await expect(assistant.button('Send, Enter')).toBeVisible();
      await assistant.send(`Reverse: ${LONG_WORD.repeat(3)}`);
      await expect(assistant.said('Parley').last()).toContainText('fahcslleseg');
      await expect(assistant.button('Send, Enter')).toBeVisible();
      expect(await overflowing(page)).toEqual([]);

      await assistant.startMuted();
      await expect(assistant.state).toContainText('Listening');
      expect(await overflowing(page)).toEqual([]);
      await expect(assistant.button('End')).toBeInViewport({ ratio: 1 });
      await expect(assistant.message).toBeInViewport({ ratio: 1 });
    });
  }
}

test('on a phone, conversations and work are behind their buttons', async ({ assistant, page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await expect(assistant.work).toBeHidden();

  await page.getByRole('button', { name: 'Work' }).click();
  await expect(page.getByRole('dialog', { name: 'Work' })).toContainText('It runs here');
  expect(await overflowing(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Conversations' }).click();

  const list = page.getByRole('dialog', { name: 'Conversations' });
  await expect(list.getByRole('button', { name: 'New conversation' }).first()).toBeVisible();
  expect(await overflowing(page)).toEqual([]);
});

test('right-to-left words are set from the right', async ({ assistant }) => {
  await assistant.send(ARABIC);

  const words = assistant.said('You').getByText(ARABIC);
  await expect(words).toBeVisible();
  expect(await words.evaluate((element) => getComputedStyle(element).direction)).toBe('rtl');
});

test('wide code scrolls in its own box', async ({ assistant, page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await assistant.send('Show markdown');
  const code = assistant.said('Parley').locator('pre');
  await expect(code).toBeVisible();

  const wide = await code.evaluate((element) => getComputedStyle(element).overflowX);

  expect(wide).toBe('auto');
});

if (process.env['UPDATE_SCREENSHOTS'] === '1') {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`the ${colorScheme} picture of the page`, async ({ assistant, page }) => {
      await page.emulateMedia({ colorScheme });
      await assistant.talk.click();
      await expect(assistant.said('Parley').first()).toContainText('I do not understand words');
      await assistant.button(/^Mute/).click();
      await assistant.send('Ask the agent to count the words in one two three');
      await expect(assistant.work).toContainText('done');
      await expect(assistant.said('Parley').last()).toContainText(/That has \W*3\W* words/);
      await expect(assistant.said('Parley').last()).toContainText('speaking');
      await assistant.button(/^Muted/).click();
      await page.screenshot({ path: join(SCREENSHOTS, `page-${colorScheme}.png`) });
    });
  }
}
