import { describe, expect, test } from 'vitest';

import { type Decider, deciderOrder } from './answerers.ts';
import type { Resolution } from './step.ts';
import {
  allows,
  answered,
  by,
  covered,
  denies,
  fails,
  type In,
  joined,
  NO_CLIENT,
  nobody,
  opened,
  openedWithVoice,
  out,
  part,
  partly,
  passes,
  patienceOver,
  run,
  spoken,
  spokenNo,
  voice,
} from './testing/index.ts';

describe('how one interaction ends', () => {
  test.for<readonly [string, readonly Decider[], readonly In[], Resolution<string> | undefined]>([
    // People.
    [
      'the first answer counts',
      [],
      [opened('a', 'b'), answered('b'), answered('a')],
      by('client', 'b'),
    ],
    ['who was not asked is passed over', [], [opened('a'), answered('b'), spoken('x')], undefined],
    [
      'an answer before anybody was asked is passed over',
      [],
      [answered('a'), spoken('x')],
      undefined,
    ],
    [
      'a voice answers as clients do',
      [],
      [openedWithVoice('a'), spoken('aye')],
      by('voice', 'aye'),
    ],
    [
      'a voice that says no refuses',
      [],
      [openedWithVoice('a'), spokenNo, answered('a')],
      { type: 'denied', by: 'voice', words: 'not today' },
    ],
    [
      'what was answered before stays known',
      [],
      [openedWithVoice('a'), partly, answered('a')],
      by('client', 'a', part),
    ],
    // Nobody.
    [
      'the last one that cannot answer refuses',
      [],
      [opened('a', 'b'), out('a'), out('b')],
      nobody('b cannot'),
    ],
    ['one that cannot, twice, counts once', [], [opened('a', 'b'), out('a'), out('a')], undefined],
    [
      'one that could not has had its turn',
      [],
      [opened('a', 'b'), out('a'), answered('a')],
      undefined,
    ],
    [
      'a voice may still answer what clients cannot',
      [],
      [openedWithVoice('a'), out('a')],
      undefined,
    ],
    [
      'a voice that leaves after them refuses',
      [],
      [openedWithVoice('a'), out('a'), voice(false)],
      nobody('a cannot'),
    ],
    [
      'a voice that leaves before them does not',
      [],
      [openedWithVoice('a'), voice(false)],
      undefined,
    ],
    [
      'a voice that came later counts as one that was there',
      [],
      [opened('a'), voice(true), out('a'), spoken('aye')],
      by('voice', 'aye'),
    ],
    ['where nobody is there, waiting has an end', [], [opened(), patienceOver], NO_CLIENT],
    ['who comes meanwhile is waited for', [], [opened(), joined('a'), patienceOver], undefined],
    ['a voice alone is waited for', [], [openedWithVoice(), patienceOver], undefined],
    [
      'who joins takes the place of who left',
      [],
      [opened('a', 'b'), out('b'), joined('c'), out('c')],
      nobody('c cannot'),
    ],
    [
      'who is still there keeps its place when another joins',
      [],
      [opened('a'), joined('b', 'a'), out('b'), answered('a')],
      by('client', 'a'),
    ],
    [
      'one that could not is asked again when it joins again',
      [],
      [opened('a', 'b'), out('a'), joined('a', 'b'), answered('a')],
      by('client', 'a'),
    ],
    [
      'what cannot be put to anybody is refused',
      [],
      [{ type: 'refused', words: 'full' }],
      nobody('full'),
    ],
    [
      'time-out refuses',
      [],
      [opened('a'), { type: 'expired' }, answered('a')],
      { type: 'expired' },
    ],
    [
      'withdrawal refuses',
      [],
      [opened('a'), { type: 'withdrawn' }, answered('a')],
      { type: 'withdrawn' },
    ],
    // Before people.
    [
      'policy decides before all others',
      deciderOrder,
      [allows('policy')],
      by('policy', 'policy says yes'),
    ],
    [
      'who passes leaves it to the next',
      deciderOrder,
      [passes('policy'), passes('hook'), denies('review')],
      { type: 'denied', by: 'review', words: 'review says no' },
    ],
    [
      'who is not at its turn is passed over',
      deciderOrder,
      [allows('hook'), allows('review')],
      undefined,
    ],
    [
      'a decider that comes late is passed over',
      ['hook'],
      [passes('hook'), allows('hook'), opened('a'), allows('hook')],
      undefined,
    ],
    [
      'people are asked when all have passed',
      deciderOrder,
      [passes('policy'), passes('hook'), passes('review'), opened('a'), answered('a')],
      by('client', 'a'),
    ],
    [
      'people are not asked before',
      deciderOrder,
      [passes('policy'), opened('a'), answered('a')],
      undefined,
    ],
    [
      'a policy that fails refuses',
      deciderOrder,
      [fails('policy')],
      { type: 'failed', by: 'policy', words: 'policy broke' },
    ],
    [
      'a hook that fails has said nothing',
      deciderOrder,
      [passes('policy'), fails('hook'), allows('review')],
      by('review', 'review says yes'),
    ],
    [
      'a review that fails refuses',
      ['review'],
      [fails('review')],
      { type: 'failed', by: 'review', words: 'review broke' },
    ],
    [
      'withdrawal ends deciding, too',
      ['hook'],
      [{ type: 'withdrawn' }, allows('hook')],
      { type: 'withdrawn' },
    ],
    // Covered by the answer to another one.
    [
      'an answer to another settles what is open',
      [],
      [opened('a'), covered],
      by('client', 'implied'),
    ],
    ['and what is about to be', [], [covered, opened('a')], by('client', 'implied')],
    ['but deciders come first', ['hook'], [covered], undefined],
    [
      'and may say no',
      ['hook'],
      [covered, denies('hook')],
      { type: 'denied', by: 'hook', words: 'hook says no' },
    ],
    ['or pass', ['hook'], [covered, passes('hook')], by('client', 'implied')],
  ])('%s', ([, deciders, inputs, end]) => {
    expect(run(deciders, inputs).ends).toEqual(end === undefined ? [] : [end]);
  });
});

describe('what an interaction asks to be done', () => {
  test('it consults one decider after the other, then puts the request out', () => {
    const { effects } = run(deciderOrder, [
      passes('policy'),
      fails('hook'),
      passes('review'),
      opened('a', 'b'),
    ]);
    expect(effects).toEqual([
      { type: 'consult', decider: 'policy' },
      { type: 'consult', decider: 'hook' },
      { type: 'consult', decider: 'review' },
      { type: 'open' },
      { type: 'ask', client: 'a' },
      { type: 'ask', client: 'b' },
    ]);
  });

  test('what is covered is not put to anybody', () => {
    expect(run(['hook'], [covered, passes('hook')]).effects.map(({ type }) => type)).toEqual([
      'consult',
      'resolve',
    ]);
  });

  test('who joins is asked, and a part of the answer is told', () => {
    expect(run([], [opened(), joined('a'), partly]).effects).toEqual([
      { type: 'open' },
      { type: 'waitForClients' },
      { type: 'ask', client: 'a' },
      { type: 'tellPartlyAnswered', answers: part },
    ]);
  });
});
