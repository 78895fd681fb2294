import { systemClock } from '../core/platform/index.ts';
import { MemoryLogger } from '../core/platform/testing/index.ts';
import { openThreadStore } from '../core/store/index.ts';
import { AssistantPage, expect, startHost, test } from './support/index.ts';

const task = (assistant: AssistantPage, request: string) =>
  assistant.conversation.getByRole('region', { name: `Work: ${request}`, exact: true });

test.describe('a host that dies while something is done', () => {
  test.use({ expectedTrouble: [/WebSocket connection to .* failed|Failed to load resource/] });

  test('leaves it interrupted for its successor, with what was done, to be asked again with one key', async ({
    host,
    page,
  }) => {
    const assistant = new AssistantPage(page);
    await assistant.open(host.url);
    await assistant.startMuted();
    await expect(assistant.state).toContainText('Listening');
    await assistant.send('Ask the agent to wait 9 seconds');
    const card = task(assistant, 'wait 9 seconds');
    await expect(card).toContainText('I wait 9 seconds now.');
    await assistant.send('Ask the agent to reverse: behind');
    const behind = task(assistant, 'reverse: behind');
    await expect(behind).toContainText('waiting its turn');
    await host.kill();

    await using successor = await startHost({
      args: ['--port', new URL(host.url).port],
      env: { PARLEY_HOME: host.home },
    });
    await page.goto(successor.url);

    for (const each of [card, behind]) {
      await expect(each).toContainText('Interrupted: Parley ended before this was done.');
      await expect(each.getByRole('button', { name: /^Stop/ })).toHaveCount(0);
    }
    const steps = card.getByRole('list', { name: 'Steps' }).getByRole('listitem');
    await expect(steps).toHaveText([/Read the request\s*done/, /Wait 9 seconds\s*stopped/]);
    await expect(assistant.button('Stop the answer, Escape')).toHaveCount(0);
    await expect(card.getByRole('button', { name: 'Ask again' })).toBeVisible();

    await page.locator('body').press('a');
    await expect(behind).toHaveCount(2);
    await expect(behind.last()).toContainText('dniheb');
    await expect(behind.first().getByRole('button', { name: 'Ask again' })).toHaveCount(0);
    await card.getByRole('button', { name: 'Ask again' }).click();
    await expect(card.last()).toContainText('I wait 9 seconds now.');
  });

  test('leaves a typed question interrupted, and its words are sent again', async ({
    host,
    page,
  }) => {
    const assistant = new AssistantPage(page);
    await assistant.open(host.url);
    await assistant.send('Wait 9 seconds');
    await expect(assistant.said('Parley')).toContainText('I wait 9 seconds now.');
    await host.kill();

    await using successor = await startHost({
      args: ['--port', new URL(host.url).port],
      env: { PARLEY_HOME: host.home },
    });
    await page.goto(successor.url);

    await expect(assistant.conversation).toContainText('Interrupted: Parley ended');
    await expect(assistant.conversation).not.toContainText('thinking');
    await page.getByRole('button', { name: 'Ask again' }).click();
    await expect(assistant.said('You')).toHaveText([/Wait 9 seconds/, /Wait 9 seconds/]);
    await expect(assistant.said('Parley').last()).toContainText('I wait 9 seconds now.');
  });
});

test('a second task waits its turn under its own name, also over a reload, and is done when the first is stopped', async ({
  assistant,
  page,
}) => {
  await assistant.startMuted();
  await expect(assistant.state).toContainText('Listening');
  await assistant.send('Ask the agent to wait 60 seconds');
  const first = task(assistant, 'wait 60 seconds');
  await expect(first).toContainText('I wait 60 seconds now.');
  await assistant.send('Ask the agent to reverse: second');
  const second = task(assistant, 'reverse: second');
  await expect(second).toContainText('waiting its turn');
  await page.reload();
  await expect(second).toContainText('waiting its turn');
  const steps = first.getByRole('list', { name: 'Steps' });
  await expect(steps).toContainText('now');
  await first.getByRole('button', { name: 'Stop: wait 60 seconds' }).click();

  await expect(steps.getByRole('listitem').last()).toHaveText(/stopped$/);
  await expect(second).toContainText('dnoces');
  await expect(first).not.toContainText('dnoces');
  await expect(assistant.work.getByRole('listitem')).toHaveText([
    /reverse: second.*dnoces/s,
    /wait 60 seconds.*stopped/s,
  ]);
});

test('each result of two tasks is spoken', async ({ assistant }) => {
  await assistant.startMuted();
  await expect(assistant.state).toContainText('Listening');
  // Typed words silence Parley: they have to be there before the first result is spoken.
  await assistant.send('Ask the agent to wait 4 seconds');
  await expect(task(assistant, 'wait 4 seconds')).toContainText('I wait 4 seconds now.');
  await assistant.send('Ask the agent to reverse: second');

  await expect(assistant.said('Parley').filter({ hasText: 'I waited 4 seconds' })).toBeVisible();
  await expect(assistant.said('Parley').filter({ hasText: 'dnoces' })).toBeVisible();
});

test('of two tasks the one that waits is taken back alone', async ({ assistant }) => {
  await assistant.startMuted();
  await expect(assistant.state).toContainText('Listening');
  await assistant.send('Ask the agent to wait 5 seconds');
  const first = task(assistant, 'wait 5 seconds');
  await expect(first).toContainText('I wait 5 seconds now.');
  await assistant.send('Ask the agent to reverse: second');
  const second = task(assistant, 'reverse: second');
  await second.getByRole('button', { name: 'Stop: reverse: second' }).click();

  await expect(second).toContainText('Stopped.');
  await expect(first).toContainText('I waited 5 seconds.');
  await expect(second).not.toContainText('dnoces');
});

test('where it joins the running work, it is shown in that card, which keeps its name', async ({
  assistant,
  page,
}) => {
  await assistant.startMuted();
  await expect(assistant.state).toContainText('Listening');
  await assistant.send('Ask the agent to wait 30 seconds');
  const first = task(assistant, 'wait 30 seconds');
  await expect(first).toContainText('I wait 30 seconds now.');
  await assistant.work.getByRole('radio', { name: 'Joins' }).click();
  await assistant.send('Ask the agent to reverse: second');

  await expect(first).toContainText('Added reverse: second');
  await expect(page.getByRole('region', { name: /^Work:/ })).toHaveCount(1);
});

test('quiet is typed, confirmed and taken back without voice, and outlasts a reload', async ({
  assistant,
  page,
}) => {
  const strip = assistant.dock.getByRole('status');
  await assistant.send('Be quiet');
  await expect(strip).toContainText('Quiet: in voice, Parley listens and writes.');
  await expect(assistant.said('You')).toHaveCount(0);
  await page.reload();
  await expect(strip).toContainText('Quiet');
  await assistant.send('Speak again.');
  await expect(strip).toHaveCount(0);

  await assistant.message.blur();
  await page.keyboard.press('q');
  await expect(assistant.button(/^Quiet/)).toHaveAttribute('aria-pressed', 'true');
});

test('a window that gets smaller keeps the end in sight', async ({ assistant, page }) => {
  for (let nth = 1; nth <= 2; nth += 1) {
    await assistant.send('Show markdown');
    await expect(assistant.conversation.getByText('A quotation ends the sample.')).toHaveCount(nth);
  }
  await page.setViewportSize({ width: 390, height: 600 });

  const quotation = assistant.conversation.getByText('A quotation ends the sample.').last();
  await expect(quotation).toBeInViewport();
  await expect(page.getByRole('button', { name: 'Latest' })).toHaveCount(0);
});

/** Puts a long conversation into a home folder, of turns that are of very different height. */
async function prepareLong(home: string): Promise<void> {
  const store = openThreadStore(home, { clock: systemClock, log: new MemoryLogger() });
  const id = '01a00000-0000-7000-8000-000000000001';
  const createdAtMs = systemClock.nowMs();
  const journal = store.create({
    id,
    createdAtMs,
    cwd: home,
    model: 'practice-text',
    modelProvider: 'practice',
    originator: 'parley-app',
    source: 'appServer',
    threadSource: null,
  });
  journal.setPreview('A long one');
  for (let nth = 1; nth <= 300; nth += 1) {
    const turn = {
      id: `turn-${nth}`,
      rootTurnId: `turn-${nth}`,
      items: [],
      itemsView: 'notLoaded',
      status: 'inProgress',
      error: null,
      startedAt: 1,
      completedAt: null,
      durationMs: null,
    };
    const times = { startedAtMs: 1, completedAtMs: 1 };
    const said = { type: 'userMessage', id: `u-${nth}`, clientId: null, ...times };
    const told = { type: 'agentMessage', id: `m-${nth}`, phase: null, memoryCitation: null };
    const text = Array.from({ length: 1 + ((nth * 7) % 13) }, () => 'Word. '.repeat(nth % 40));
    const records = [
      { type: 'turnStarted', turn },
      {
        type: 'item',
        turnId: turn.id,
        item: { ...said, content: [{ type: 'text', text: `Question ${nth}` }] },
      },
      {
        type: 'item',
        turnId: turn.id,
        item: { ...told, ...times, text: text.join('\n\n') },
      },
      {
        type: 'turnCompleted',
        turn: { ...turn, status: 'completed', completedAt: 2, durationMs: 1 },
      },
    ];
    for (const record of records) void journal.append(record);
  }
  await journal.close();
  await store.close();
}

test.describe('in a long conversation', () => {
  test.use({ hostOptions: { prepare: prepareLong } });

  test('a message sent from far up comes into view, and its answer stays there', async ({
    host,
    page,
  }) => {
    const assistant = new AssistantPage(page);
    await assistant.open(host.url);
    await page.getByRole('button', { name: 'A long one' }).click();
    await expect(assistant.conversation).toContainText('Question 300');
    const atEnd = () =>
      assistant.conversation.evaluate(
        ({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight < 80,
      );
    await expect.poll(atEnd).toBe(true);
    for (let up = 1; up <= 4; up += 1) {
      await assistant.conversation.hover();
      await page.mouse.wheel(0, -3000 * up);
      await expect(page.getByRole('button', { name: 'Latest' })).toBeVisible();

      await assistant.send(`Reverse: message ${up}`);

      await expect(assistant.said('You').last()).toContainText(`message ${up}`);
      await expect(assistant.said('You').last()).toBeInViewport();
      await expect(assistant.said('Parley').last()).toContainText(`${up} egassem`);
      await expect.poll(atEnd).toBe(true);
    }
  });
});

test('a message sent from further up comes into view, and so does its answer', async ({
  assistant,
  page,
}) => {
  for (let nth = 1; nth <= 3; nth += 1) {
    await assistant.send('Show markdown');
    await expect(assistant.conversation.getByText('A quotation ends the sample.')).toHaveCount(nth);
  }
  await assistant.conversation.hover();
  await page.mouse.wheel(0, -4000);
  await expect(page.getByRole('button', { name: 'Latest' })).toBeVisible();

  const poem = Array.from({ length: 30 }, (_, line) => `Line ${line + 1} of a poem`).join('\n');
  await assistant.send(`${poem}\nGive me a long answer`);

  await expect(assistant.said('You').last()).toBeInViewport();
  await expect(assistant.said('Parley').last()).toContainText('paragraph 3 of 12');
  await expect(page.getByRole('button', { name: 'Latest' })).toHaveCount(0);
  const { bottom, end } = await assistant.conversation.evaluate((scroller) => ({
    bottom: scroller.scrollTop + scroller.clientHeight,
    end: scroller.scrollHeight,
  }));
  expect(end - bottom).toBeLessThan(120);
});
