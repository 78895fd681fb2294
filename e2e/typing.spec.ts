import { expect, test } from './support/index.ts';

test('an answer arrives piece by piece', async ({ assistant }) => {
  await assistant.send('Give me a long answer');

  const answer = assistant.said('Parley').last();
  await expect(answer).toContainText('paragraph 1 of 12');
  await expect(answer).not.toContainText('paragraph 12 of 12');
  await expect(assistant.button('Stop the answer, Escape')).toBeVisible();
  await assistant.button('Stop the answer, Escape').click();
});

test('Markdown is set as Markdown: headings, lists, tables, code and quotations', async ({
  assistant,
}) => {
  await assistant.send('Show markdown');

  const answer = assistant.said('Parley').last();
  await expect(answer.getByRole('blockquote')).toContainText('A quotation ends the sample.');
  await expect(answer.getByRole('heading', { name: 'A heading' })).toBeVisible();
  await expect(answer.getByRole('listitem')).toHaveText(['first', 'second']);
  await expect(answer.getByRole('row')).toHaveText([/colour\s*hex/, /teal/, /coral/]);
  await expect(answer.locator('strong', { hasText: 'strong' })).toBeVisible();
  await expect(answer.locator('pre code')).toContainText("const greeting: string = 'hello';");
  await expect(answer).not.toContainText('**');
});

for (const how of ['the button', 'Escape'] as const) {
  test(`${how} stops an answer; what was written stays and is marked`, async ({ assistant }) => {
    await assistant.send('Give me a long answer');
    const answer = assistant.said('Parley').last();
    await expect(answer).toContainText('paragraph 1 of 12');

    if (how === 'Escape') await assistant.message.press('Escape');
    else await assistant.button('Stop the answer, Escape').click();

    await expect(answer).toContainText('stopped before the end');
    await expect(answer).toContainText('paragraph 1 of 12');
    await expect(answer).not.toContainText('paragraph 12 of 12');
    await expect(assistant.conversation.getByText('Stopped.', { exact: true })).toBeVisible();
    await expect(assistant.button('Send, Enter')).toBeVisible();
  });
}

test('after a stopped answer the conversation goes on', async ({ assistant }) => {
  await assistant.send('Wait 30 seconds');
  await expect(assistant.said('Parley').last()).toContainText('I wait 30 seconds now');
  await assistant.message.press('Escape');
  await expect(assistant.conversation.getByText('Stopped.', { exact: true })).toBeVisible();

  await assistant.send('What is 6 * 7?');

  await expect(assistant.said('Parley').last()).toContainText('42');
});

test('the steps of the work are shown while it goes on and ticked off at its end', async ({
  assistant,
}) => {
  await assistant.send('Wait 1 second');

  const steps = assistant.conversation.getByRole('list', { name: 'Steps' });
  await expect(steps.getByRole('listitem')).toHaveText([
    /Read the request\s*done/,
    /Wait 1 seconds\s*now/,
  ]);
  await expect(steps.getByRole('listitem').last()).toHaveText(/Wait 1 seconds\s*done/);
});

test('a failed turn says so in its place, and the next one works', async ({ assistant }) => {
  await assistant.send('Fail');
  await expect(assistant.conversation).toContainText(
    'You asked the practice agent to fail, and so it did.',
  );

  await assistant.send('What is 2 + 2?');

  await expect(assistant.said('Parley').last()).toContainText('2 + 2 is 4');
});

test('a reload shows the conversation again, and the list has its name', async ({
  assistant,
  page,
}) => {
  const number = Date.now() % 1_000_000;
  const question = `What is ${number} + ${number}?`;
  await assistant.send(question);
  const answer = `is ${2 * number}.`;
  await expect(assistant.said('Parley')).toContainText(answer);

  await page.reload();

  await expect(assistant.said('You')).toContainText(question);
  await expect(assistant.said('Parley')).toContainText(answer);
  const list = page.getByRole('navigation', { name: 'Conversations' });
  await expect(list.getByRole('button', { name: `What is ${number} + ${number}` })).toHaveAttribute(
    'aria-current',
    'page',
  );
});

test('the list leads back to an earlier conversation', async ({ assistant, page }) => {
  const list = page.getByRole('navigation', { name: 'Conversations' });
  const first = `Reverse: first ${Date.now()}`;
  await assistant.send(first);
  await expect(assistant.said('Parley')).toContainText('tsrif');
  await list.getByRole('button', { name: 'New conversation' }).first().click();
  await expect(page.getByRole('heading', { name: 'Talk with Parley' })).toBeVisible();
  await assistant.send('Reverse: second');
  await expect(assistant.said('Parley')).toContainText('dnoces');

  await list.getByRole('button', { name: first }).click();

  await expect(assistant.said('Parley')).toContainText('tsrif');
  await expect(assistant.conversation).not.toContainText('dnoces');
});

test('what was sent comes back with the arrow key, to be sent again', async ({ assistant }) => {
  await assistant.send('What is 3 * 3?');
  await expect(assistant.said('Parley')).toContainText('9');

  await assistant.message.press('ArrowUp');

  await expect(assistant.message).toHaveValue('What is 3 * 3?');
});
