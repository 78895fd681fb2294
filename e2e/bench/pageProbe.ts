import { type Browser, chromium, type Page } from '@playwright/test';

import { findChromiumHere } from '../../.ci/chromium.ts';

/** What the page noted of itself since it was opened, or since `reset`. */
export type PageNotes = {
  /** Lengths of tasks of the main thread over 50 ms (Long Tasks API), the longest first. */
  readonly longTasksMs: readonly number[];
  /** From each key to the picture that shows what it did. */
  readonly keysMs: readonly number[];
};

declare global {
  interface Window {
    benchProbe: { longTasksMs: number[]; keysMs: number[] };
  }
}

export async function launchBrowser(): Promise<Browser> {
  const executablePath = await findChromiumHere();
  return chromium.launch(executablePath === undefined ? {} : { executablePath });
}

/** A page that is ready and takes notes of itself. */
export async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await attachPageProbe(page);
  await page.goto(url);
  await page.getByRole('textbox', { name: 'Message to Parley' }).waitFor();
  return page;
}

/** Has the page take notes; must come before it is opened. */
async function attachPageProbe(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const probe = { longTasksMs: [] as number[], keysMs: [] as number[] };
    window.benchProbe = probe;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) probe.longTasksMs.push(duration);
    }).observe({ type: 'longtask' });
    window.addEventListener(
      'keydown',
      ({ timeStamp }) => {
        requestAnimationFrame(() => {
          // What comes after the frame's callbacks comes after its layout and paint, too.
          const { port1, port2 } = new MessageChannel();
          port1.addEventListener('message', () => {
            probe.keysMs.push(performance.now() - timeStamp);
          });
          port1.start();
          port2.postMessage(0);
        });
      },
      { capture: true },
    );
  });
}

export async function resetNotes(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.benchProbe.longTasksMs.length = 0;
    window.benchProbe.keysMs.length = 0;
  });
}

export async function readNotes(page: Page): Promise<PageNotes> {
  return page.evaluate(() => ({
    longTasksMs: window.benchProbe.longTasksMs.toSorted((a, b) => b - a),
    keysMs: [...window.benchProbe.keysMs],
  }));
}

/**
 * Waits for words on the page in a turn that is over, and resolves with the wall-clock time of the picture
 * that shows both. Looks once a frame, and at the words only when the turn is over.
 */
export async function shownAtMs(page: Page, words: string): Promise<number> {
  return page.evaluate(async (wanted) => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const look = (): void => {
      const isOver = document.querySelector('footer [aria-label="Send, Enter"]') !== null;
      const conversation = document.querySelector('#conversation');
      if (isOver && conversation?.textContent.includes(wanted) === true) {
        requestAnimationFrame(() => {
          resolve(performance.timeOrigin + performance.now());
        });
      } else {
        requestAnimationFrame(look);
      }
    };
    look();
    return promise;
  }, words);
}
