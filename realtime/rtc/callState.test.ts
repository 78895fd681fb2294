import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { type CallInput, newCall, stepCall } from './callState.ts';
import { ALIVE, stepLiveness } from './liveness.ts';
import type { CallEnd } from './port.ts';

const end = (cause: CallEnd['cause']): CallInput => ({ kind: 'end', end: { cause, detail: '' } });

function run(hasChannel: boolean, inputs: readonly CallInput[]): readonly string[] {
  let state = newCall(hasChannel);
  return inputs.flatMap((input) => {
    const result = stepCall(state, input);
    state = result.state;
    return result.effects;
  });
}

test('a call is connected once media and channel are up, in either order', () => {
  expect(run(true, [{ kind: 'mediaUp' }, { kind: 'channelUp' }])).toEqual([
    'startMedia',
    'tellChannelOpen',
    'tellConnected',
  ]);
  expect(run(true, [{ kind: 'channelUp' }, { kind: 'mediaUp' }])).toEqual([
    'tellChannelOpen',
    'startMedia',
    'tellConnected',
  ]);
});

test('a call without a channel is connected once media are up', () => {
  expect(run(false, [{ kind: 'mediaUp' }])).toEqual(['startMedia', 'tellConnected']);
});

test('whatever comes however often: each thing is told once, and nothing after the end', () => {
  const input = fc.constantFrom<CallInput>(
    { kind: 'mediaUp' },
    { kind: 'channelUp' },
    end('hungUp'),
    end('closed'),
  );
  fc.assert(
    fc.property(fc.boolean(), fc.array(input), (hasChannel, inputs) => {
      const effects = run(hasChannel, inputs);

      expect(effects).toEqual([...new Set(effects)]);
      const hasEnded = inputs.some(({ kind }) => kind === 'end');
      expect(effects.indexOf('tellEnd')).toBe(hasEnded ? effects.length - 1 : -1);
    }),
  );
});

test('a far side that falls silent is asked for a sign of life and given up after 3 s', () => {
  let state = ALIVE;
  const effects = Array.from({ length: 6 }, () => {
    const result = stepLiveness(state, false);
    state = result.state;
    return result.effect;
  });

  expect(effects).toEqual(['none', 'ask', 'ask', 'ask', 'ask', 'gone']);
});

test('any sign of life starts the count anew', () => {
  let state = ALIVE;
  for (const heard of [false, false, false, false, false, true]) {
    state = stepLiveness(state, heard).state;
  }

  expect(stepLiveness(state, false).effect).toBe('none');
});
