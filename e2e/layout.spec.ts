import { join } from 'node:path';
import process from 'node:process';

import type { Page } from '@playwright/test';

import { AssistantPage, expect, test } from './support/index.ts';

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

type Readability = {
  /** How bright the page's ground is, 0 to 1. */
  readonly ground: number;
  /** Words with less contrast to their ground than WCAG 2 asks of small text (4.5). */
  readonly faint: readonly string[];
};

async function readability(page: Page): Promise<Readability> {
  return page.evaluate(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    if (canvas === null) throw new Error('no canvas to read colours with');
    /** Paints the colours on one another and gives the relative luminance of what is seen. */
    const luminance = (colours: readonly string[]): number => {
      canvas.clearRect(0, 0, 1, 1);
      for (const colour of colours) {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
      }
      const [red = 0, green = 0, blue = 0] = Array.from(
        canvas.getImageData(0, 0, 1, 1).data,
        (byte) => (byte <= 10 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4),
      );
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const groundsOf = (element: Element | null): readonly string[] =>
      element === null
        ? ['Canvas']
        : [...groundsOf(element.parentElement), getComputedStyle(element).backgroundColor];
    const faint: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      const words = node.textContent?.trim() ?? '';
      if (element === null || words === '' || !element.checkVisibility()) continue;
      if (element.closest('[disabled], [aria-disabled="true"]') !== null) continue;
      const grounds = groundsOf(element);
      const under = luminance(grounds);
      const over = luminance([...grounds, getComputedStyle(element).color]);
      const contrast = (Math.max(under, over) + 0.05) / (Math.min(under, over) + 0.05);
      if (contrast < 4.5) faint.push(`${contrast.toFixed(2)} ${words.slice(0, 40)}`);
    }
    return { ground: luminance(groundsOf(document.body)), faint };
  });
}

const LONG_WORD =
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
const ARABIC = 'كيف حالك اليوم؟';

for (const [width, height] of [
  [360, 740],
  [1280, 800],
  [1600, 1000],
] as const) {
  test(`everything has room at ${width} x ${height}`, async ({ assistant, page }) => {
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

for (const colorScheme of ['light', 'dark'] as const) {
  test(`a ${colorScheme} system gets a ${colorScheme} page that is easy to read`, async ({
    assistant,
    page,
  }) => {
    await page.emulateMedia({ colorScheme });
    await assistant.send('Fail');
    await expect(assistant.conversation).toContainText('and so it did');
    await assistant.startMuted();
    await assistant.send('Ask the agent to count the words in one two three');
    await expect(assistant.work).toContainText('done');

    const { ground, faint } = await readability(page);

    expect(ground < 0.5).toBe(colorScheme === 'dark');
    expect(faint).toEqual([]);
  });
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
    test(`the ${colorScheme} picture of the page`, async ({ host, page }) => {
      const assistant = new AssistantPage(page);
      await page.emulateMedia({ colorScheme });
      await assistant.open(host.url);
      await assistant.talk.click();
      await expect(assistant.state).toHaveText('Hearing you');
      await expect(assistant.state).toHaveText('Speaking');
      // Muted, so that the recording's next round does not interrupt the answer.
      await assistant.button(/^Mute/).click();
      await expect(assistant.state).toHaveText('ListeningMuted', { timeout: 20_000 });
      await assistant.send('Ask the agent to list the primes up to 50');
      await expect(assistant.work).toContainText('done');
      await expect(assistant.said('Parley').last()).toContainText('speaking');
      await assistant.button(/^Muted/).click();
      await page.mouse.move(0, 0);
      await page.screenshot({ path: join(SCREENSHOTS, `page-${colorScheme}.png`) });
    });
  }
}
