import { expect, test } from 'vitest';

import { readyAssistant, started, threadId, waitFor } from '../testing/index.ts';

const french = { phrases: ['Silence', 'Écho'], language: 'fr' };
const session = { threadId, language: 'en', phrases: ['Teal', 'Coral'] };

test('the engine is asked in the language of the browser what can be said', async () => {
  const asked: unknown[] = [];
  const { assistant } = await readyAssistant(
    {},
    {
      'thread/realtime/listPhrases': (params) => {
        asked.push(params);
        return french;
      },
    },
  );
  await waitFor(assistant.sayable.now, (now) => now !== undefined);

  expect(asked).toEqual([{ language: 'en-GB' }]);
  expect(assistant.sayable.now.getSnapshot()).toEqual(french);
});

test('where everything can be said there is nothing to tell', async () => {
  const { assistant } = await readyAssistant(
    {},
    { 'thread/realtime/listPhrases': () => ({ phrases: null, language: null }) },
  );

  expect(assistant.sayable.now.getSnapshot()).toBeUndefined();
});

test('a session says itself what can be said in it, and with its end that is over', async () => {
  const { assistant, engine } = await readyAssistant(
    {},
    { 'thread/realtime/listPhrases': () => french },
  );
  const { now } = assistant.sayable;
  await waitFor(now, (sayable) => sayable !== undefined);
  await assistant.send('open it');

  engine.notify('thread/realtime/started', started);
  expect(now.getSnapshot()).toBeUndefined();
  engine.notify('thread/realtime/phrases/updated', { ...session, threadId: 'another' });
  expect(now.getSnapshot()).toBeUndefined();
  engine.notify('thread/realtime/phrases/updated', session);
  expect(now.getSnapshot()).toEqual({ language: 'en', phrases: ['Teal', 'Coral'] });
  engine.notify('thread/realtime/closed', { threadId, reason: 'requested' });
  expect(now.getSnapshot()).toEqual(french);
});

test('an answer that comes while a session runs does not replace its word', async () => {
  const asked = Promise.withResolvers<typeof french>();
  const { assistant, engine } = await readyAssistant(
    {},
    { 'thread/realtime/listPhrases': async () => asked.promise },
  );
  await assistant.send('open it');
  engine.notify('thread/realtime/started', started);
  engine.notify('thread/realtime/phrases/updated', session);
  asked.resolve(french);
  // The engine of these tests answers in memory: all that is on its way has come by then.
  const later = Promise.withResolvers<void>();
  setTimeout(later.resolve);
  await later.promise;
  expect(assistant.sayable.now.getSnapshot()?.language).toBe('en');
  engine.notify('thread/realtime/closed', { threadId, reason: 'requested' });

  expect(assistant.sayable.now.getSnapshot()).toEqual(french);
});
