import { askingPath } from './support/recordedVoice.ts';
import { expect, test } from './support/index.ts';

// The microphone of these tests says every half minute: ask the agent to list the primes up to fifty.
test.use({ microphoneFile: askingPath() });

const CLEARLY_AUDIBLE = 0.05;

for (const connection of ['webrtc', 'websocket'] as const) {
  test.describe(`over ${connection}`, () => {
    test.use({ connection });

    test('work that is asked for aloud is understood, done, and comes back spoken', async ({
      assistant,
    }) => {
      await assistant.talk.click();

      // A call may lose a word on a busy machine; it is said again.
      const asked = assistant.said('You').filter({
        hasText: 'ask the agent to list the primes up to fifty',
      });
      await expect(asked.first()).toBeVisible({ timeout: 90_000 });
      const task = assistant.conversation.getByRole('region', {
        name: 'Work: list the primes up to fifty',
      });
      await expect(task).toContainText('2, 3, 5, 7, 11');
      await expect(task).toContainText('done');
      await expect(assistant.said('Parley').last()).toContainText('41, 43, 47');
      await expect.poll(() => assistant.loudest()).toBeGreaterThan(CLEARLY_AUDIBLE);
    });

    test('what can be said is in sight before and while one talks', async ({ assistant }) => {
      await expect(
        assistant.conversation.getByRole('button', {
          name: 'Ask the agent to list the primes up to fifty',
        }),
      ).toBeVisible();
      await assistant.startMuted();

      const list = assistant.dock.getByRole('list', { name: 'You can say' });
      await expect(list).toContainText('What time is it?');
      await assistant.send('Ask the agent to ask me which colour I like');
      await expect(list.getByRole('listitem')).toHaveText(['Teal', 'Coral', 'Grey']);
      await assistant.send('the second one');
      await expect(assistant.said('Parley').last()).toContainText('Coral');
      await expect(list).toContainText('What time is it?');
    });
  });
}
