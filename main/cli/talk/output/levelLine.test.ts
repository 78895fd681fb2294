import { expect, test } from 'vitest';

import { ManualClock } from '../../../../core/base/testing/index.ts';
import { levelBar, LevelLine } from './levelLine.ts';

test('the bar shows the level in decibels and never overflows', () => {
  expect([0, 0.001, 0.01, 0.1, 1, 2].map(levelBar)).toEqual([
    '[          ]',
    '[          ]',
    '[==        ]',
    '[======    ]',
    '[==========]',
    '[==========]',
  ]);
});

function draw(isStderrTty: boolean): { written: string[]; clock: ManualClock; line: LevelLine } {
  const written: string[] = [];
  const clock = new ManualClock();
  const nowhere = { write: (): boolean => true };
  const stderr = { write: (text: string) => written.push(text) };
  const line = new LevelLine({ stdout: nowhere, stderr, isStderrTty }, clock);
  return { written, clock, line };
}

test('nothing is written where there is no terminal', () => {
  const { written, line } = draw(false);

  line.show('Speaking', 0.1);
  line.clear();

  expect(written).toEqual([]);
});

test('the line is drawn over itself, not more often than the eye can follow', () => {
  const { written, clock, line } = draw(true);

  line.show('Speaking', 1);
  clock.advance(119);
  line.show('Speaking', 1);
  clock.advance(1_081);
  line.show('Thinking', 0);

  expect(written).toEqual([
    '\r\u001B[KSpeaking  0.0 s  [==========]',
    '\r\u001B[KThinking  1.2 s  [          ]',
  ]);
});

test('clearing twice clears once', () => {
  const { written, line } = draw(true);

  line.show('Speaking', 1);
  line.clear();
  line.clear();

  expect(written).toHaveLength(2);
});
