import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isCall } from './linkStep.ts';
import {
  idleMachine,
  type MachineEffect,
  type MachineInput,
  type VoiceMachine,
} from './machineState.ts';
import { isVoiceOn } from './voice.ts';
import { stepMachine } from './voiceMachine.ts';

const error = { message: 'It broke.', hint: 'Try again.' };
const here = { threadId: 'thread-1' };

const told = {
  started: {
    type: 'told',
    notice: {
      method: 'thread/realtime/started',
      params: { ...here, sessionId: null, realtimeSessionId: 's', version: 'v2' },
    },
  },
  sdp: { type: 'told', notice: { method: 'thread/realtime/sdp', params: { ...here, sdp: 'a' } } },
  closed: {
    type: 'told',
    notice: { method: 'thread/realtime/closed', params: { ...here, reason: 'error' } },
  },
  fault: {
    type: 'told',
    notice: {
      method: 'thread/realtime/error',
      params: { ...here, message: 'No.', fatal: true },
    },
  },
  complaint: {
    type: 'told',
    notice: {
      method: 'thread/realtime/error',
      params: { ...here, message: 'Not so.', fatal: false },
    },
  },
} as const satisfies Record<string, MachineInput>;

/** The machine after these inputs, and everything it had done. */
function run(inputs: readonly MachineInput[], from: VoiceMachine = idleMachine) {
  let machine = from;
  const effects: MachineEffect[] = [];
  for (const input of inputs) {
    const next = stepMachine(machine, input, 0);
    ({ machine } = next);
    effects.push(...next.effects);
  }
  return { machine, effects, done: effects.map(({ type }) => type) };
}

const begin = (policy: 'auto' | 'webrtc' | 'websocket'): readonly MachineInput[] => [
  { type: 'startPressed' },
  { type: 'microphoneOpened', run: 1 },
  { type: 'threadReady', run: 1, policy },
];
const overSocket = [
  ...begin('websocket'),
  { type: 'understood', request: 1 },
  told.started,
] as const;
const byCall = [
  ...begin('webrtc'),
  { type: 'offerMade', attempt: 1, sdp: 'o' },
  { type: 'understood', request: 1 },
  told.started,
  told.sdp,
  { type: 'connected', attempt: 1 },
] as const;

describe('the voice', () => {
  test('over WebSocket is live when the engine has begun the session', () => {
    const { machine, effects } = run(overSocket);

    expect(machine.voice).toMatchObject({ phase: 'live' });
    expect(effects.filter(({ type }) => type !== 'watchTime')).toEqual([
      { type: 'openMicrophone' },
      { type: 'findThread' },
      { type: 'requestSession', request: 1, attempt: 1, transport: { type: 'websocket' } },
      { type: 'routeSound', way: 'engine' },
      { type: 'followChoices' },
    ]);
  });

  test('by a call is live when its sound has found a way, not before', () => {
    expect(run(byCall.slice(0, -1)).machine.voice).toMatchObject({ phase: 'starting' });

    const { machine, done } = run(byCall);
    expect(machine.voice).toMatchObject({ phase: 'live' });
    expect(done.filter((type) => type !== 'watchTime')).toEqual([
      'openMicrophone',
      'findThread',
      'makeOffer',
      'requestSession',
      'acceptAnswer',
      'routeSound',
      'followChoices',
    ]);
  });

  test.each([
    ['the microphone opens', [{ type: 'startPressed' }]],
    ['its thread is found', begin('auto').slice(0, -1)],
    ['its offer is made', begin('webrtc')],
    ['the engine has not answered its offer', byCall.slice(0, 4)],
    ['the engine has not answered its wish', begin('websocket')],
  ] satisfies [string, readonly MachineInput[]][])(
    'the farewell of the conversation before does not end a new one while %s',
    (_while, soFar) => {
      const { machine } = run(soFar);

      const { machine: after, done } = run([told.closed], machine);

      expect(after).toEqual(machine);
      expect(done).toEqual([]);
    },
  );

  test('an answer before the engine has understood the offer belongs to an earlier one', () => {
    const early = [
      ...begin('webrtc'),
      { type: 'offerMade', attempt: 1, sdp: 'o' },
      told.sdp,
    ] as const;

    expect(run(early).done).not.toContain('acceptAnswer');
  });

  test.for<[string, readonly MachineInput[], MachineInput]>([
    ['a microphone of an ended conversation', overSocket, { type: 'microphoneOpened', run: 0 }],
    [
      'a thread of an ended conversation',
      overSocket,
      { type: 'threadReady', run: 0, policy: 'auto' },
    ],
    ['a failed start of an ended conversation', overSocket, { type: 'startFailed', run: 0, error }],
    ['an offer of an earlier try', byCall, { type: 'offerMade', attempt: 0, sdp: 'old' }],
    ['a call of an earlier try that breaks', byCall, { type: 'broke', attempt: 0 }],
    ['a limit of an earlier try', byCall, { type: 'limitReached', attempt: 0, phase: 'call' }],
    ['a session that was asked for before', overSocket, { type: 'understood', request: 0 }],
    ['a second start', overSocket, { type: 'startPressed' }],
    ['a return of the engine that was never away', overSocket, { type: 'connectionBack' }],
    ['patience that ends when nothing was lost', overSocket, { type: 'patienceEnded' }],
  ])('is not moved by %s', ([, before, late]) => {
    const { machine } = run(before);
    const next = stepMachine(machine, late, 0);

    expect(next.effects).toEqual([]);
    expect(next.machine).toEqual(machine);
  });

  test.for<[string, readonly MachineInput[], readonly MachineInput[], MachineEffect['type'][]]>([
    ['that the user ends', byCall, [{ type: 'endPressed' }], ['closeCall']],
    [
      'that cannot be played',
      overSocket,
      [{ type: 'unplayable', error }],
      ['stopSession', 'release'],
    ],
    ['that the engine ends', byCall, [told.closed], ['closeCall', 'release']],
    [
      'whose start the engine gives up',
      begin('websocket'),
      [told.fault],
      ['stopSession', 'release'],
    ],
    [
      'whose engine stays away',
      byCall,
      [{ type: 'connectionLost' }, { type: 'patienceEnded' }],
      ['routeSound', 'closeCall', 'stopSession', 'release'],
    ],
  ])('%s lets go of everything', ([, before, end, expected]) => {
    const { machine } = run(before);
    const ended = run(end, machine);

    expect(ended.done.filter((type) => type !== 'watchTime')).toEqual(expected);
    expect(ended.machine).toMatchObject({ isRunning: false, link: { phase: 'idle' } });
  });

  test('a complaint about a session that is awaited is no news for anybody else', () => {
    const { machine } = run(byCall.slice(0, 5));
    const { isTaken } = stepMachine(machine, told.complaint, 0);

    expect(isTaken).toBe(true);
  });
});

describe('whatever happens in whatever order', () => {
  const attempt = fc.integer({ min: 0, max: 6 });
  const inputs: fc.Arbitrary<MachineInput> = fc.oneof(
    ...(
      [
        'startPressed',
        'endPressed',
        'connectionLost',
        'connectionBack',
        'patienceEnded',
        'networkChanged',
      ] as const
    ).map((type) => fc.constant<MachineInput>({ type })),
    ...Object.values(told).map((input) => fc.constant<MachineInput>(input)),
    attempt.map((number): MachineInput => ({ type: 'microphoneOpened', run: number })),
    attempt.map((number): MachineInput => ({ type: 'startFailed', run: number, error })),
    fc.record({
      type: fc.constant('threadReady' as const),
      run: attempt,
      policy: fc.constantFrom('auto' as const, 'webrtc' as const, 'websocket' as const),
    }),
    attempt.map((number): MachineInput => ({ type: 'understood', request: number })),
    fc.record({
      type: fc.constant('requestFailed' as const),
      request: attempt,
      attempt,
      isUnreachable: fc.boolean(),
      cause: fc.constant('no'),
      error: fc.constant(error),
    }),
    attempt.map((number): MachineInput => ({ type: 'offerMade', attempt: number, sdp: 'o' })),
    attempt.map((number): MachineInput => ({ type: 'offerFailed', attempt: number, cause: 'no' })),
    attempt.map((number): MachineInput => ({ type: 'connected', attempt: number })),
    attempt.map((number): MachineInput => ({ type: 'disconnected', attempt: number })),
    attempt.map((number): MachineInput => ({ type: 'broke', attempt: number })),
    fc.record({ type: fc.constant('checked' as const), attempt, isAlive: fc.boolean() }),
  );
  const stories = fc.array(inputs, { maxLength: 40 });

  test('a microphone that was opened is let go of before the next one, and once', () => {
    fc.assert(
      fc.property(stories, (story) => {
        let machine = idleMachine;
        let open = 0;
        for (const input of story) {
          const wasRunning = machine.isRunning;
          const { machine: next, effects } = stepMachine(machine, input, 0);
          machine = next;
          for (const { type } of effects) {
            if (type === 'openMicrophone') open += 1;
            if (type === 'release') open -= 1;
          }
          // The user's own end is carried out by who pressed it.
          if (input.type === 'endPressed' && wasRunning) open -= 1;
          expect(open).toBe(machine.isRunning ? 1 : 0);
        }
      }),
    );
  });

  test('there is at most one call, and none without a conversation', () => {
    fc.assert(
      fc.property(stories, (story) => {
        let machine = idleMachine;
        let calls = 0;
        for (const input of story) {
          const { machine: next, effects } = stepMachine(machine, input, 0);
          machine = next;
          for (const { type } of effects) {
            if (type === 'makeOffer') calls += 1;
            if (type === 'closeCall') calls = 0;
          }
          expect(calls).toBe(isCall(machine.link.phase) ? 1 : 0);
          expect(machine.isRunning || machine.link.phase === 'idle').toBe(true);
          expect(isVoiceOn(machine.voice)).toBe(machine.isRunning);
        }
      }),
    );
  });
});
