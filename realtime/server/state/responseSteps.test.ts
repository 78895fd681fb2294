import { describe, expect, test } from 'vitest';

import { SessionBench, typesOf } from '../testing/bench.ts';

describe('a response', () => {
  test('tells everything in the order of the API, spoken', () => {
    const bench = new SessionBench();
    const created = bench.client({ type: 'response.create' });
    const id = bench.state.responses[0]?.id ?? '';
    const spoken = bench.say(id, 'Hello there', 40);
    const ended = bench.take({
      type: 'responseEnded',
      responseId: id,
      outcome: { status: 'completed' },
    });

    expect(typesOf([...created, ...spoken, ...ended])).toEqual([
      'response.created',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'response.output_audio_transcript.delta',
      'response.output_audio_transcript.delta',
      'response.output_audio.delta',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'conversation.item.done',
      'response.done',
      'rate_limits.updated',
    ]);
    expect(ended.at(-2)).toMatchObject({
      response: {
        status: 'completed',
        status_details: null,
        output: [
          {
            type: 'message',
            status: 'completed',
            role: 'assistant',
            content: [{ type: 'output_audio', transcript: 'Hello there' }],
          },
        ],
        usage: {
          total_tokens: 4,
          input_tokens: 0,
          output_tokens: 4,
          input_token_details: { text_tokens: 0, audio_tokens: 0, cached_tokens: 0 },
          output_token_details: { text_tokens: 3, audio_tokens: 1 },
        },
      },
    });
  });

  test('writes text instead when it was asked to', () => {
    const bench = new SessionBench();
    const id = bench.startResponse({ output_modalities: ['text'] });
    bench.sent.length = 0;
    bench.say(id, 'Hello there', 40);
    bench.take({ type: 'responseEnded', responseId: id, outcome: { status: 'completed' } });

    expect(typesOf(bench.sent)).toEqual([
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'conversation.item.done',
      'response.done',
      'rate_limits.updated',
    ]);
  });

  test('completes its message before it calls a function', () => {
    const bench = new SessionBench();
    const responseId = bench.startResponse();
    bench.say(responseId, 'Wait', 40);
    const called = bench.take({
      type: 'callProduced',
      responseId,
      name: 'ask_helper',
      arguments: '{"prompt":"x"}',
    });

    expect(typesOf(called)).toEqual([
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'conversation.item.done',
      'response.output_item.added',
      'conversation.item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'conversation.item.done',
    ]);
    expect(called.at(-1)).toMatchObject({
      item: {
        type: 'function_call',
        status: 'completed',
        name: 'ask_helper',
        arguments: '{"prompt":"x"}',
      },
    });
  });

  test('refuses a second one and names the first', () => {
    const bench = new SessionBench();
    const id = bench.startResponse();
    const [refusal] = bench.client({ type: 'response.create', event_id: 'mine' });

    expect(refusal).toMatchObject({
      type: 'error',
      error: {
        type: 'invalid_request_error',
        code: 'conversation_already_has_active_response',
        event_id: 'mine',
      },
    });
    expect(JSON.stringify(refusal)).toContain(id);
    expect(bench.state.responses).toHaveLength(1);
  });

  test('outside of the conversation runs beside it and leaves no item in it', () => {
    const bench = new SessionBench();
    bench.startResponse();
    const beside = bench.startResponse({ conversation: 'none', metadata: { topic: 'x' } });
    bench.sent.length = 0;
    bench.say(beside, 'Aside', 40);
    bench.take({ type: 'responseEnded', responseId: beside, outcome: { status: 'completed' } });

    expect(typesOf(bench.sent)).not.toContain('conversation.item.added');
    expect(bench.sent.find(({ type }) => type === 'response.done')).toMatchObject({
      response: { conversation_id: null, metadata: { topic: 'x' }, status: 'completed' },
    });
    expect(bench.state.entries).toEqual([]);
  });

  test('ends once when it is cancelled, and what its model still says is dropped', () => {
    const bench = new SessionBench();
    const id = bench.startResponse();
    bench.say(id, 'Hello', 40);
    const cancelled = bench.client({ type: 'response.cancel' });
    const late = [
      ...bench.say(id, 'late', 40),
      ...bench.take({ type: 'responseEnded', responseId: id, outcome: { status: 'completed' } }),
    ];

    expect(cancelled.at(-2)).toMatchObject({
      type: 'response.done',
      response: {
        status: 'cancelled',
        status_details: { type: 'cancelled', reason: 'client_cancelled' },
        output: [{ status: 'incomplete' }],
      },
    });
    expect(late).toEqual([]);
    expect(bench.effectTypes()).toContain('stopResponse');
  });

  test('cannot be cancelled when there is none, or by the id of another', () => {
    const bench = new SessionBench();
    const none = bench.client({ type: 'response.cancel' });
    bench.startResponse();
    const other = bench.client({ type: 'response.cancel', response_id: 'resp_other' });

    expect([...none, ...other]).toMatchObject([
      { error: { code: 'response_cancel_not_active' } },
      { error: { code: 'response_cancel_not_active' } },
    ]);
    expect(bench.state.responses).toHaveLength(1);
  });

  test('stops as incomplete when its tokens are used up', () => {
    const bench = new SessionBench();
    const id = bench.startResponse({ output_modalities: ['text'], max_output_tokens: 2 });
    const events = bench.say(id, 'one two three four', 0);

    expect(events.filter(({ type }) => type === 'response.output_text.delta')).toHaveLength(2);
    expect(events.at(-2)).toMatchObject({
      response: {
        status: 'incomplete',
        status_details: { type: 'incomplete', reason: 'max_output_tokens' },
        output: [{ status: 'incomplete', content: [{ text: 'one two' }] }],
      },
    });
  });

  test('tells why its model failed', () => {
    const bench = new SessionBench();
    const responseId = bench.startResponse();
    const events = bench.take({
      type: 'responseEnded',
      responseId,
      outcome: { status: 'failed', code: 'overloaded', message: 'Too much.' },
    });

    expect(events[0]).toMatchObject({
      response: {
        status: 'failed',
        status_details: { type: 'failed', error: { code: 'overloaded', message: 'Too much.' } },
      },
    });
  });

  test('reads exactly the input it was given', () => {
    const bench = new SessionBench();
    bench.userSays('first', 'a');
    bench.userSays('second', 'b');
    bench.client({
      type: 'response.create',
      response: {
        conversation: 'none',
        input: [
          { type: 'item_reference', id: 'b' },
          { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'third' }] },
        ],
      },
    });

    expect(bench.effects.at(-1)).toMatchObject({
      type: 'startResponse',
      items: [{ item: { id: 'b' } }, { item: { content: [{ text: 'third' }] } }],
    });
  });

  test.for([
    { name: 'an unknown reference', input: [{ type: 'item_reference', id: 'z' }], part: "'z'" },
    { name: 'something that is no item', input: [{ type: 'dance' }], part: 'response.input[0]' },
  ])('is refused with $name as input', ({ input, part }) => {
    const bench = new SessionBench();
    const [refusal] = bench.client({ type: 'response.create', response: { input } });

    expect(refusal).toMatchObject({ error: { code: 'invalid_value', param: 'response.input' } });
    expect(JSON.stringify(refusal)).toContain(part);
  });

  test('is refused with a tool this server cannot run', () => {
    const bench = new SessionBench();

    expect(
      bench.client({ type: 'response.create', response: { tools: [{ type: 'mcp' }] } }),
    ).toMatchObject([{ error: { code: 'invalid_value', param: 'response.tools[0].type' } }]);
  });

  test('is not made in a transcription session', () => {
    const bench = new SessionBench();
    bench.client({ type: 'session.update', session: { type: 'transcription' } });

    expect(bench.client({ type: 'response.create' })).toMatchObject([
      { error: { code: 'invalid_request' } },
    ]);
  });
});
