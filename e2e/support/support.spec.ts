import type { Page } from '@playwright/test';

import { expect, test } from './index.ts';
import { watchForTrouble } from './pageTrouble.ts';

// The browser tests' own ground: what they rely on to notice trouble, and the microphone they speak into.

const ADDRESS = 'http://127.0.0.1:9/';

async function serve(page: Page, html: string, policy: string): Promise<void> {
  await page.route(`${ADDRESS}**`, async (route) =>
    route.fulfill({
      contentType: 'text/html',
      headers: { 'content-security-policy': policy },
      body: `<!doctype html><link rel="icon" href="data:,"><title>ground</title>${html}`,
    }),
  );
  await page.goto(ADDRESS);
}

test('a blocked script, a console error and an uncaught error are all noticed', async ({
  context,
}) => {
  const page = await context.newPage();
  const trouble = await watchForTrouble(page);

  await serve(page, '<script>window.ran = true</script>', "default-src 'self'; img-src data:");
  await page.evaluate(() => {
    // oxlint-disable-next-line no-console -- the very thing to be noticed
    console.error('said');
    setTimeout(() => {
      throw new Error('thrown');
    });
  });

  await expect
    .poll(() => trouble.lines.join('\n'))
    .toMatch(/policy: script-src-elem blocked inline[^]*console: said[^]*uncaught: thrown/);
});

test('the microphone plays the recorded voice', async ({ page }) => {
  await serve(page, '', "default-src 'none'; img-src data:");

  const loudest = await page.evaluate(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const context = new AudioContext({ sampleRate: 24_000 });
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let peak = 0;
    const endMs = performance.now() + 10_000;
    while (peak < 0.05 && performance.now() < endMs) {
      await new Promise(requestAnimationFrame);
      analyser.getFloatTimeDomainData(samples);
      peak = Math.max(peak, ...samples);
    }
    return peak;
  });

  expect(loudest).toBeGreaterThan(0.05);
});
