import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  initialResponseQueue,
  plainRequest,
  type ResponseQueueEffect,
  type ResponseQueueInput,
  type ResponseQueueState,
  type ResponseRequest,
  runningResponse,
  step,
} from './responseQueue.ts';

const request: ResponseQueueInput = { type: 'requestMade', request: plainRequest };
const own = (instructions: string): ResponseQueueInput => ({
  type: 'requestMade',
  request: { kind: 'own', options: { instructions } },
});
const mended: ResponseQueueInput = { type: 'reconnected' };
const created = (responseId?: string): ResponseQueueInput => ({
  type: 'responseCreated',
  responseId,
  outOfBand: false,
});
const beside = (responseId: string): ResponseQueueInput => ({
  type: 'responseCreated',
  responseId,
  outOfBand: true,
});
const ended = (responseId?: string): ResponseQueueInput => ({ type: 'responseEnded', responseId });
const refused = (eventId?: string, activeResponseId?: string): ResponseQueueInput => ({
  type: 'createRefused',
  eventId,
  activeResponseId,
});
const failed = (eventId: string): ResponseQueueInput => ({ type: 'createFailed', eventId });
const unanswered = (eventId: string): ResponseQueueInput => ({ type: 'createUnanswered', eventId });

function run(inputs: readonly ResponseQueueInput[]): {
  state: ResponseQueueState;
  effects: readonly ResponseQueueEffect[];
  sent: readonly ResponseRequest[];
} {
  let state = initialResponseQueue;
  const effects: ResponseQueueEffect[] = [];
  for (const input of inputs) {
    const next = step(state, input);
    state = next.state;
    effects.push(...next.effects);
  }
  const sent = effects.flatMap((effect) => (effect.type === 'sendCreate' ? [effect.request] : []));
  return { state, effects, sent };
}

describe('response queue', () => {
  test.for<{ name: string; inputs: ResponseQueueInput[]; sent: number; phase: string }>([
    {
      name: 'sends at once when the session is free',
      inputs: [request],
      sent: 1,
      phase: 'requested',
    },
    {
      name: 'holds a second request while one is asked for',
      inputs: [request, request],
      sent: 1,
      phase: 'requested',
    },
    {
      name: 'folds any number of plain requests into one',
      inputs: [request, created('a'), request, request, request, ended('a')],
      sent: 2,
      phase: 'requested',
    },
    {
      name: 'is free again when nothing is wanted',
      inputs: [request, created('a'), ended('a')],
      sent: 1,
      phase: 'free',
    },
    {
      name: 'is not freed by the late end of another response',
      inputs: [request, created('a'), request, ended('z')],
      sent: 1,
      phase: 'active',
    },
    {
      name: 'waits for a response the server began itself',
      inputs: [created('a'), request],
      sent: 0,
      phase: 'active',
    },
    {
      name: 'asks again after a refusal that names our event',
      inputs: [request, refused('response_create_1', 'a'), ended('a')],
      sent: 2,
      phase: 'requested',
    },
    {
      name: 'asks again after a refusal that names nothing',
      inputs: [request, refused(), ended('a')],
      sent: 2,
      phase: 'requested',
    },
    {
      name: 'asks again when the created response turns out to be the server’s own',
      inputs: [request, created('vad'), refused('response_create_1', 'vad'), ended('vad')],
      sent: 2,
      phase: 'requested',
    },
    {
      name: 'passes over a refusal of some other event',
      inputs: [request, refused('other'), created('a')],
      sent: 1,
      phase: 'active',
    },
    {
      name: 'passes over a second refusal of the same create',
      inputs: [request, refused('response_create_1'), refused('response_create_1'), ended()],
      sent: 2,
      phase: 'requested',
    },
    {
      name: 'is not released by the end of a response beside the conversation',
      inputs: [request, created('a'), request, beside('b'), ended('b')],
      sent: 1,
      phase: 'active',
    },
    {
      name: 'drops a create that the server will never do',
      inputs: [request, failed('response_create_1')],
      sent: 1,
      phase: 'free',
    },
    {
      name: 'goes on with the next request when a create fails',
      inputs: [own('a'), own('b'), failed('response_create_1')],
      sent: 2,
      phase: 'requested',
    },
    {
      name: 'repeats an unanswered create once',
      inputs: [request, unanswered('response_create_1')],
      sent: 2,
      phase: 'requested',
    },
    {
      name: 'passes over a watchdog that is too late',
      inputs: [request, created('a'), unanswered('response_create_1')],
      sent: 1,
      phase: 'active',
    },
    {
      name: 'forgets everything when the link is gone',
      inputs: [request, request, { type: 'disconnected' }],
      sent: 1,
      phase: 'free',
    },
  ])('$name', ({ inputs, sent, phase }) => {
    const result = run(inputs);

    expect({ sent: result.sent.length, phase: result.state.slot.phase }).toEqual({ sent, phase });
  });

  test('requests with their own options are sent one by one, in order, unmerged', () => {
    const { sent } = run([
      own('first'),
      own('second'),
      request,
      request,
      created('a'),
      ended('a'),
      created('b'),
      ended('b'),
    ]);

    expect(sent).toEqual([
      { kind: 'own', options: { instructions: 'first' } },
      { kind: 'own', options: { instructions: 'second' } },
      plainRequest,
    ]);
  });

  test('a response of the server that runs while one beside the conversation is asked for is known', () => {
    const aside: ResponseQueueInput = {
      type: 'requestMade',
      request: { kind: 'own', options: { conversation: 'none' } },
    };
    const during = run([aside, created('a')]).state;
    const waiting = run([aside, request, created('a'), beside('c')]);

    expect(runningResponse(during)).toEqual({ responseId: 'a' });
    expect(runningResponse(run([aside, created('a'), ended('a')]).state)).toBeUndefined();
    expect(runningResponse(run([aside, created('a'), ended('z')]).state)).toEqual({
      responseId: 'a',
    });
    // Nothing is sent into it: what waits comes after it.
    expect(waiting.state.slot).toEqual({ phase: 'active', responseId: 'a', answers: undefined });
    expect(waiting.sent).toHaveLength(1);
    expect(runningResponse(run([aside, created('a'), mended]).state)).toBeUndefined();
  });

  test('a refused request keeps its own options', () => {
    const { sent } = run([
      own('short'),
      created('vad'),
      refused('response_create_1'),
      ended('vad'),
    ]);

    expect(sent.at(-1)).toEqual({ kind: 'own', options: { instructions: 'short' } });
  });

  test('after a mended link what waits is asked for, and a refusal makes it wait again', () => {
    const { state, sent } = run([
      created('a'),
      request,
      mended,
      refused('response_create_1', 'resp_a'),
      ended('a'),
    ]);

    expect(sent).toEqual([plainRequest]);
    expect(state.slot).toMatchObject({ phase: 'active', responseId: 'resp_a' });
    expect(
      run([created('a'), request, mended, refused('response_create_1'), ended('a')]).sent,
    ).toEqual([plainRequest, plainRequest]);
  });

  test('a mended link frees a slot whose response nobody waits behind', () => {
    expect(run([created('a'), mended]).state.slot).toEqual({ phase: 'free' });
    expect(run([request, mended]).state.slot).toMatchObject({ phase: 'requested' });
  });

  test('two silences in a row are reported and free the session', () => {
    const { state, effects } = run([
      request,
      unanswered('response_create_1'),
      unanswered('response_create_2'),
    ]);

    expect(state.slot).toEqual({ phase: 'free' });
    expect(effects).toContainEqual({ type: 'stalled' });
  });

  test('whatever the order of events, nothing wanted is forgotten and a taken slot is never sent into', () => {
    const anyInput = fc.oneof(
      fc.constant(request),
      fc.constantFrom('x', 'y').map(own),
      fc.constantFrom('a', 'b', undefined).map(created),
      fc.constantFrom('c').map(beside),
      fc.constant(mended),
      fc.constantFrom('a', 'b', 'c', undefined).map(ended),
      fc
        .tuple(
          fc.constantFrom('response_create_1', 'response_create_2', undefined),
          fc.constantFrom('a', undefined),
        )
        .map(([eventId, active]) => refused(eventId, active)),
    );
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 40 }), (inputs) => {
        let state = initialResponseQueue;
        const broken = inputs.flatMap((input) => {
          const before = state;
          const { state: after, effects } = step(before, input);
          state = after;
          return brokenRules(before, input, after, effects);
        });
        expect(broken).toEqual([]);
      }),
    );
  });
});

/** What must hold after every single step, named where it does not. */
function brokenRules(
  before: ResponseQueueState,
  input: ResponseQueueInput,
  after: ResponseQueueState,
  effects: readonly ResponseQueueEffect[],
): readonly string[] {
  const creates = effects.filter((effect) => effect.type === 'sendCreate').length;
  const isHeld =
    input.type !== 'requestMade' ||
    creates === 1 ||
    after.requests.some((held) => JSON.stringify(held) === JSON.stringify(input.request));
  const rules: readonly (readonly [string, boolean])[] = [
    ['at most one create a step', creates <= 1],
    ['a create takes the slot', creates === 0 || after.slot.phase === 'requested'],
    [
      'no create while a response is open',
      creates === 0 ||
        before.slot.phase !== 'active' ||
        input.type === 'responseEnded' ||
        input.type === 'reconnected',
    ],
    ['nobody waits in an idle session', after.slot.phase !== 'free' || after.requests.length === 0],
    ['a request is sent or held', isHeld],
  ];
  return rules.flatMap(([name, holds]) => (holds ? [] : [name]));
}
