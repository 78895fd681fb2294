import { describe, expect, test } from 'vitest';

import { Transcript } from './transcript.ts';

describe('transcript', () => {
  test('user words that arrive after the answer stand before it', () => {
    const transcript = new Transcript();
    transcript.placed('user', null);
    transcript.placed('answer', 'user');
    transcript.delta('answer', 'assistant', 'It is ');
    transcript.delta('answer', 'assistant', 'noon.');
    transcript.final('user', 'user', 'What time is it?');

    expect(transcript.takeNew()).toEqual([
      { role: 'user', text: 'What time is it?' },
      { role: 'assistant', text: 'It is noon.' },
    ]);
  });

  test('a final text replaces its deltas instead of following them', () => {
    const transcript = new Transcript();
    transcript.delta('a', 'assistant', 'hel');
    transcript.final('a', 'assistant', 'hello');
    transcript.final('a', 'assistant', 'hello');

    expect(transcript.takeNew()).toEqual([{ role: 'assistant', text: 'hello' }]);
  });

  test('what was taken once is not taken again, and a line that grew gives only the new part', () => {
    const transcript = new Transcript();
    transcript.delta('a', 'assistant', 'One. ');
    transcript.takeNew();
    transcript.delta('a', 'assistant', 'Two.');

    expect(transcript.takeNew()).toEqual([{ role: 'assistant', text: 'Two.' }]);
    expect(transcript.takeNew()).toEqual([]);
  });

  test('an item with an unknown predecessor comes last, and placing twice changes nothing', () => {
    const transcript = new Transcript();
    transcript.final('a', 'user', 'first');
    transcript.placed('b', 'never seen');
    transcript.placed('b', null);
    transcript.final('b', 'assistant', 'second');

    expect(transcript.takeNew().map((line) => line.text)).toEqual(['first', 'second']);
  });

  test('words that come while a turn is said stand where its item will be', () => {
    const transcript = new Transcript();
    transcript.placed('a', null);
    transcript.final('a', 'user', 'Tell me a story.');
    transcript.delta('b', 'user', 'And');
    // The answer before goes on while the user speaks into it.
    transcript.placed('answer', 'a');
    transcript.final('answer', 'assistant', 'Once upon a time.');
    transcript.placed('b', 'answer');
    transcript.placed('b', 'a');
    transcript.final('b', 'user', 'And then?');

    expect(transcript.takeNew().map((line) => line.text)).toEqual([
      'Tell me a story.',
      'Once upon a time.',
      'And then?',
    ]);
  });

  test('blank lines are not worth handing over', () => {
    const transcript = new Transcript();
    transcript.final('a', 'user', '   ');

    expect(transcript.takeNew()).toEqual([]);
  });
});
