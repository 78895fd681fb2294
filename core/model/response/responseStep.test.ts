import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { ModelEvent } from '../contract/index.ts';
import { initialResponse, interrupt, type ResponseStep, step, stepWhole } from './responseStep.ts';
import { decodeWhole, decodeWireEvent, WireEvent } from './wireEvents.ts';

type Told = { readonly events: ModelEvent[]; readonly end: ResponseStep['end'] };

function tell(wire: readonly object[]): Told {
  let state = initialResponse('made');
  const events: ModelEvent[] = [];
  for (const value of wire) {
    const decoded = decodeWireEvent(JSON.stringify(value));
    if (decoded.kind !== 'known') throw new Error(`not a known event: ${JSON.stringify(value)}`);
    const next = step(state, decoded.event);
    ({ state } = next);
    events.push(...next.events);
    if (next.end !== undefined) return { events, end: next.end };
  }
  events.push(...interrupt(state).events);
  return { events, end: undefined };
}

const short = (events: readonly ModelEvent[]): string[] =>
  events.map((event) => {
    if (event.type === 'textDelta') return `textDelta ${event.itemId} ${event.delta}`;
    return 'itemId' in event ? `${event.type} ${event.itemId}` : event.type;
  });

const delta = (fields: object): object => ({
  type: 'response.output_text.delta',
  delta: 'x',
  ...fields,
});
const message = (id?: string, text = 'x'): object => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text }],
  ...(id !== undefined && { id }),
});
const call = (callId: string, id?: string): object => ({
  type: 'function_call',
  call_id: callId,
  name: 'n',
  arguments: '{}',
  ...(id !== undefined && { id }),
});
const summary = (text: string): object => ({
  type: 'reasoning',
  summary: text === '' ? [] : [{ type: 'summary_text', text }],
});
const added = (fields: object): object => ({ type: 'response.output_item.added', ...fields });
const done = (fields: object): object => ({ type: 'response.output_item.done', ...fields });
const completed = (output: object[] = []): object => ({
  type: 'response.completed',
  response: { id: 'r', output },
});

describe('odd orders of a stream', () => {
  test.for<{ name: string; wire: object[]; events: string[] }>([
    {
      name: 'a delta without its item opens one',
      wire: [delta({ item_id: 'm' }), done({ item: message('m') }), completed()],
      events: ['itemAdded m', 'textDelta m x', 'itemDone m', 'completed'],
    },
    {
      name: 'items that all claim the same place are told apart by their ids',
      wire: [
        added({ item: message('a'), output_index: 0 }),
        done({ item: message('a'), output_index: 0 }),
        added({ item: message('b', 'y'), output_index: 0 }),
        done({ item: message('b', 'y'), output_index: 0 }),
        completed(),
      ],
      events: ['itemAdded a', 'itemDone a', 'itemAdded b', 'itemDone b', 'completed'],
    },
    {
      name: 'a delta that says nothing about its item belongs to the open message',
      wire: [added({ item: message('m') }), delta({}), done({ item: message('m') }), completed()],
      events: ['itemAdded m', 'textDelta m x', 'itemDone m', 'completed'],
    },
    {
      name: 'ids that change from event to event are matched by their place',
      wire: [
        added({ output_index: 0, item: message('a') }),
        delta({ output_index: 0, item_id: 'b' }),
        done({ output_index: 0, item: message('c') }),
        completed([message('d')]),
      ],
      events: ['itemAdded a', 'textDelta a x', 'itemDone a', 'completed'],
    },
    {
      name: 'an item without an id gets one',
      wire: [added({ item: message() }), delta({}), done({ item: message() }), completed()],
      events: ['itemAdded made_0', 'textDelta made_0 x', 'itemDone made_0', 'completed'],
    },
    {
      name: 'a late delta, a second end and a second beginning of a finished item are passed over',
      wire: [
        done({ output_index: 0, item: message('m') }),
        delta({ output_index: 0, item_id: 'm' }),
        done({ output_index: 0, item: message('m') }),
        added({ output_index: 0, item: message('m') }),
        completed(),
      ],
      events: ['itemAdded m', 'itemDone m', 'completed'],
    },
    {
      name: 'a message that was never closed is whole when the response is',
      wire: [delta({ item_id: 'm' }), completed()],
      events: ['itemAdded m', 'textDelta m x', 'itemDone m', 'completed'],
    },
    {
      name: 'a call that was never closed is not a call',
      wire: [
        added({ item: { type: 'function_call', id: 'f', call_id: 'c', name: 'n', arguments: '' } }),
        completed(),
      ],
      events: ['itemAdded f', 'itemInterrupted f', 'completed'],
    },
    {
      name: 'items that come with the end alone are taken from there',
      wire: [completed([message('m'), { type: 'message' }, message('n')])],
      events: ['itemAdded m', 'itemDone m', 'itemAdded n', 'itemDone n', 'completed'],
    },
    {
      name: 'calls that come with the end alone, behind a message that was streamed, are taken from there',
      wire: [
        done({ output_index: 0, item: message('m') }),
        completed([message('n'), call('c1'), call('c2')]),
      ],
      events: [
        'itemAdded m',
        'itemDone m',
        'itemAdded made_1',
        'itemDone made_1',
        'itemAdded made_2',
        'itemDone made_2',
        'completed',
      ],
    },
    {
      name: 'calls that were streamed are not taken a second time from the end',
      wire: [done({ item: call('c1') }), completed([call('c1'), call('c2')])],
      events: ['itemAdded made_0', 'itemDone made_0', 'completed'],
    },
    {
      name: 'two calls under one id of an item are told apart by their call ids',
      wire: [
        done({ output_index: 0, item: call('c1', 'fc') }),
        done({ output_index: 0, item: call('c2', 'fc') }),
        done({ output_index: 1, item: call('c1', 'other') }),
        completed(),
      ],
      events: ['itemAdded fc', 'itemDone fc', 'itemAdded made_1', 'itemDone made_1', 'completed'],
    },
    {
      name: 'words of two open messages go where their ids say, though both claim the same place',
      wire: [
        added({ output_index: 0, item: message('a', '') }),
        added({ output_index: 0, item: message('b', '') }),
        delta({ output_index: 0, item_id: 'a' }),
        delta({ output_index: 0, item_id: 'b' }),
        done({ output_index: 0, item: message('b') }),
        done({ output_index: 0, item: message('a') }),
        completed(),
      ],
      events: [
        'itemAdded a',
        'itemAdded b',
        'textDelta a x',
        'textDelta b x',
        'itemDone b',
        'itemDone a',
        'completed',
      ],
    },
    {
      name: 'an empty id names nothing',
      wire: [
        done({ output_index: 0, item: message('', 'a') }),
        done({ output_index: 1, item: message('', 'b') }),
        completed(),
      ],
      events: [
        'itemAdded made_0',
        'itemDone made_0',
        'itemAdded made_1',
        'itemDone made_1',
        'completed',
      ],
    },
    {
      name: 'a refusal is text',
      wire: [{ type: 'response.refusal.delta', item_id: 'm', delta: 'no' }],
      events: ['itemAdded m', 'textDelta m no', 'itemInterrupted m'],
    },
    {
      name: 'a second beginning of the response is not announced again',
      wire: [
        { type: 'response.created', response: { id: 'r' } },
        { type: 'response.created', response: { id: 'r' } },
      ],
      events: ['created'],
    },
  ])('$name', ({ wire, events }) => {
    expect(short(tell(wire).events)).toEqual(events);
  });

  test.for([
    { name: 'with their beginnings', withBeginnings: true },
    { name: 'without them', withBeginnings: false },
  ])(
    'a server that numbers every item 0 and gives no ids loses nothing, $name',
    ({ withBeginnings }) => {
      const items: [begun: object, whole: object][] = [
        [summary(''), summary('first')],
        [message(undefined, ''), message(undefined, 'I will look.')],
        [call('c1'), call('c1')],
        [call('c2'), call('c2')],
        [summary(''), summary('second')],
        [message(undefined, ''), message(undefined, 'Found.')],
        [message(undefined, ''), message(undefined, 'And more.')],
      ];
      const { events } = tell([
        ...items.flatMap(([begun, whole]) => [
          ...(withBeginnings ? [added({ output_index: 0, item: begun })] : []),
          done({ output_index: 0, item: whole }),
        ]),
        completed(items.map(([, whole]) => whole)),
      ]);

      expect(events.flatMap((event) => (event.type === 'itemDone' ? [event.item] : []))).toEqual(
        items.map(([, whole]) => whole),
      );
      expect(violations(events)).toEqual([]);
    },
  );

  test('words go to the item of their kind that began last, where all have the place 0 and no id', () => {
    const at = { output_index: 0 };
    const { events } = tell([
      added({ ...at, item: { type: 'reasoning', summary: [] } }),
      added({ ...at, item: message(undefined, '') }),
      delta(at),
      { type: 'response.reasoning_summary_text.delta', ...at, summary_index: 0, delta: 'hm' },
      added({ ...at, item: message(undefined, '') }),
      delta({ ...at, delta: 'y' }),
    ]);

    expect(
      events.flatMap((event) => (event.type === 'itemInterrupted' ? [event.item] : [])),
    ).toEqual([
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] },
      message(undefined, 'x'),
      message(undefined, 'y'),
    ]);
  });

  test('interrupted reasoning keeps its parts', () => {
    const place = { item_id: 'rs', output_index: 0 };
    const { events } = tell([
      { type: 'response.reasoning_summary_part.added', ...place, summary_index: 0 },
      { type: 'response.reasoning_summary_text.delta', ...place, summary_index: 0, delta: 'a' },
      { type: 'response.reasoning_summary_text.delta', ...place, summary_index: 1, delta: 'b' },
      { type: 'response.reasoning_text.delta', ...place, content_index: 0, delta: 'c' },
    ]);

    expect(events.at(-1)).toEqual({
      type: 'itemInterrupted',
      itemId: 'rs',
      item: {
        type: 'reasoning',
        id: 'rs',
        summary: [
          { type: 'summary_text', text: 'a' },
          { type: 'summary_text', text: 'b' },
        ],
        content: [{ type: 'reasoning_text', text: 'c' }],
      },
    });
  });

  const ids = fc.constantFrom('a', 'b', undefined);
  const indexes = fc.constantFrom(0, 1, undefined);
  const wireEvents = fc.oneof(
    fc.record({ item_id: ids, output_index: indexes }).map((place) => delta(place)),
    fc
      .record({ id: ids, output_index: indexes })
      .map(({ id, ...at }) => added({ ...at, item: message(id) })),
    fc
      .record({ id: ids, output_index: indexes })
      .map(({ id, ...at }) => done({ ...at, item: message(id) })),
    fc
      .record({ id: ids, callId: fc.constantFrom('c1', 'c2'), output_index: indexes })
      .map(({ id, callId, ...at }) => done({ ...at, item: call(callId, id) })),
    fc.constant(completed([call('c1'), call('c2', 'a')])),
    fc.constant({ type: 'error', message: 'no' }),
  );
  test('whatever the order, every item is added once, closed once, and speaks in between', () => {
    fc.assert(
      fc.property(fc.array(wireEvents, { maxLength: 12 }), (wire) => {
        let state = initialResponse('made');
        const events: ModelEvent[] = [];
        for (const value of wire) {
          const decoded = decodeWireEvent(JSON.stringify(value));
          if (decoded.kind !== 'known') continue;
          const next = step(state, decoded.event);
          ({ state } = next);
          events.push(...next.events);
          if (next.end !== undefined) break;
        }
        events.push(...interrupt(state).events);
        expect(violations(events)).toEqual([]);
      }),
    );
  });
});

function violations(events: readonly ModelEvent[]): string[] {
  const open = new Set<string>();
  const seen = new Set<string>();
  const wrong: string[] = [];
  for (const event of events) {
    if (!('itemId' in event)) continue;
    const { type, itemId } = event;
    if (type === 'itemAdded') {
      if (seen.has(itemId)) wrong.push(`${itemId} added twice`);
      seen.add(itemId);
      open.add(itemId);
    } else if (!open.has(itemId)) wrong.push(`${type} of ${itemId}, which is not open`);
    else if (type === 'itemDone' || type === 'itemInterrupted') open.delete(itemId);
  }
  return [...wrong, ...Array.from(open, (itemId) => `${itemId} left open`)];
}

const custom = (id: string, input = ''): object => ({
  type: 'custom_tool_call',
  call_id: `call_${id}`,
  id,
  name: 'patch',
  input,
});
const input = (fields: object): object => ({
  type: 'response.custom_tool_call_input.delta',
  delta: 'x',
  ...fields,
});

test('what a custom tool is called with is told of its open call, and of no other', () => {
  const { events } = tell([
    input({ item_id: 'a', output_index: 0 }),
    added({ item: custom('a'), output_index: 0 }),
    added({ item: custom('b'), output_index: 1 }),
    added({ item: call('f', 'c'), output_index: 2 }),
    input({ item_id: 'b', output_index: 1 }),
    input({ item_id: 'c', output_index: 2 }),
    input({ output_index: 0 }),
    done({ item: custom('a', 'x'), output_index: 0 }),
    input({ item_id: 'a', output_index: 0 }),
  ]);

  expect(short(events).filter((event) => event.startsWith('callInput'))).toEqual([
    'callInputDelta b',
    'callInputDelta a',
  ]);
});

describe('ends', () => {
  test.for<{ name: string; wire: object; error: object }>([
    {
      name: 'a rate limit names its wait in seconds',
      wire: failed({ code: 'rate_limit_exceeded', message: 'Please try again in 1.5s.' }),
      error: { info: 'rateLimitExceeded', retryable: true, retryAfterMs: 1500 },
    },
    {
      name: 'or in milliseconds',
      wire: failed({ code: 'rate_limit_exceeded', message: 'try again in 28ms' }),
      error: { retryAfterMs: 28, message: 'The model failed: try again in 28ms.' },
    },
    {
      name: 'too long a conversation',
      wire: failed({ code: 'context_length_exceeded', message: 'too long' }),
      error: { info: 'contextWindowExceeded', retryable: false },
    },
    {
      name: 'no reason at all',
      wire: { type: 'response.failed', response: { error: null } },
      error: { info: 'other', retryable: true, message: 'The model failed without saying why.' },
    },
    {
      name: 'an error event as OpenAI sends it',
      wire: { type: 'error', code: 'invalid_prompt', message: 'bad', param: null },
      error: { info: 'other', retryable: false, message: 'The model failed: bad.' },
    },
    {
      name: 'an error event with a status and a nested error',
      wire: { type: 'error', status: 400, error: { type: 'x', message: 'bad' } },
      error: { info: 'other', retryable: false, httpStatus: 400 },
    },
    {
      name: 'an error event with a bare text and a number for a code',
      wire: { type: 'error', error: 'overloaded', code: 503 },
      error: { retryable: true, httpStatus: 503, message: 'The model failed: overloaded.' },
    },
    {
      name: 'a stop for what was written',
      wire: {
        type: 'response.incomplete',
        response: { incomplete_details: { reason: 'content_filter' } },
      },
      error: { retryable: true, details: 'content_filter' },
    },
    {
      name: 'a stop by the provider',
      wire: { type: 'response.cancelled' },
      error: { retryable: true, message: 'The model failed: The provider cancelled it.' },
    },
  ])('$name', ({ wire, error }) => {
    expect(tell([wire]).end).toMatchObject({ type: 'failed', error });
  });

  test('usage that makes no sense does not cost the answer', () => {
    const wire = {
      type: 'response.completed',
      response: { id: 'r', usage: { input_tokens: 'many' }, output: [message('m')] },
    };

    expect(tell([wire]).events.slice(-1)).toEqual([
      { type: 'completed', responseId: 'r', usage: undefined, endTurn: undefined },
    ]);
  });

  test('a JSON answer that is an error is a failure', () => {
    const decoded = decodeWhole('{"error":{"message":"no such model","code":"model_not_found"}}');
    if (decoded.kind !== 'whole') throw new Error('expected a response');

    expect(stepWhole(initialResponse('made'), decoded.response).end).toMatchObject({
      type: 'failed',
      error: { info: 'modelNotFound', message: 'The model failed: no such model.' },
    });
  });

  test.for(['nonsense', '{"hello":1}', '{"output":7}'])('%s is no answer', (text) => {
    expect(decodeWhole(text).kind).toBe('malformed');
  });
});

function failed(error: object): object {
  return { type: 'response.failed', response: { id: 'r', error } };
}

describe('rate limits', () => {
  test('the event of the stream is read like the headers', () => {
    const wire = {
      type: 'codex.rate_limits',
      plan_type: 'pro',
      rate_limits: {
        primary: { used_percent: 12.5, window_minutes: 300, reset_at: 1_900_000_000 },
      },
    };

    expect(tell([wire]).events).toEqual([
      {
        type: 'rateLimits',
        snapshot: {
          limitId: 'codex',
          limitName: null,
          normalModelSlug: null,
          primary: { usedPercent: 13, windowDurationMins: 300, resetsAt: 1_900_000_000 },
          secondary: null,
          credits: null,
          individualLimit: null,
          spendControlReached: null,
          planType: 'pro',
          rateLimitReachedType: null,
        },
      },
    ]);
  });

  test('an event that says nothing is passed over', () => {
    expect(tell([{ type: 'codex.rate_limits', rate_limits: { primary: null } }]).events).toEqual(
      [],
    );
  });
});

test.for([
  { item_id: 'm', output_index: 2, delta: 'x' },
  { item_id: 'm', delta: '' },
  { item_id: 'm', output_index: null, delta: 'x' },
  { delta: 'x' },
  { item_id: 'm' },
  { item_id: 'm', delta: 7 },
  { item_id: 'm', output_index: 'first', delta: 'x' },
  { item_id: 'm', output_index: -1, delta: 'x' },
])('the short way for text deltas agrees with the table on %o', (fields) => {
  const event = { type: 'response.output_text.delta', ...fields };
  const table = WireEvent.safeParse(event);
  const decoded = decodeWireEvent(JSON.stringify(event));

  expect(decoded.kind === 'known' ? decoded.event : undefined).toEqual(table.data);
});

test('wire events keep what they do not know', () => {
  const event = { type: 'response.metadata', headers: {}, extra: 1 };

  expect(decodeWireEvent(JSON.stringify(event))).toEqual({ kind: 'known', event });
});
