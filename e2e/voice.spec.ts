import { AssistantPage, expect, test } from './support/index.ts';

// The microphone of these tests is a recording of a person: a second of silence, the words, silence.

const WHOLE_SENTENCE_MS = 1500;
/** "That has 3 words." */
const SHORT_SENTENCE_MS = 500;
/** RMS of full scale. */
const CLEARLY_AUDIBLE = 0.05;
/** 66 dB below full scale: the silence of a call is not exactly 0. */
const SILENT = 0.0005;

// What holds of one way has to hold of the other.
for (const connection of ['webrtc', 'websocket'] as const) {
  test.describe(`over ${connection}`, () => {
    test.use({ connection });

    test('a spoken turn is heard, answered aloud and written down', async ({ assistant }) => {
      await assistant.startHearingOnce();

      // One after the other, as a machine that is busy takes seconds for each.
      await assistant.hasBeen('Listening');
      await expect(assistant.said('You')).toContainText('spoken');
      await assistant.hasBeen('Speaking');
      await assistant.wasMarkedSpeaking();
      await expect(assistant.said('You')).toContainText('No words were recognised');
      await expect(assistant.said('Parley')).toContainText('I did not understand that');
      await expect.poll(() => assistant.audibleMs()).toBeGreaterThan(WHOLE_SENTENCE_MS);
      expect(await assistant.loudest()).toBeGreaterThan(CLEARLY_AUDIBLE);
      expect(await assistant.words()).toEqual(
        expect.arrayContaining(['Starting', 'Listening', 'Hearing you', 'Thinking', 'Speaking']),
      );
    });

    test('ending a session by the button closes the microphone', async ({ assistant }) => {
      await assistant.talk.click();
      await expect(assistant.state).toHaveText('Listening');
      expect(await assistant.microphones()).toEqual(['live']);

      await assistant.button('End').click();

      await expect(assistant.dock).toContainText('Voice ended; the microphone is off.');
      await expect.poll(() => assistant.microphones()).toEqual(['ended']);
      await expect(assistant.talk).toHaveText(/^Talk again/);
    });

    test('a session that was ended can be followed by another', async ({ assistant }) => {
      await assistant.startMuted();
      await expect(assistant.state).toContainText('Listening');
      await assistant.button('End').click();

      await assistant.talk.click();

      await expect(assistant.state).toContainText('Listening');
      await assistant.send('What can you do?');
      await expect(assistant.said('Parley').last()).toContainText("I am Parley's practice model.");
    });

    test('words typed into a voice session are shown once and answered aloud', async ({
      assistant,
    }) => {
      await assistant.startMuted();
      await expect(assistant.state).toContainText('Listening');

      await assistant.send('What can you do?');

      await assistant.hasBeen('Speaking');
      await expect(assistant.said('Parley')).toContainText(
        "I am Parley's practice model. I can tell the time",
      );
      await expect(assistant.said('You')).toHaveText(/typed\s*What can you do\?$/);
      await expect.poll(() => assistant.audibleMs()).toBeGreaterThan(WHOLE_SENTENCE_MS);
      expect(await assistant.loudest()).toBeGreaterThan(CLEARLY_AUDIBLE);
    });

    test('work asked for in a voice session goes to the agent and its result is spoken', async ({
      assistant,
    }) => {
      await assistant.startMuted();
      await expect(assistant.state).toContainText('Listening');

      await assistant.send('Ask the agent to count the words in one two three');

      const task = assistant.conversation.getByRole('region', {
        name: 'Work: count the words in one two three',
      });
      await expect(task).toContainText(/That has \W*3\W* words/);
      await expect(task).toContainText('done');
      await expect(task.getByRole('listitem')).toHaveText([
        /Read the request\s*done/,
        /Count words\s*done/,
      ]);
      await expect(assistant.work).toContainText(/That has \W*3\W* words/);
      await assistant.hasBeen('Speaking');
      await expect(assistant.said('Parley').last()).toContainText(/That has \W*3\W* words/);
      await expect.poll(() => assistant.audibleMs()).toBeGreaterThan(SHORT_SENTENCE_MS);
    });

    test('the session goes on while the agent works, and the work can be stopped', async ({
      assistant,
    }) => {
      await assistant.startMuted();
      await expect(assistant.state).toContainText('Listening');
      await assistant.send('Ask the agent to wait 30 seconds');
      const task = assistant.conversation.getByRole('region', { name: 'Work: wait 30 seconds' });
      await expect(task).toContainText('Wait 30 seconds');

      await assistant.send('What is 6 times 7?');
      await expect(assistant.said('Parley').last()).toContainText('That is 42.');
      await expect(assistant.state).toContainText('Working');
      await task.getByRole('button', { name: 'Stop: wait 30 seconds' }).click();

      await expect(task).toContainText('stopped');
      await expect(task).not.toContainText('I waited 30 seconds.');
    });

    test('asked to be quiet it says nothing and listens on', async ({ assistant }) => {
      await assistant.startMuted();
      await expect(assistant.state).toContainText('Listening');

      await assistant.send('Be quiet');

      await assistant.hasBeen('Thinking');
      await expect(assistant.state).toContainText('Listening');
      await expect(assistant.said('You')).toHaveCount(1);
      await expect(assistant.said('Parley')).toHaveCount(0);
      expect(await assistant.loudest()).toBeLessThan(SILENT);
    });

    test('quiet holds for every answer, is in sight, and ends when it is taken back', async ({
      assistant,
    }) => {
      await assistant.startMuted();
      await expect(assistant.state).toContainText('Listening');
      await assistant.send('Please be quiet.');
      await expect(assistant.state).toContainText('Quiet');

      for (const [nth, question] of ['What is 6 times 7?', 'What is 2 + 2?'].entries()) {
        await assistant.send(question);
        await expect(assistant.said('Parley')).toHaveCount(nth + 1);
        await expect(assistant.said('Parley').last()).toContainText(nth === 0 ? '42' : '4');
      }
      expect(await assistant.loudest()).toBeLessThan(SILENT);

      await assistant.send('Speak again');
      await expect(assistant.state).not.toContainText('Quiet');
      await assistant.send('What can you do?');
      await expect.poll(() => assistant.loudest()).toBeGreaterThan(CLEARLY_AUDIBLE);
    });

    test('Escape silences the answer at once, and the rest is marked as not heard', async ({
      assistant,
      page,
    }) => {
      await assistant.startMuted();
      await expect(assistant.state).toContainText('Listening');
      await assistant.send('What can you do?');
      await expect.poll(() => assistant.audibleMs()).toBeGreaterThan(300);

      await page.keyboard.press('Escape');

      await expect(assistant.state).toContainText('Listening');
      const line = assistant.said('Parley').last();
      await expect(line).toContainText('interrupted');
      await expect(line).toContainText('Not heard: ');
      expect(await assistant.heardAfterEscapeMs()).toBeLessThan(200);

      await assistant.send('What is 6 times 7?');
      await expect(assistant.said('Parley').last()).toContainText('That is 42.');
      await expect(assistant.said('Parley').last()).not.toContainText('Not heard');
      await expect.poll(() => assistant.heardAfterEscapeMs()).toBeGreaterThan(200);
    });

    test('speaking interrupts the answer', async ({ assistant }) => {
      await assistant.startMuted();
      await expect(assistant.state).toContainText('Listening');
      await assistant.send('Count to 50');
      await assistant.hasBeen('Speaking');

      await assistant.button(/^Muted/).click();

      await assistant.hasBeen('Hearing you');
      const line = assistant.said('Parley').first();
      await expect(line).toContainText('interrupted');
      await expect(line).toContainText('Not heard: ');
    });

    test('a muted microphone is not heard', async ({ assistant }) => {
      await assistant.startMuted();
      await expect(assistant.state).toHaveText('ListeningMuted');
      await expect(assistant.button(/^Muted/)).toHaveAttribute('aria-pressed', 'true');

      await expect.poll(() => assistant.wordsWereSpoken()).toBe(true);

      expect(await assistant.words()).toEqual(['Starting', 'Listening']);
      await expect(assistant.said('You')).toHaveCount(0);
    });

    test('a muted microphone is heard as long as Space is held', async ({ assistant, page }) => {
      await assistant.startMuted();
      await expect(assistant.state).toHaveText('ListeningMuted');
      await assistant.conversation.focus();

      await page.keyboard.down('Space');

      await expect(assistant.state).toContainText('Talking');
      await assistant.hasBeen('Hearing you');
      await page.keyboard.up('Space');
      await expect(assistant.state).toContainText('Muted');
    });

    test('switched to Write, a session answers in writing and without a sound', async ({
      assistant,
      page,
    }) => {
      await page.getByRole('radio', { name: 'Write' }).click();
      await assistant.startMuted();
      await expect(assistant.state).toContainText('Listening');

      await assistant.send('What is 6 times 7?');

      await expect(assistant.said('Parley')).toContainText('That is 42.');
      await expect(assistant.state).toContainText('Listening');
      expect(await assistant.loudest()).toBeLessThan(SILENT);
    });

    test('Write and Speak can be changed in the middle of a session', async ({
      assistant,
      page,
    }) => {
      await assistant.startMuted();
      await expect(assistant.state).toContainText('Listening');
      await page.getByRole('radio', { name: 'Write' }).click();
      await assistant.send('What is 6 times 7?');
      await expect(assistant.said('Parley')).toContainText('That is 42.');
      await expect(assistant.state).toContainText('Listening');
      expect(await assistant.loudest()).toBeLessThan(SILENT);

      await page.getByRole('radio', { name: 'Speak' }).click();
      await assistant.send('What is 6 times 8?');

      await expect(assistant.said('Parley').last()).toContainText('That is 48.');
      await expect.poll(() => assistant.loudest()).toBeGreaterThan(CLEARLY_AUDIBLE);
    });
  });
}

test.describe('dictation', () => {
  test.use({ hostOptions: { config: '[realtime]\ntype = "transcription"\n' } });

  test('is named as such, offers nothing that speaks, and answers typed words in writing', async ({
    host,
    page,
  }) => {
    const assistant = new AssistantPage(page);
    await assistant.open(host.url);
    await assistant.startMuted();

    await expect(assistant.state).toContainText('Taking dictation');
    await expect(assistant.button(/^(?:Quiet|Stop)/)).toHaveCount(0);
    await assistant.button(/^Muted/).click();
    await expect(assistant.dock).toContainText('Written down, not answered');
    await assistant.hasBeen('Hearing you');
    await expect(assistant.state).toContainText('Taking dictation');
    await assistant.button(/^Mute/).click();

    await assistant.send('Reverse: not spoken');
    await expect(assistant.said('Parley')).toContainText('nekops ton');
    await expect(page.getByRole('button', { name: /^Read aloud/ })).toHaveCount(0);
    await assistant.send('Wait 60 seconds');
    await expect(assistant.said('Parley').last()).toContainText('I wait 60 seconds now.');
    await assistant.button('Stop the answer, Escape').click();
    await expect(assistant.conversation).toContainText('Stopped.');
  });
});
