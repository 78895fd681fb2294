import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import type { Page } from '@playwright/test';

import { LAUNCHER } from '../../main/testing/index.ts';
import { cleanEnvironment, startHost } from '../support/index.ts';
import { config } from './contestant.ts';
import { launchBrowser, openPage, readNotes, resetNotes, shownAtMs } from './pageProbe.ts';
import { type Benchmark, collectAlternately, median, percentile } from './row.ts';
import { answerFrames, deltaFrame, itemIdIn } from './textTurn.ts';
import { Upstream, type UpstreamLink } from './upstream.ts';

const DELTAS = 10_000;
const MANY_DELTAS = 40_000;
const ROUNDS = 3;
/** So quickly the provider sends: some thirty times as quick as today's models speak. */
const DELTAS_A_BEAT = 30;
const BEAT_MS = 10;
const KEY_EVERY_MS = 60;
const EXEC_LIMIT = 1.3;
const LONGEST_TASK_MS = 50;
const KEY_LIMIT_MS = 50;
const GROWTH_LIMIT = 4.4;

/** What an answer is made of, over and over, in pieces as a model sends them. */
const SAMPLE = `## Step

The parser reads **one line** at a time and keeps what it has seen, so that \`next()\` is cheap.

- first the header, which names the columns
- then every row
- at last the sums

| column | meaning |
| --- | --- |
| a | the first |
| b | the second |

\`\`\`ts
for (const line of lines) {
  const row = parse(line);
  sums.add(row);
}
\`\`\`

`;
const PIECES = SAMPLE.match(/\s*\S+\s?/gu) ?? [];

type Answer = { readonly beats: readonly string[]; readonly end: string };

let answers = 0;

/** An answer of so many deltas; its last word is like no other. */
function answerOf(deltas: number): Answer {
  answers += 1;
  const end = `the-end-${answers}`;
  const { head } = answerFrames('Begin.\n\n');
  const item = itemIdIn(head);
  const pieces = Array.from({ length: deltas - 2 }, (_, at) => PIECES[at % PIECES.length] ?? '');
  pieces.push(`\n\n${end}`);
  const text = `Begin.\n\n${pieces.join('')}`;
  const { tail } = answerFrames(text);
  const beats = [head];
  for (let at = 0; at < pieces.length; at += DELTAS_A_BEAT) {
    const beat = pieces.slice(at, at + DELTAS_A_BEAT);
    beats.push(beat.map((piece) => deltaFrame(item, piece)).join(''));
  }
  beats.push(tail.replaceAll(/msg_\d+/gu, item));
  return { beats, end };
}

/** Answers the next request with this, beat by beat, and notes when it began. */
function answerWith(link: UpstreamLink, { beats }: Answer): () => number {
  let beganMs = Number.NaN;
  link.answerText = (response) => {
    beganMs = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      // A timer that came late makes up for it, so that the pace is the same for all.
      const due = Math.min(beats.length, 1 + Math.floor((performance.now() - beganMs) / BEAT_MS));
      response.write(beats.slice(sent, due).join(''));
      sent = due;
      if (sent < beats.length) return;
      clearInterval(timer);
      response.end();
    }, BEAT_MS);
  };
  return () => performance.timeOrigin + beganMs;
}

/** Milliseconds from the provider's answer until `exec` has printed it whole. */
async function timeOfExec(upstream: Upstream, answer: Answer): Promise<number> {
  const home = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  try {
    await writeFile(join(home, 'config.toml'), config(upstream.baseUrl('exec')));
    const sentAtMs = answerWith(upstream.linkOf('exec'), answer);
    const child = spawn(process.execPath, [LAUNCHER, 'exec', 'Talk'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...cleanEnvironment(process.env), PARLEY_HOME: home },
    });
    let printedMs = Number.NaN;
    let last = '';
    child.stdout.on('data', (chunk: Buffer) => {
      last = last.slice(-100) + chunk.toString();
      if (last.includes(answer.end)) printedMs = performance.timeOrigin + performance.now();
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    child.once('close', () => {
      resolve();
    });
    await promise;
    if (Number.isNaN(printedMs)) throw new Error('exec did not print the whole answer.');
    return printedMs - sentAtMs();
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Types into the page until it is over. */
async function typeUntil(page: Page, { signal }: AbortController): Promise<void> {
  while (!signal.aborted) {
    await page.keyboard.press('x');
    await page.waitForTimeout(KEY_EVERY_MS);
  }
}

/** Milliseconds from the provider's answer until it stands on the page. */
async function timeOnPage(page: Page, link: UpstreamLink, answer: Answer): Promise<number> {
  const sentAtMs = answerWith(link, answer);
  const message = page.getByRole('textbox', { name: 'Message to Parley' });
  await message.fill('Talk');
  await message.press('Enter');
  await page.waitForSelector('footer [aria-label^="Stop the answer"]');
  const over = new AbortController();
  const typing = typeUntil(page, over);
  const shownMs = await shownAtMs(page, answer.end);
  over.abort();
  await typing;
  await message.fill('');
  return shownMs - sentAtMs();
}

/** Long answers of the text model: how soon they stand on the page, and whether it stays quick meanwhile. */
export const benchPageText: Benchmark = async ({ rounds }) => {
  await using stack = new AsyncDisposableStack();
  const upstream = stack.use(await Upstream.start());
  const link = upstream.linkOf('page');
  const host = stack.use(await startHost({ config: config(upstream.baseUrl('page')) }));
  const browser = await launchBrowser();
  stack.defer(async () => browser.close());
  const longTasksMs: number[] = [];
  const keysMs: number[] = [];
  const onNewPage = async (deltas: number): Promise<number> => {
    const page = await openPage(browser, host.url);
    await page.keyboard.press('Escape');
    await resetNotes(page);
    const tookMs = await timeOnPage(page, link, answerOf(deltas));
    const notes = await readNotes(page);
    if (deltas === DELTAS) {
      longTasksMs.push(notes.longTasksMs[0] ?? 0);
      keysMs.push(...notes.keysMs);
    }
    await page.close();
    return tookMs;
  };
  const [pageMs = [], execMs = [], manyMs = []] = await collectAlternately(
    [
      async () => [await onNewPage(DELTAS)],
      async () => [await timeOfExec(upstream, answerOf(DELTAS))],
      async () => [await onNewPage(MANY_DELTAS)],
    ],
    Math.min(ROUNDS, rounds),
  );
  const words = DELTAS.toLocaleString('en');
  return [
    {
      what: `an answer of ${words} deltas stands on the page`,
      unit: 'ms',
      ours: { value: median(pageMs) },
      against: [{ name: 'exec', value: median(execMs), promised: { atMost: EXEC_LIMIT } }],
    },
    {
      what: `an answer of ${MANY_DELTAS.toLocaleString('en')} deltas stands on the page`,
      unit: 'ms',
      ours: { value: median(manyMs) },
      against: [
        { name: `one of ${words}`, value: median(pageMs), promised: { atMost: GROWTH_LIMIT } },
      ],
    },
    {
      what: 'the longest task of the page meanwhile',
      unit: 'ms',
      ours: { value: median(longTasksMs), note: '0 when none took 50 ms' },
      promised: { atMost: LONGEST_TASK_MS },
      against: [],
    },
    {
      what: 'from a key to its letter on the page meanwhile, p95',
      unit: 'ms',
      ours: { value: percentile(keysMs, 0.95), note: `${keysMs.length} keys` },
      promised: { atMost: KEY_LIMIT_MS },
      against: [],
    },
  ];
};
