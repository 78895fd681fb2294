import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { MessageItem, ResponseItem } from '../../../model/index.ts';
import type { TurnInput } from '../task.ts';
import {
  beginTurn,
  step,
  takesInput,
  type TurnEffect,
  type TurnFact,
  type TurnState,
} from './turnStep.ts';

const said = (text: string, more: Partial<TurnInput> = {}): TurnInput => ({
  input: [{ type: 'text', text }],
  ...more,
});
const textOf = ({ input }: TurnInput): string =>
  input.map((part) => (part.type === 'text' ? part.text : '')).join('');
const user = (text: string): ResponseItem => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text }],
});
const assistant = (text: string): MessageItem => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text }],
});
const call = (callId: string): ResponseItem => ({
  type: 'function_call',
  call_id: callId,
  name: 'look',
  arguments: '{}',
});
const FAILURE = { message: 'No.', codexErrorInfo: 'other', additionalDetails: null } as const;

/** What the history got, in short. */
const short = (item: ResponseItem): string => {
  switch (item.type) {
    case 'message': {
      const text = item.content.map((part) => ('text' in part ? part.text : '')).join('');
      return item.role === 'developer' && text.includes('stopped') ? 'stopped' : text;
    }
    case 'function_call':
    case 'custom_tool_call':
      return `call ${item.call_id}`;
    case 'function_call_output':
    case 'custom_tool_call_output':
      return `output ${item.call_id}: ${JSON.stringify(item.output)}`;
    case 'reasoning':
    case 'unknownItem':
      return item.type;
  }
};

const lineOf = (effect: TurnEffect): string => {
  switch (effect.type) {
    case 'record':
      return `record ${effect.items.map(short).join(', ')}`;
    case 'readInput':
      return `read ${textOf(effect.input)}`;
    case 'compact':
      return `compact ${effect.round}`;
    case 'sample':
      return `sample ${effect.round}`;
    case 'runCalls':
      return `run ${effect.calls.map(({ callId }) => callId).join(', ')}`;
    case 'setClientMetadata':
      return `metadata ${JSON.stringify(effect.metadata)}`;
    case 'end':
      return `end ${effect.outcome.status}`;
    case 'open':
    case 'askToListen':
    case 'abort':
      return effect.type;
  }
};

const hi = said('hi');
const more = said('more');
const read = (input: TurnInput): TurnFact => ({
  type: 'inputRead',
  input,
  items: [user(textOf(input))],
});
const unreadable = (input: TurnInput): TurnFact => ({
  type: 'inputUnreadable',
  input,
  error: FAILURE,
});
const opened: TurnFact = { type: 'opened' };
const stop: TurnFact = { type: 'interruptRequested' };
const join = (input: TurnInput): TurnFact => ({ type: 'joined', input });
const done = (item: ResponseItem, round = 1): TurnFact => ({ type: 'itemDone', round, item });
const broken = (item: MessageItem, round = 1): TurnFact => ({
  type: 'messageInterrupted',
  round,
  item,
});
const sampled = (round = 1, endTurn?: boolean): TurnFact => ({ type: 'sampled', round, endTurn });
const failed = (round = 1): TurnFact => ({ type: 'samplingFailed', round, error: FAILURE });
const tooLong = (round = 1): TurnFact => ({
  type: 'samplingFailed',
  round,
  error: { ...FAILURE, codexErrorInfo: 'contextWindowExceeded' },
});
const full = (round = 1): TurnFact => ({ type: 'windowFull', round });
const compacted = (round = 1, isStillFull = false): TurnFact => ({
  type: 'compacted',
  round,
  isStillFull,
});
const notCompacted = (round = 1): TurnFact => ({ type: 'compactionFailed', round });
const called = (outputs: string[], round = 1): TurnFact => ({ type: 'called', round, outputs });

/** From the first word to where the model is asked. */
const asked = [opened, read(hi)];
const ASKED = ['open', 'read hi', 'record hi', 'sample 1'];

function run(first: TurnInput, facts: readonly TurnFact[]): string[] {
  let { state, effects } = beginTurn(first);
  const lines = effects.map(lineOf);
  for (const fact of facts) {
    ({ state, effects } = step(state, fact));
    lines.push(...effects.map(lineOf));
  }
  return lines;
}

describe('a regular turn', () => {
  test.for<{ name: string; facts: TurnFact[]; effects: string[] }>([
    {
      name: 'tells what was said, samples, records the answer and ends',
      facts: [...asked, done(assistant('hello')), sampled()],
      effects: [...ASKED, 'record hello', 'end completed'],
    },
    {
      name: 'runs the calls of an answer, tells their outputs in order, and samples again',
      facts: [
        ...asked,
        done(call('a')),
        done(call('b')),
        sampled(),
        called(['1', '2']),
        sampled(2),
      ],
      effects: [
        ...ASKED,
        'record call a',
        'record call b',
        'run a, b',
        'record output a: "1", output b: "2"',
        'sample 2',
        'end completed',
      ],
    },
    {
      name: 'samples again when the model says that it is not done',
      facts: [...asked, sampled(1, false), sampled(2)],
      effects: [...ASKED, 'sample 2', 'end completed'],
    },
    {
      name: 'asks the model to listen to what is said while it answers, and then tells it',
      facts: [...asked, join(more), sampled(), read(more), sampled(2)],
      effects: [...ASKED, 'askToListen', 'read more', 'record more', 'sample 2', 'end completed'],
    },
    {
      name: 'tells what is said while tools run behind their outputs',
      facts: [
        ...asked,
        done(call('a')),
        sampled(),
        join(more),
        called(['1']),
        read(more),
        sampled(2),
      ],
      effects: [
        ...ASKED,
        'record call a',
        'run a',
        'record output a: "1"',
        'read more',
        'record more',
        'sample 2',
        'end completed',
      ],
    },
    {
      name: 'stopped before there is a way to the model, keeps what was said and asks nothing',
      facts: [stop, read(hi), opened],
      effects: ['open', 'abort', 'read hi', 'record hi', 'record stopped', 'end interrupted'],
    },
    {
      name: 'stopped while an input is read, still tells it and all behind it',
      facts: [opened, join(more), stop, read(hi), read(more)],
      effects: [
        'open',
        'read hi',
        'abort',
        'record hi',
        'read more',
        'record more',
        'record stopped',
        'end interrupted',
      ],
    },
    {
      name: 'stopped inside an answer, keeps what was said of it and answers its calls',
      facts: [...asked, done(call('a')), broken(assistant('half')), stop, stop, failed()],
      effects: [
        ...ASKED,
        'record call a',
        'abort',
        'record half, output a: "Stopped by the user before it finished."',
        'record stopped',
        'end interrupted',
      ],
    },
    {
      name: 'stopped when the answer is whole, runs none of its calls',
      facts: [...asked, done(call('a')), stop, sampled()],
      effects: [
        ...ASKED,
        'record call a',
        'abort',
        'record output a: "Stopped by the user before it finished."',
        'record stopped',
        'end interrupted',
      ],
    },
    {
      name: 'stopped when it had nothing more to do, is complete',
      facts: [...asked, done(assistant('hello')), stop, sampled()],
      effects: [...ASKED, 'record hello', 'abort', 'end completed'],
    },
    {
      name: 'stopped while tools run, waits for their outputs and samples no more',
      facts: [...asked, done(call('a')), sampled(), stop, called(['so far'])],
      effects: [
        ...ASKED,
        'record call a',
        'run a',
        'abort',
        'record output a: "so far"',
        'record stopped',
        'end interrupted',
      ],
    },
    {
      name: 'failed, keeps what was said, answers its calls and tells what joined',
      facts: [
        ...asked,
        done(call('a')),
        broken(assistant('half')),
        join(more),
        failed(),
        read(more),
      ],
      effects: [
        ...ASKED,
        'record call a',
        'askToListen',
        'record half, output a: "Not run, because the answer that asked for it failed."',
        'read more',
        'record more',
        'end failed',
      ],
    },
    {
      name: 'without a way to the model keeps what was said and fails',
      facts: [{ type: 'openingFailed', error: FAILURE }, read(hi)],
      effects: ['open', 'read hi', 'record hi', 'end failed'],
    },
    {
      name: 'fails with an input that cannot be read, and tells those behind it all the same',
      facts: [opened, join(more), unreadable(hi), read(more)],
      effects: ['open', 'read hi', 'read more', 'record more', 'end failed'],
    },
    {
      name: 'passes over what an earlier sampling says late, and what is said twice',
      facts: [
        ...asked,
        opened,
        read(hi),
        done(call('a')),
        sampled(),
        sampled(),
        failed(),
        called(['1']),
        called(['again']),
        done(assistant('late')),
        failed(),
        sampled(2),
        sampled(2),
        stop,
        join(more),
      ],
      effects: [
        ...ASKED,
        'record call a',
        'run a',
        'record output a: "1"',
        'sample 2',
        'end completed',
      ],
    },
    {
      name: 'makes room where the window is full, and asks then',
      facts: [...asked, full(), compacted(), sampled()],
      effects: [...ASKED, 'compact 1', 'sample 1', 'end completed'],
    },
    {
      name: 'asks with the whole history where no room could be made and nobody has refused it',
      facts: [...asked, full(), notCompacted(), sampled()],
      effects: [...ASKED, 'compact 1', 'sample 1', 'end completed'],
    },
    {
      name: 'makes room once for what the model finds too long, and fails when it is still too long',
      facts: [...asked, tooLong(), compacted(), tooLong(2)],
      effects: [...ASKED, 'compact 1', 'sample 2', 'end failed'],
    },
    {
      name: 'fails with what the model said when no room could be made for it',
      facts: [...asked, tooLong(), notCompacted()],
      effects: [...ASKED, 'compact 1', 'end failed'],
    },
    {
      name: 'may make room again once the model has answered, unless it brought nothing',
      facts: [
        ...asked,
        full(),
        compacted(),
        sampled(1, false),
        full(2),
        compacted(2, true),
        sampled(2, false),
        tooLong(3),
      ],
      effects: [
        ...ASKED,
        'compact 1',
        'sample 1',
        'sample 2',
        'compact 2',
        'sample 2',
        'sample 3',
        'end failed',
      ],
    },
    {
      name: 'stopped while room is made, waits for that and asks no more',
      facts: [...asked, full(), stop, notCompacted(), compacted()],
      effects: [...ASKED, 'compact 1', 'abort', 'record stopped', 'end interrupted'],
    },
    {
      name: 'takes words while room is made and tells them before it asks again',
      facts: [...asked, full(), join(more), compacted(), sampled(), read(more)],
      effects: [...ASKED, 'compact 1', 'sample 1', 'read more', 'record more', 'sample 2'],
    },
    {
      name: 'is not told late that the window was full',
      facts: [...asked, done(call('a')), full(), compacted(), sampled()],
      effects: [...ASKED, 'record call a', 'run a'],
    },
  ])('$name', ({ facts, effects }) => {
    expect(run(hi, facts)).toEqual(effects);
  });

  test('notes stand before the words they came with, also where those cannot be read', () => {
    const noted = said('hi', { notes: ['first', 'second'] });

    expect(run(noted, [opened, read(noted)]).slice(2)).toEqual([
      'record first, second, hi',
      'sample 1',
    ]);
    expect(run(noted, [opened, unreadable(noted)]).slice(2)).toEqual([
      'record first, second',
      'end failed',
    ]);
  });

  test('metadata of later words replaces or adds to what came with earlier ones', () => {
    const first = said('hi', { clientMetadata: { a: '1' } });
    const patch = said('more', { clientMetadataPatch: { b: '2' } });
    const whole = said('new', { clientMetadata: { c: '3' } });
    const facts = [join(patch), join(whole), opened, read(first), read(patch), read(whole)];

    expect(run(first, facts).filter((line) => line.startsWith('metadata'))).toEqual([
      'metadata {"a":"1"}',
      'metadata {"a":"1","b":"2"}',
      'metadata {"c":"3"}',
    ]);
  });
});

/** What `settle` takes for a good end. */
const GOES_WELL = 3;
/** Chooses among what may happen next: each number picks one. */
const choices = fc.array(fc.nat(1000), { maxLength: 60 });

/**
 * Plays a turn whose surroundings behave, in an order that `picks` chooses: what was begun comes to some
 * end, words come and the user stops it at any place.
 */
function play(picks: readonly number[]) {
  let { state, effects } = beginTurn(said('0'));
  const all: TurnEffect[] = [...effects];
  const taken = ['0'];
  const due: TurnEffect[] = [...effects];
  let items = 0;
  const take = (fact: TurnFact): void => {
    ({ state, effects } = step(state, fact));
    all.push(...effects);
    due.push(
      ...effects.filter(({ type }) => /^(?:open|readInput|sample|compact|runCalls)$/u.test(type)),
    );
  };
  const settle = (pick: number): void => {
    const effect = due.shift();
    if (effect === undefined) return;
    if (effect.type === 'open') {
      take(pick % 5 === 0 ? { type: 'openingFailed', error: FAILURE } : opened);
    } else if (effect.type === 'readInput') {
      take(pick % 7 === 0 ? unreadable(effect.input) : read(effect.input));
    } else if (effect.type === 'runCalls') {
      take({ type: 'called', round: effect.round, outputs: effect.calls.map(() => 'out') });
    } else if (effect.type === 'compact') {
      take(pick % 4 === 0 ? notCompacted(effect.round) : compacted(effect.round, pick % 6 === 0));
    } else if (effect.type === 'sample') {
      const { round, mayCompact } = effect;
      if (mayCompact && pick % 13 === 0) {
        take(full(round));
        return;
      }
      if (pick % 3 > 0 && items < 12) {
        items += 1;
        take(done(pick % 2 === 0 ? call(`c${items}`) : assistant(`m${items}`), round));
        // Room is looked for before it says anything.
        due.push({ ...effect, mayCompact: false });
        return;
      }
      if (pick % 4 === 0) take(broken(assistant('half'), round));
      if (pick % 9 === 0) take(tooLong(round));
      take(pick % 5 === 0 ? failed(round) : sampled(round, pick % 11 === 0 ? false : undefined));
    }
  };
  for (const pick of picks) {
    if (pick % 10 === 1) take(stop);
    else if (pick % 10 === 2) {
      const input = said(String(taken.length));
      if (takesInput(state)) taken.push(textOf(input));
      take(join(input));
    } else settle(pick);
  }
  // The rest goes well: no more words, and nothing fails.
  for (let left = 0; due.length > 0 && left < 1000; left += 1) settle(GOES_WELL);
  return { all, taken, state };
}

const historyOf = (effects: readonly TurnEffect[]): readonly ResponseItem[] =>
  effects.flatMap((effect) => (effect.type === 'record' ? effect.items : []));

/** Outputs without a call before them, and samplings that a call waits for. */
function misplaced(effects: readonly TurnEffect[]): string[] {
  const open = new Set<string>();
  const wrong: string[] = [];
  for (const effect of effects) {
    if (effect.type === 'sample' && open.size > 0) wrong.push(lineOf(effect));
    for (const item of effect.type === 'record' ? effect.items : []) {
      if (item.type === 'function_call') open.add(item.call_id);
      if (item.type === 'function_call_output' && !open.delete(item.call_id)) {
        wrong.push(short(item));
      }
    }
  }
  return wrong;
}

describe('whatever happens, in whatever order', () => {
  test('a turn ends once, with every call answered and every accepted word told or found unreadable, in order', () => {
    fc.assert(
      fc.property(choices, (picks) => {
        const { all, taken, state } = play(picks);
        const history = historyOf(all);
        const calls = history.flatMap((item) =>
          item.type === 'function_call' ? [item.call_id] : [],
        );
        const outputs = history.flatMap((item) =>
          item.type === 'function_call_output' ? [item.call_id] : [],
        );
        const asking = all.flatMap((effect) =>
          effect.type === 'readInput' ? [textOf(effect.input)] : [],
        );

        expect(state.phase).toBe('ended');
        expect(all.filter(({ type }) => type === 'end')).toHaveLength(1);
        expect(all.at(-1)?.type).toBe('end');
        expect(outputs).toEqual(calls);
        expect(asking).toEqual(taken);
      }),
      { numRuns: 1000 },
    );
  });

  test('no output comes before its call, and the model is not asked while one is missing', () => {
    fc.assert(
      fc.property(choices, (picks) => {
        expect(misplaced(play(picks).all)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  const inputs = [hi, more];
  const anyFact = fc.oneof(
    fc.constantFrom<TurnFact>(stop, opened, { type: 'openingFailed', error: FAILURE }),
    fc.constantFrom(...inputs).map(join),
    fc.constantFrom(...inputs).map(read),
    fc.constantFrom(...inputs).map(unreadable),
    fc.nat(3).map((round) => done(call(`c${round}`), round)),
    fc.nat(3).map((round) => broken(assistant('half'), round)),
    fc.nat(3).map((round) => sampled(round)),
    fc.nat(3).map((round) => failed(round)),
    fc.nat(3).map((round) => called([], round)),
    fc.nat(3).map((round) => full(round)),
    fc.nat(3).map((round) => tooLong(round)),
    fc.nat(3).map((round) => compacted(round)),
    fc.nat(3).map((round) => notCompacted(round)),
  );
  test('facts that are late, repeated or made up end it at most once, and nothing follows the end', () => {
    fc.assert(
      fc.property(fc.array(anyFact, { maxLength: 40 }), (facts) => {
        let { state }: { state: TurnState } = beginTurn(hi);
        const all: TurnEffect[] = [];
        for (const fact of facts) {
          const next = step(state, fact);
          ({ state } = next);
          all.push(...next.effects);
        }
        const end = all.findIndex(({ type }) => type === 'end');

        expect(end === -1 || end === all.length - 1).toBe(true);
        expect(all.filter(({ type }) => type === 'abort').length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2000 },
    );
  });
});
