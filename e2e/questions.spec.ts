import type { Locator } from '@playwright/test';

import { AssistantPage, expect, test } from './support/index.ts';

const card = (assistant: AssistantPage): Locator =>
  assistant.conversation.getByRole('form', { name: /^Parley needs/ });
const answer = (assistant: AssistantPage): Locator => assistant.said('Parley').last();

test('a question of the agent is asked in its turn and answered with a click', async ({
  assistant,
}) => {
  await assistant.send('Ask me which colour I like');
  await expect(card(assistant)).toContainText('Which colour do you like?');
  await expect(assistant.page.getByRole('log')).toHaveText(
    'The agent asks: Which colour do you like?',
  );
  await expect(assistant.conversation.getByText('thinking')).toHaveCount(0);
  await card(assistant).getByRole('option', { name: 'Coral' }).click();

  await expect(answer(assistant)).toContainText('You answered Coral.');
  await expect(card(assistant)).toHaveCount(0);
  const settled = assistant.conversation.getByRole('region', { name: 'Question, over' });
  await expect(settled).toHaveText(/Which colour do you like\?\s*Coral\s*answered here/);
  await expect(assistant.message).toBeFocused();

  await assistant.page.reload();
  await expect(settled).toHaveText(/Which colour do you like\?\s*Coral\s*answered/);
  await expect(answer(assistant)).toContainText('You answered Coral.');
});

test('keys alone answer: the focus comes, arrows choose, Enter sends', async ({ assistant }) => {
  const { page } = assistant;
  await assistant.send('Ask me which colour I like');
  await expect(card(assistant).getByRole('option', { name: 'Teal' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(card(assistant).getByRole('option', { name: 'Coral' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(answer(assistant)).toContainText('You answered Grey.');
  await expect(assistant.message).toBeFocused();

  await assistant.send('Ask me which colour I like');
  await expect(card(assistant).getByRole('option', { name: 'Teal' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.type('something blue');
  await page.keyboard.press('Enter');
  await expect(answer(assistant)).toContainText('You answered something blue.');
});

test('who is typing keeps the focus and the words', async ({ assistant }) => {
  await assistant.send('Ask me which colour I like');
  await assistant.message.fill('half a sent');
  await assistant.message.focus();
  await card(assistant).getByRole('option', { name: 'Teal' }).click();
  await expect(answer(assistant)).toContainText('You answered Teal.');
  await assistant.send('Wait 1 second, then ask me nothing');
  await assistant.message.fill('half a sentence');
  await expect(answer(assistant)).toContainText('I waited 1 seconds.');
  await expect(assistant.message).toBeFocused();
  await expect(assistant.message).toHaveValue('half a sentence');
});

test('several questions are answered one by one and sent together', async ({ assistant }) => {
  await assistant.send('Ask me three questions');
  const send = card(assistant).getByRole('button', { name: 'Send answers' });
  await expect(send).toBeDisabled();
  await card(assistant).getByRole('option', { name: 'Teal' }).click();
  await card(assistant).getByRole('option', { name: 'Small' }).click();
  await card(assistant).getByRole('textbox', { name: 'Your answer', exact: true }).fill('Bert');
  // Other words take the place of a chosen option.
  await card(assistant).getByRole('textbox', { name: 'Or in your own words' }).first().fill('Blue');
  await expect(card(assistant).getByRole('option', { name: 'Teal' })).toHaveAttribute(
    'aria-selected',
    'false',
  );
  await send.click();

  for (const words of ['Colour: Blue', 'Size: Small', 'Name: Bert']) {
    await expect(answer(assistant)).toContainText(words);
  }
});

test('a secret is typed unseen and shown nowhere', async ({ assistant }) => {
  await assistant.send('Ask me for a password');
  const field = card(assistant).locator('input');
  await expect(field).toHaveAttribute('type', 'password');
  await expect(field).toBeFocused();
  await field.fill('hunter2');
  await field.press('Enter');
  await expect(answer(assistant)).toContainText('You answered a secret of 7 characters.');
  await expect(assistant.conversation).toContainText('kept secret');
  expect(await assistant.page.content()).not.toContain('hunter2');
});

test('an open question is there again after a reload, and stopping the turn withdraws it', async ({
  assistant,
}) => {
  await assistant.send('Ask me which colour I like');
  await expect(card(assistant)).toBeVisible();
  await assistant.page.reload();
  await expect(card(assistant)).toContainText('Which colour do you like?');
  await assistant.message.press('Escape');
  await expect(card(assistant)).toHaveCount(0);
  await expect(assistant.conversation).toContainText('No longer needed');
  await assistant.send('What is 6 * 7?');
  await expect(answer(assistant)).toContainText('42');
});

test('two windows show one question, and the answer of one settles both', async ({
  assistant,
  sharedHost,
  context,
}) => {
  await assistant.send('Ask me which colour I like');
  await expect(card(assistant)).toBeVisible();
  const other = new AssistantPage(await context.newPage());
  await other.open(sharedHost.url);
  await card(other).getByRole('option', { name: 'Grey' }).click();

  await expect(answer(assistant)).toContainText('You answered Grey.');
  await expect(assistant.conversation).toContainText('answered in another window');
  await expect(other.conversation).toContainText('answered here');
});

test('a conversation that waits is pointed to from another one', async ({ assistant }) => {
  const { page } = assistant;
  await assistant.send('Ask me which colour I like');
  await expect(card(assistant)).toBeVisible();
  await page.getByRole('button', { name: 'New conversation' }).first().click();
  await expect(page.getByText('“Ask me which colour I like” waits for your answer.')).toBeVisible();
  await page.getByRole('button', { name: 'Open it' }).click();
  await card(assistant).getByRole('option', { name: 'Teal' }).click();
  await expect(answer(assistant)).toContainText('You answered Teal.');
  await expect(page.getByText('waits for your answer')).toHaveCount(0);
});

test('work that voice handed over asks in its card, and words typed to the voice answer it', async ({
  assistant,
}) => {
  await assistant.startMuted();
  await assistant.send('Ask the agent to ask me which colour I like');
  await expect(card(assistant)).toContainText('You can also just say it.');
  await expect(assistant.work).toContainText('waiting for your answer');
  await expect(assistant.said('Parley').last()).toContainText('Which colour do you like?');
  await assistant.send('Tell the agent teal');

  await expect(assistant.work).toContainText('You answered Teal.');
  await expect(assistant.conversation).toContainText('answered by voice');
  await expect(card(assistant)).toHaveCount(0);
});
