import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  AVOID_CALLS_MS,
  type Connection,
  isCall,
  limitMsOf,
  type LinkEffect,
  type LinkInput,
  type LinkPhase,
  noLink,
  stepLink,
  type VoiceLinkState,
} from './linkStep.ts';

type Run = { readonly state: VoiceLinkState; readonly effects: readonly LinkEffect[] };

function run(inputs: readonly LinkInput[], nowMs = 1_000_000): Run {
  return inputs.reduce<Run>(
    (before, input) => {
      const { state, effects } = stepLink(before.state, input, nowMs);
      return { state, effects: [...before.effects, ...effects] };
    },
    { state: noLink, effects: [] },
  );
}

const begun = (policy: Connection): LinkInput => ({ type: 'begun', policy });
const offerMade = (attempt: number): LinkInput => ({ type: 'offerMade', attempt, sdp: 'o' });
const answered = (attempt: number): LinkInput => ({ type: 'answered', attempt, sdp: 'a' });
const connected = (attempt: number): LinkInput => ({ type: 'connected', attempt });
const disconnected = (attempt: number): LinkInput => ({ type: 'disconnected', attempt });
const broke = (attempt: number): LinkInput => ({ type: 'broke', attempt });
const limit = (attempt: number, phase: LinkPhase): LinkInput => ({
  type: 'limitReached',
  attempt,
  phase,
});
const calling = (policy: Connection, attempt = 1): LinkInput[] => [
  begun(policy),
  offerMade(attempt),
  answered(attempt),
];
const inCall = (policy: Connection): LinkInput[] => [...calling(policy), connected(1)];
const kinds = ({ effects }: Run): readonly string[] => effects.map(({ type }) => type);

const ANSWERED = ['makeOffer', 'requestCall', 'acceptAnswer'];
const FELL_BACK = ['closeCall', 'fellBack', 'requestSocket'];

describe('the way of the voice', () => {
  test.for<{ name: string; inputs: LinkInput[]; phase: LinkPhase; effects: string[] }>([
    {
      name: 'is a call where the two sides find each other',
      inputs: inCall('auto'),
      phase: 'call',
      effects: [...ANSWERED, 'joined'],
    },
    {
      name: 'is WebSocket alone where that was chosen',
      inputs: [begun('websocket')],
      phase: 'socket',
      effects: ['requestSocket'],
    },
    {
      name: 'goes over WebSocket when no offer can be made',
      inputs: [begun('auto'), { type: 'offerFailed', attempt: 1, cause: 'no WebRTC' }],
      phase: 'socket',
      effects: ['makeOffer', ...FELL_BACK],
    },
    {
      name: 'goes over WebSocket when the browser never comes back with its offer',
      inputs: [begun('auto'), limit(1, 'offering'), offerMade(1)],
      phase: 'socket',
      effects: ['makeOffer', ...FELL_BACK],
    },
    {
      name: 'goes over WebSocket when the call is refused',
      inputs: [begun('auto'), offerMade(1), { type: 'refused', attempt: 1, cause: '404.' }],
      phase: 'socket',
      effects: ['makeOffer', 'requestCall', ...FELL_BACK],
    },
    {
      name: 'goes over WebSocket when nobody answers',
      inputs: [begun('auto'), offerMade(1), limit(1, 'asking')],
      phase: 'socket',
      effects: ['makeOffer', 'requestCall', ...FELL_BACK],
    },
    {
      name: 'goes over WebSocket when the browser cannot use the answer',
      inputs: [...calling('auto'), { type: 'answerFailed', attempt: 1, cause: 'no sense' }],
      phase: 'socket',
      effects: [...ANSWERED, ...FELL_BACK],
    },
    {
      name: 'goes over WebSocket when the sound finds no way in time',
      inputs: [...calling('auto'), limit(1, 'joining')],
      phase: 'socket',
      effects: [...ANSWERED, ...FELL_BACK],
    },
    {
      name: 'fails with words where only a call is allowed',
      inputs: [...calling('webrtc'), broke(1)],
      phase: 'idle',
      effects: ['makeOffer', 'requestCall', 'acceptAnswer', 'closeCall', 'failed'],
    },
    {
      name: 'waits for a call that is interrupted',
      inputs: [...inCall('auto'), disconnected(1)],
      phase: 'unsure',
      effects: [...ANSWERED, 'joined', 'doubted'],
    },
    {
      name: 'goes on in a call that came back',
      inputs: [...inCall('auto'), disconnected(1), connected(1)],
      phase: 'call',
      effects: [...ANSWERED, 'joined', 'doubted', 'healed'],
    },
  ])('$name', ({ inputs, phase, effects }) => {
    const result = run(inputs);

    expect({ phase: result.state.phase, effects: kinds(result) }).toEqual({ phase, effects });
  });

  test.for<[string, LinkInput[]]>([
    ['did not come back in time', [disconnected(1), limit(1, 'unsure')]],
    ['broke', [broke(1)]],
    ['broke while it was interrupted', [disconnected(1), broke(1)]],
    [
      'does not answer after the network changed',
      [{ type: 'networkChanged' }, { type: 'checked', attempt: 1, isAlive: false }],
    ],
    ['was interrupted when the network changed', [disconnected(1), { type: 'networkChanged' }]],
  ])('a call that %s is replaced by another', ([, inputs]) => {
    const result = run([...inCall('auto'), ...inputs]);

    expect(result.state).toMatchObject({ phase: 'offering', attempt: 2, isRenewal: true });
    expect(kinds(result).slice(-3)).toEqual(['closeCall', 'renewing', 'makeOffer']);
    expect(
      run([...inCall('auto'), ...inputs, offerMade(2), answered(2), connected(2)]).state,
    ).toMatchObject({ phase: 'call', isRenewal: false });
  });

  test('a call that still answers after the network changed goes on', () => {
    const { state } = run([
      ...inCall('auto'),
      { type: 'networkChanged' },
      { type: 'checked', attempt: 1, isAlive: true },
    ]);

    expect(state).toMatchObject({ phase: 'call', attempt: 1 });
  });

  test('what an earlier call says late changes nothing', () => {
    const before = run([...inCall('auto'), broke(1)]).state;

    for (const late of [offerMade(1), answered(1), connected(1), broke(1), limit(1, 'unsure')])
      expect(stepLink(before, late, 0)).toEqual({ state: before, effects: [] });
  });

  test('a limit of a phase that is over changes nothing', () => {
    const before = run(inCall('auto')).state;

    for (const phase of ['offering', 'asking', 'joining', 'unsure'] as const)
      expect(stepLink(before, limit(1, phase), 0).state).toBe(before);
  });

  test('says why, and for a minute does not try what found no way', () => {
    const failed = run([...calling('auto'), limit(1, 'joining')], 5_000).state;

    const soon = stepLink(failed, begun('auto'), 5_000 + AVOID_CALLS_MS - 1);
    const later = stepLink(failed, begun('auto'), 5_000 + AVOID_CALLS_MS);

    expect(failed.why).toBe('the call found no way through the network');
    expect(soon.state).toMatchObject({ phase: 'socket' });
    expect(soon.state.why).toContain('a moment ago');
    expect(later.state).toMatchObject({ phase: 'offering', why: undefined });
  });

  test('a refused call is tried again in the next conversation', () => {
    const refused = run([
      begun('auto'),
      offerMade(1),
      { type: 'refused', attempt: 1, cause: 'Busy.' },
    ]).state;

    expect(refused.why).toBe('the call was refused: Busy');
    expect(stepLink(refused, begun('auto'), 1_000_001).state.phase).toBe('offering');
  });

  test('the choice of a call is not overruled by an earlier failure', () => {
    const failed = run([...calling('webrtc'), limit(1, 'joining')], 5_000).state;

    expect(stepLink(failed, begun('webrtc'), 5_001).state.phase).toBe('offering');
  });

  test('a call that breaks again and again is given up', () => {
    const inputs = [1, 2, 3].flatMap((attempt) => [
      broke(attempt),
      offerMade(attempt + 1),
      answered(attempt + 1),
      connected(attempt + 1),
    ]);

    expect(run([...inCall('auto'), ...inputs]).state.phase).toBe('call');
    expect(run([...inCall('auto'), ...inputs, broke(4)]).state).toMatchObject({
      phase: 'socket',
      why: 'the call broke again and again',
    });
  });

  test('the end hangs up, and may come twice', () => {
    const ended = run([...inCall('auto'), { type: 'ended' }]);

    expect(ended.state.phase).toBe('idle');
    expect(kinds(ended).at(-1)).toBe('closeCall');
    expect(stepLink(ended.state, { type: 'ended' }, 0).effects).toEqual([]);
  });
});

/** A conversation in which a call stands again and again, whatever else is told of it. */
const play = (chosen: Connection, facts: readonly LinkInput[]): Run =>
  run([
    begun(chosen),
    ...facts.flatMap((each, index) =>
      index % 3 === 2
        ? [1, 2, 3, 4]
            .flatMap((attempt) => [offerMade(attempt), answered(attempt), connected(attempt)])
            .concat(each)
        : [each],
    ),
  ]);

describe('whatever happens', () => {
  const attempt = fc.integer({ min: 0, max: 8 });
  const phase = fc.constantFrom<LinkPhase>('offering', 'asking', 'joining', 'call', 'unsure');
  const cause = fc.constant('x');
  const fact: fc.Arbitrary<LinkInput> = fc.oneof(
    fc.record({ type: fc.constant('offerMade' as const), attempt, sdp: cause }),
    fc.record({ type: fc.constant('offerFailed' as const), attempt, cause }),
    fc.record({ type: fc.constant('refused' as const), attempt, cause }),
    fc.record({ type: fc.constant('answered' as const), attempt, sdp: cause }),
    fc.record({ type: fc.constant('answerFailed' as const), attempt, cause }),
    fc.record({ type: fc.constant('connected' as const), attempt }),
    fc.record({ type: fc.constant('disconnected' as const), attempt }),
    fc.record({ type: fc.constant('broke' as const), attempt }),
    fc.constant<LinkInput>({ type: 'networkChanged' }),
    fc.record({ type: fc.constant('checked' as const), attempt, isAlive: fc.boolean() }),
    fc.record({ type: fc.constant('limitReached' as const), attempt, phase }),
    fc.constant<LinkInput>({ type: 'ended' }),
  );
  const policy = fc.constantFrom<Connection>('auto', 'webrtc', 'websocket');
  const facts = fc.array(fact, { maxLength: 60 });

  test('a conversation never goes back from WebSocket to a call, nor asks for it twice', () => {
    fc.assert(
      fc.property(policy, facts, (chosen, given) => {
        const done = kinds(play(chosen, given)).join(' ');
        expect(done).not.toMatch(/requestSocket.*(?:makeOffer|requestSocket)/u);
      }),
    );
  });

  test('the user’s choice holds', () => {
    fc.assert(
      fc.property(facts, (given) => {
        expect(kinds(play('webrtc', given))).not.toContain('requestSocket');
        expect(kinds(play('websocket', given))).not.toContain('makeOffer');
      }),
    );
  });

  test('a minute has at most four calls, and each is hung up before the next', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const done = kinds(play('auto', given)).filter(
          (type) => type === 'makeOffer' || type === 'closeCall',
        );
        expect(done.filter((type) => type === 'makeOffer').length).toBeLessThanOrEqual(4);
        expect(done.join(' ')).not.toContain('makeOffer makeOffer');
      }),
    );
  });

  test('every phase of a call that only waits has a limit', () => {
    fc.assert(
      fc.property(policy, facts, (chosen, given) => {
        const { phase: reached } = play(chosen, given).state;
        const isLasting = reached === 'call' || !isCall(reached);
        expect(limitMsOf(reached) === undefined).toBe(isLasting);
      }),
    );
  });
});
