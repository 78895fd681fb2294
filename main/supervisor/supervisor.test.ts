import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../core/base/testing/index.ts';
import { type EngineEnd, EngineSupervisor } from './index.ts';
import {
  startSupervision,
  superviseEngine,
  type SupervisionEffect,
  type SupervisionInput,
} from './supervision.ts';

const crash = (nowMs: number, isHopeless = false): SupervisionInput => ({
  type: 'exited',
  isHopeless,
  nowMs,
});
const answer = (isRestartWanted: boolean): SupervisionInput => ({
  type: 'answered',
  isRestartWanted,
  nowMs: 5,
});
const waited: SupervisionInput = { type: 'waited', nowMs: 3 };
const start: SupervisionEffect = { type: 'start' };
const wait = (delayMs: number): SupervisionEffect => ({ type: 'wait', delayMs });
const giveUp = (crashes: number): SupervisionEffect => ({ type: 'giveUp', crashes });

describe('what is decided when the engine ends', () => {
  test.for<[string, SupervisionInput[], (SupervisionEffect | undefined)[]]>([
    ['a first crash is mended at once', [crash(1)], [start]],
    [
      'further ones with more and more time between, and then no more',
      [crash(1), crash(2), waited, crash(3), waited, crash(4), waited, crash(5), waited],
      [start, wait(250), start, wait(1_000), start, wait(3_000), start, giveUp(5), undefined],
    ],
    [
      'after a healthy minute they count afresh',
      [crash(1), crash(2), waited, crash(70_000)],
      [start, wait(250), start, start],
    ],
    ['an engine that cannot start is not tried again', [crash(1, true)], [giveUp(1)]],
    ['the user wants it again', [crash(1, true), answer(true)], [giveUp(1), start]],
    ['the user gives up', [crash(1, true), answer(false)], [giveUp(1), { type: 'quit' }]],
    ['a repeated exit asks once', [crash(1, true), crash(2, true)], [giveUp(1), undefined]],
    [
      'an exit while it is waited counts once',
      [crash(1), crash(2), crash(3)],
      [start, wait(250), undefined],
    ],
    ['an answer nobody waits for does nothing', [answer(true)], [undefined]],
    ['a timer nobody waits for does nothing', [waited], [undefined]],
    ['ending is no crash', [{ type: 'quitting' }, crash(1)], [undefined, undefined]],
    ['a late answer after the end', [{ type: 'quitting' }, answer(true)], [undefined, undefined]],
  ])('%s', ([, inputs, expected]) => {
    let state = startSupervision(0);
    const effects = inputs.map((input) => {
      const step = superviseEngine(state, input);
      ({ state } = step);
      return step.effect;
    });
    expect(effects).toEqual(expected);
  });
});

function supervised(wantsRestart = false) {
  const clock = new ManualClock();
  const engines: { readonly end: (end: EngineEnd) => void; readonly clients: string[] }[] = [];
  const log: string[] = [];
  const supervisor = new EngineSupervisor<string>({
    start: (end) => {
      const clients: string[] = [];
      engines.push({ end, clients });
      return {
        connect: (client) => clients.push(client),
        close: async () => {
          log.push('closed');
        },
      };
    },
    refuse: (client) => log.push(`refused ${client}`),
    clock,
    onCrash: ({ reason }) => log.push(`again: ${reason}`),
    giveUp: async ({ reason }) => {
      log.push(`given up: ${reason}`);
      return wantsRestart;
    },
    quit: () => log.push('quit'),
  });
  return { clock, engines, log, supervisor };
}

/** Lets the answer of a question arrive. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
const killed: EngineEnd = { reason: 'It was killed.' };

describe('a supervised engine', () => {
  test('comes back, and clients go to the one that runs or are refused', () => {
    const { clock, engines, log, supervisor } = supervised();
    supervisor.connect('a');
    engines[0]?.end(killed);
    supervisor.connect('b');
    engines[1]?.end(killed);
    supervisor.connect('c');
    clock.advance(250);
    supervisor.connect('d');

    expect(engines.map(({ clients }) => clients)).toEqual([['a'], ['b'], ['d']]);
    expect(log).toEqual(['again: It was killed.', 'again: It was killed.', 'refused c']);
  });

  test('is not counted twice by an end that is told twice, or late', () => {
    const { engines, log } = supervised();
    engines[0]?.end(killed);
    engines[0]?.end(killed);

    expect(engines).toHaveLength(2);
    expect(log).toHaveLength(1);
  });

  test('that does not stay up is given up with how often and why', async () => {
    const { clock, engines, log } = supervised();
    for (let crashes = 1; crashes <= 5; crashes += 1) {
      engines.at(-1)?.end(killed);
      clock.advance(3_000);
    }
    await settled();

    expect(engines).toHaveLength(5);
    expect(log.slice(-2)).toEqual([
      'given up: The engine ended 5 times in a row; the last time: It was killed.',
      'quit',
    ]);
  });

  test('that says why it cannot start is started once more when that is wanted', async () => {
    const { engines, log } = supervised(true);
    engines[0]?.end({ reason: 'The home folder is a file.', exitCode: 1 });
    await settled();

    expect(log).toEqual(['given up: The home folder is a file.']);
    expect(engines).toHaveLength(2);
  });

  test('is closed once, and stays away then', async () => {
    const { clock, engines, log, supervisor } = supervised();
    await Promise.all([supervisor.close(), supervisor.close()]);
    engines[0]?.end(killed);
    clock.advance(10_000);
    supervisor.connect('late');

    expect(log).toEqual(['closed', 'refused late']);
    expect(engines).toHaveLength(1);
  });
});
