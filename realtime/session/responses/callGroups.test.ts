import { describe, expect, test } from 'vitest';

import { CallGroups } from './callGroups.ts';

/** Calls of a response that has ended since. */
function groupsWith(...callIds: readonly string[]): CallGroups {
  const groups = new CallGroups();
  for (const callId of callIds) groups.opened(callId, 'r1');
  groups.responseEnded('r1');
  return groups;
}

describe('calls of one response', () => {
  test('a single one asks as soon as it is answered', () => {
    expect(groupsWith('a').answered('a', true)).toEqual({ type: 'ask' });
  });

  test('the first of two waits for the second, which asks for both', () => {
    const groups = groupsWith('a', 'b');

    expect(groups.answered('a', true)).toEqual({ type: 'wait', groupId: 'r1' });
    expect(groups.answered('b', true)).toEqual({ type: 'ask' });
  });

  test('a silent answer that comes last asks for what the other one wanted', () => {
    const groups = groupsWith('a', 'b');
    groups.answered('a', true);

    expect(groups.answered('b', false)).toEqual({ type: 'ask' });
  });

  test('silent answers ask for nothing', () => {
    const groups = groupsWith('a', 'b');

    expect(groups.answered('a', false)).toEqual({ type: 'nothing' });
    expect(groups.answered('b', false)).toEqual({ type: 'nothing' });
  });

  test('a slow one is not waited for beyond the limit, and asks by itself later', () => {
    const groups = groupsWith('fast', 'slow');
    groups.answered('fast', true);

    expect(groups.expired('r1')).toBe(true);
    expect(groups.answered('slow', true)).toEqual({ type: 'ask' });
  });

  test('a limit that passes after all are answered changes nothing', () => {
    const groups = groupsWith('a', 'b');
    groups.answered('a', true);
    groups.answered('b', true);

    expect(groups.expired('r1')).toBe(false);
  });

  test('calls of different responses do not wait for each other', () => {
    const groups = groupsWith('a');
    groups.opened('b', 'r2');
    groups.responseEnded('r2');

    expect(groups.answered('b', true)).toEqual({ type: 'ask' });
  });

  test('nothing is asked for while the response runs, because more calls may come', () => {
    const groups = new CallGroups();
    groups.opened('fast', 'r1');
    expect(groups.answered('fast', true)).toEqual({ type: 'nothing' });
    groups.opened('slow', 'r1');

    expect(groups.responseEnded('r1')).toEqual([{ type: 'wait', groupId: 'r1' }]);
    expect(groups.answered('slow', true)).toEqual({ type: 'ask' });
    expect(groups.responseEnded('r1')).toEqual([]);
  });

  test('all answered before the end of the response ask at its end, silent ones do not', () => {
    const groups = new CallGroups();
    groups.opened('a', 'r1');
    groups.answered('a', true);
    groups.opened('b', 'r2');
    groups.answered('b', false);

    expect(groups.responseEnded('other')).toEqual([]);
    expect(groups.responseEnded(undefined)).toEqual([{ type: 'ask' }, { type: 'nothing' }]);
  });

  test('a call outside any response asks as soon as it is answered', () => {
    const groups = new CallGroups();
    groups.opened('a', undefined);

    expect(groups.answered('a', true)).toEqual({ type: 'ask' });
  });

  test('a call nobody opened, or one answered twice, is on its own', () => {
    const groups = groupsWith('a');
    groups.answered('a', true);

    expect(groups.answered('a', true)).toEqual({ type: 'ask' });
    expect(groups.answered('z', false)).toEqual({ type: 'nothing' });
  });
});
