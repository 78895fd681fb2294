import { Buffer } from 'node:buffer';

import { describe, expect, test } from 'vitest';

import type { ConversationItem } from '../../protocol/index.ts';
import { SessionBench, typesOf } from '../testing/bench.ts';

function create(bench: SessionBench, item: ConversationItem, previous?: string | null) {
  return bench.client({
    type: 'conversation.item.create',
    event_id: 'mine',
    item,
    ...(previous !== undefined && { previous_item_id: previous }),
  });
}

const order = (bench: SessionBench): readonly string[] =>
  bench.state.entries.map(({ item }) => item.id);

const userText: ConversationItem = {
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text: 'hi' }],
};

describe('an item', () => {
  test('is added and done, at the place the client names', () => {
    const bench = new SessionBench();
    create(bench, { ...userText, id: 'b' });
    create(bench, { ...userText, id: 'a' }, 'root');
    create(bench, { ...userText, id: 'd' }, null);
    const events = create(bench, { ...userText, id: 'c' }, 'b');

    expect(order(bench)).toEqual(['a', 'b', 'c', 'd']);
    expect(events).toMatchObject([
      { type: 'conversation.item.added', previous_item_id: 'b', item: { id: 'c' } },
      { type: 'conversation.item.done', previous_item_id: 'b', item: { status: 'completed' } },
    ]);
  });

  test('never asks for a response', () => {
    const bench = new SessionBench();
    create(bench, userText);

    expect(bench.state.responses).toEqual([]);
  });

  test('keeps its sound without echoing it', () => {
    const bench = new SessionBench();
    const audio = Buffer.alloc(4800).toString('base64');
    const events = create(bench, {
      type: 'message',
      role: 'user',
      id: 'a',
      content: [{ type: 'input_audio', audio }],
    });

    expect(bench.effects).toContainEqual({
      type: 'storeAudio',
      itemId: 'a',
      samples: new Int16Array(2400),
    });
    expect(JSON.stringify(events)).not.toContain(audio);
    expect(bench.state.entries[0]?.audioMs).toBe(100);
  });

  test.for([
    { type: 'audio/pcm', most: '15 MiB', partBytes: 9_000_000 },
    { type: 'audio/pcmu', most: '1 MiB', partBytes: 600_000 },
  ] as const)(
    'holds at most $most of $type, all its parts together',
    ({ type, most, partBytes }) => {
      const bench = new SessionBench();
      const audio = Buffer.alloc(partBytes).toString('base64');
      const part = { type: 'input_audio' as const, audio };
      const events = bench
        .client(
          {
            type: 'session.update',
            session: { type: 'realtime', audio: { input: { format: { type } } } },
          },
          {
            type: 'conversation.item.create',
            item: { type: 'message', role: 'user', content: [part, part] },
          },
        )
        .slice(1);

      expect(events).toMatchObject([
        { type: 'error', error: { param: 'item.content[1].audio', code: 'invalid_value' } },
      ]);
      expect(JSON.stringify(events)).toContain(`at most ${most}`);
      expect(bench.state.entries).toEqual([]);
    },
  );

  test.for<{
    name: string;
    item: ConversationItem;
    previous?: string;
    code: string;
    param: string;
  }>([
    {
      name: 'after an unknown one',
      item: userText,
      previous: 'nowhere',
      code: 'item_create_invalid_previous_item_id',
      param: 'previous_item_id',
    },
    {
      name: 'with an id that is taken',
      item: { ...userText, id: 'taken' },
      code: 'item_already_exists',
      param: 'item.id',
    },
    {
      name: 'that answers no call',
      item: { type: 'function_call_output', call_id: 'call_x', output: '' },
      code: 'invalid_tool_call_id',
      param: 'item.call_id',
    },
    {
      name: 'of the assistant that speaks',
      item: {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_audio', audio: 'AAAA' }],
      },
      code: 'invalid_value',
      param: 'item.content[0].type',
    },
    {
      name: 'of the user with the words of the assistant',
      item: { type: 'message', role: 'user', content: [{ type: 'output_text', text: 'x' }] },
      code: 'invalid_value',
      param: 'item.content[0].type',
    },
    {
      name: 'with sound that is not base64',
      item: { type: 'message', role: 'user', content: [{ type: 'input_audio', audio: '***' }] },
      code: 'invalid_value',
      param: 'item.content[0].audio',
    },
    {
      name: 'of sound without any',
      item: { type: 'message', role: 'user', content: [{ type: 'input_audio' }] },
      code: 'missing_required_parameter',
      param: 'item.content[0].audio',
    },
  ])('$name is refused and changes nothing', ({ item, previous, code, param }) => {
    const bench = new SessionBench();
    create(bench, { ...userText, id: 'taken' });
    const events = create(bench, item, previous);

    expect(events).toMatchObject([
      {
        type: 'error',
        error: { type: 'invalid_request_error', code, param, event_id: 'mine' },
      },
    ]);
    expect(order(bench)).toEqual(['taken']);
  });

  test('can be answered as a call that the client itself put in', () => {
    const bench = new SessionBench();
    create(bench, { type: 'function_call', name: 'tool', call_id: 'call_1', arguments: '{}' });
    create(bench, { type: 'function_call_output', call_id: 'call_1', output: 'done' });

    expect(bench.state.entries).toHaveLength(2);
  });

  test('is told again when asked for, and gone when deleted', () => {
    const bench = new SessionBench();
    create(bench, { ...userText, id: 'a' });
    bench.client({ type: 'conversation.item.retrieve', item_id: 'a' });
    const deleted = bench.client({ type: 'conversation.item.delete', item_id: 'a' });

    expect(bench.effects).toContainEqual(
      expect.objectContaining({ type: 'sendItem', item: expect.objectContaining({ id: 'a' }) }),
    );
    expect(deleted).toEqual([{ type: 'conversation.item.deleted', item_id: 'a' }]);
    expect(order(bench)).toEqual([]);
  });

  test('that does not exist can be neither told, deleted nor cut', () => {
    const bench = new SessionBench();
    const events = bench.client(
      { type: 'conversation.item.retrieve', item_id: 'x' },
      { type: 'conversation.item.delete', item_id: 'x' },
      { type: 'conversation.item.truncate', item_id: 'x', content_index: 0, audio_end_ms: 0 },
    );

    expect(events).toMatchObject([
      { error: { code: 'item_retrieve_invalid_item_id' } },
      { error: { code: 'item_delete_invalid_item_id' } },
      { error: { code: 'item_truncate_invalid_item_id' } },
    ]);
  });
});

function spoken(): { bench: SessionBench; itemId: string; responseId: string } {
  const bench = new SessionBench();
  const responseId = bench.startResponse();
  bench.say(responseId, 'one two three four.', 400);
  bench.say(responseId, 'five six seven eight.', 400);
  const itemId = bench.state.entries[0]?.item.id ?? '';
  return { bench, itemId, responseId };
}

describe('truncation', () => {
  test.for([
    { endMs: 0, transcript: '' },
    { endMs: 100, transcript: 'one' },
    { endMs: 400, transcript: 'one two three four.' },
    { endMs: 650, transcript: 'one two three four. five six' },
    { endMs: 800, transcript: 'one two three four. five six seven eight.' },
  ])('at $endMs ms leaves what had been said by then', ({ endMs, transcript }) => {
    const { bench, itemId, responseId } = spoken();
    bench.take({ type: 'responseEnded', responseId, outcome: { status: 'completed' } });
    const events = bench.client({
      type: 'conversation.item.truncate',
      item_id: itemId,
      content_index: 0,
      audio_end_ms: endMs,
    });

    expect(events).toEqual([
      {
        type: 'conversation.item.truncated',
        item_id: itemId,
        content_index: 0,
        audio_end_ms: endMs,
      },
    ]);
    expect(bench.state.entries[0]?.item).toMatchObject({ content: [{ transcript }] });
    expect(bench.state.entries[0]?.audioMs).toBe(endMs);
  });

  test('beyond the end of the sound is refused, a second time as well', () => {
    const { bench, itemId, responseId } = spoken();
    bench.take({ type: 'responseEnded', responseId, outcome: { status: 'completed' } });
    const cut = (endMs: number) =>
      bench.client({
        type: 'conversation.item.truncate',
        item_id: itemId,
        content_index: 0,
        audio_end_ms: endMs,
      });

    expect(cut(801)).toMatchObject([{ error: { code: 'invalid_value', param: 'audio_end_ms' } }]);
    cut(300);
    expect(cut(301)).toMatchObject([{ error: { param: 'audio_end_ms' } }]);
  });

  test('of a message that is being spoken ends its response first', () => {
    const { bench, itemId } = spoken();
    const events = bench.client({
      type: 'conversation.item.truncate',
      item_id: itemId,
      content_index: 0,
      audio_end_ms: 400,
    });

    expect(typesOf(events).slice(-3)).toEqual([
      'response.done',
      'rate_limits.updated',
      'conversation.item.truncated',
    ]);
    expect(bench.state.entries[0]?.item).toMatchObject({
      content: [{ transcript: 'one two three four.' }],
    });
  });

  test('of what the user said, or of another part, is refused', () => {
    const { bench, itemId } = spoken();
    bench.userSays('hi', 'mine');
    const cut = { type: 'conversation.item.truncate' as const, audio_end_ms: 0 };

    expect(
      bench.client(
        { ...cut, item_id: 'mine', content_index: 0 },
        { ...cut, item_id: itemId, content_index: 1 },
      ),
    ).toMatchObject([{ error: { param: 'item_id' } }, { error: { param: 'content_index' } }]);
  });
});
