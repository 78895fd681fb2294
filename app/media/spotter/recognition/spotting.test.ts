import { describe, expect, test } from 'vitest';

import { FRAME_SAMPLES, joinSamples } from '../../pcm.ts';
import { isEcho } from './echo.ts';
import type { SpotterReply } from '../spotterMessages.ts';
import { Spotting } from './spotting.ts';
import { spotterLanguage, type StopWord } from '../stopWords.ts';

type Frame = Int16Array<ArrayBuffer>;

/** A sound that resembles no other one but that of the same seed. */
function voice(frames: number, seed: number, peak = 8_000): readonly Frame[] {
  let state = seed * 7_919;
  let slow = 0;
  return Array.from({ length: frames }, () =>
    new Int16Array(FRAME_SAMPLES).map(() => {
      state = (state * 48_271) % 2_147_483_647;
      slow += (state / 2_147_483_647 - 0.5 - slow) * 0.2;
      return Math.round(slow * 4 * peak);
    }),
  );
}

const room = (frames: number): readonly Frame[] => voice(frames, 3, 10);

const WORD = voice(20, 1);

/** What is made out at each look, the last one again and again. */
function listener(...words: readonly (StopWord | undefined)[]): {
  readonly told: SpotterReply[];
  readonly decoded: number[];
  readonly hear: (frames: readonly Frame[], played?: readonly Frame[]) => void;
  readonly spotting: Spotting;
} {
  const told: SpotterReply[] = [];
  const decoded: number[] = [];
  const spotting = new Spotting(
    (samples) => {
      decoded.push(samples.length / FRAME_SAMPLES);
      return words[Math.min(decoded.length, words.length) - 1];
    },
    (reply) => {
      told.push(reply);
    },
  );
  spotting.take({ type: 'listen', isListening: true });
  const hear = (frames: readonly Frame[], played: readonly Frame[] = []): void => {
    for (const [at, frame] of frames.entries()) {
      const out = played[at];
      if (out !== undefined) spotting.take({ type: 'played', frame: out });
      spotting.take({ type: 'heard', frame });
    }
  };
  return { told, decoded, hear, spotting };
}

const began: SpotterReply = { type: 'speechBegan' };
const ended = (word: StopWord | undefined): SpotterReply => ({ type: 'speechEnded', word });

describe('the spotter', () => {
  test('makes out a word in the first 40 ms of silence and tells it 60 ms later, once', () => {
    const { told, decoded, hear } = listener('stop');

    hear([...room(50), ...WORD, ...room(2)]);
    expect(decoded).toHaveLength(1);
    expect(decoded[0]).toBeGreaterThan(WORD.length + 3);
    hear(room(2));
    expect(told).toEqual([began]);
    hear(room(1));

    expect(told).toEqual([began, ended('stop')]);
    hear(room(50));
    expect(told).toHaveLength(2);
    expect(decoded).toHaveLength(1);
  });

  test('is not held up by the last consonant, which sounds after a pause of its own', () => {
    const { told, hear } = listener('stop');

    hear([...room(50), ...WORD, ...room(2), ...voice(2, 5), ...room(1)]);

    expect(told).toEqual([began, ended('stop')]);
  });

  test('takes no word for one that goes on behind a pause', () => {
    const { told, hear } = listener('stop', undefined);

    hear([...room(50), ...WORD, ...room(2), ...voice(12, 5)]);
    expect(told).toEqual([began]);
    hear(room(20));

    expect(told).toEqual([began, ended(undefined)]);
  });

  test('looks again when only the last consonant makes it a word', () => {
    const { told, decoded, hear } = listener(undefined, 'stop');

    hear([...room(50), ...WORD, ...room(7)]);

    expect(told).toEqual([began, ended('stop')]);
    expect(decoded).toHaveLength(2);
  });

  test('tells that a noise was no word once it is over, having looked twice', () => {
    const { told, decoded, hear } = listener(undefined);

    hear([...room(50), ...voice(10, 2), ...room(4)]);
    expect(told).toEqual([began]);
    hear(room(20));

    expect(told).toEqual([began, ended(undefined)]);
    expect(decoded).toHaveLength(2);
  });

  test('does not look at what is too short for a word', () => {
    const { told, decoded, hear } = listener('stop');

    hear([...room(50), ...voice(7, 2), ...room(20)]);

    expect(told).toEqual([began, ended(undefined)]);
    expect(decoded).toEqual([]);
  });

  test('gives up on speech in pieces after four looks', () => {
    const { decoded, hear } = listener(undefined);

    hear([...room(50), ...WORD]);
    for (let piece = 0; piece < 8; piece += 1) hear([...room(2), ...voice(4, piece + 4)]);
    hear(room(20));

    expect(decoded).toHaveLength(4);
  });

  test('lets whole sentences pass without looking for a word in them', () => {
    const { told, decoded, hear } = listener('stop');

    hear([...room(50), ...voice(150, 2), ...room(50)]);

    expect(told).toEqual([began, ended(undefined)]);
    expect(decoded).toEqual([]);
  });

  test('takes a click for nothing', () => {
    const { told, hear } = listener('stop');

    hear([...room(50), ...voice(2, 2), ...room(50)]);

    expect(told).toEqual([]);
  });

  test('gets used to a room that is loud', () => {
    const { told, hear } = listener('stop');
    hear([...voice(1_000, 4, 800)]);
    told.length = 0;

    hear([...voice(100, 5, 800)]);
    expect(told).toEqual([]);
    hear([...WORD, ...voice(30, 6, 800)]);

    expect(told).toEqual([began, ended('stop')]);
  });

  test('hears nothing while it does not listen, and begins anew after that', () => {
    const { told, hear, spotting } = listener('stop');
    hear([...room(50), ...WORD]);
    spotting.take({ type: 'listen', isListening: false });
    hear([...room(30), ...WORD, ...room(30)]);
    expect(told).toEqual([began]);

    spotting.take({ type: 'listen', isListening: true });
    hear([...room(30), ...WORD, ...room(30)]);

    expect(told).toEqual([began, began, ended('stop')]);
  });

  test.each([0, 3, 12])('knows its own voice from the loudspeaker, %i frames late', (delay) => {
    const { told, hear } = listener('stop');
    const played = [...room(50), ...WORD, ...room(50)];
    const echo = played.map((frame, at) => {
      const late = played[at - delay] ?? frame;
      return late.map((sample) => Math.round(sample / 3));
    });

    hear(echo, played);

    expect(told).toEqual([]);
  });

  test('hears a person through what it plays itself', () => {
    const { told, hear } = listener('stop');

    hear([...room(50), ...WORD, ...room(30)], voice(200, 9));

    expect(told).toEqual([began, ended('stop')]);
  });
});

test('silence is nobody’s echo', () => {
  const silence = new Int16Array(4_800);
  expect(isEcho(silence, silence)).toBe(false);
  expect(isEcho(joinSamples(WORD), new Int16Array(24_000))).toBe(false);
});

test.each([
  ['fr', 'fr'],
  ['fr-CA', 'fr'],
  ['en-GB', 'en'],
  ['fry', 'en'],
  ['de', 'en'],
  ['', 'en'],
])('for a browser in "%s" the words are those of "%s"', (browser, words) => {
  expect(spotterLanguage(browser)).toBe(words);
});
