import { expect, test } from 'vitest';

import { choice, sequence, slot } from '../recognition/index.ts';
import { ScriptedRecognizer } from './index.ts';

const grammar = choice('stop', sequence('count to', slot('number')));

test('a scripted recogniser knows what its grammar has, and no more', async () => {
  const recogniser = new ScriptedRecognizer();
  recogniser.hear('count to fifty two', 'sing a song');

  const utterance = recogniser.begin({ language: 'en', grammar });
  utterance.push(new Int16Array(24_000));
  utterance.push(new Int16Array(8_000), 16_000);

  expect(utterance.heardMs).toBe(1_500);
  expect(await utterance.end()).toMatchObject({ type: 'recognised', text: 'count to fifty two' });
  expect(await utterance.end()).toMatchObject({ type: 'recognised' });
  expect(await recogniser.begin({ language: 'en', grammar }).end()).toEqual({ type: 'unknown' });
  expect(await recogniser.begin({ language: 'en', grammar }).end()).toEqual({ type: 'unknown' });
});

test('a scripted utterance that was cancelled tells nothing more', async () => {
  const heard: string[] = [];
  const recogniser = new ScriptedRecognizer();
  const utterance = recogniser.begin({
    language: 'en',
    grammar,
    onPartial: (text) => heard.push(text),
  });
  utterance.partial('count');

  utterance.cancel();
  utterance.partial('count to');

  expect(heard).toEqual(['count']);
  await expect(utterance.end()).rejects.toMatchObject({ code: 'recognitionCancelled' });
});

test('a closed scripted recogniser cancels what is open and begins nothing', async () => {
  const recogniser = new ScriptedRecognizer();
  const utterance = recogniser.begin({ language: 'en', grammar });

  await recogniser.close();

  expect(utterance.state).toBe('cancelled');
  expect(() => recogniser.begin({ language: 'en', grammar })).toThrow('closed');
});
