import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../core/base/testing/index.ts';
import type { FunctionTool } from '../protocol/index.ts';
import { createMemoryWirePair, type RealtimeWire } from '../transport/index.ts';
import type { SessionEvent } from './events.ts';
import { RealtimeSession } from './session.ts';

type Frame = Readonly<Record<string, unknown>>;

const tool = (name: string): FunctionTool => ({ type: 'function', name, parameters: {} });

class Harness {
  readonly clock = new ManualClock();
  readonly events: SessionEvent[] = [];
  readonly frames: Frame[] = [];
  readonly near: RealtimeWire;
  readonly server: RealtimeWire;
  readonly session: RealtimeSession;

  constructor(media: 'wire' | 'call' = 'wire') {
    const [near, far] = createMemoryWirePair();
    this.near = near;
    this.server = far;
    far.onFrame = (frame) => {
      this.frames.push(JSON.parse(frame) as Frame);
    };
    this.session = new RealtimeSession({
      wire: near,
      media,
      clock: this.clock,
      config: {
        type: 'realtime',
        instructions: 'be brief',
        outputModality: 'audio',
        interruption: 'on',
        transcriptionModel: 'gpt-transcribe',
        language: undefined,
        tellsPhrases: false,
        voice: 'marin',
        speed: undefined,
        tools: [tool('water_plants'), tool('ring_bell')],
      },
      onEvent: (event) => {
        this.events.push(event);
      },
    });
  }

  async deliver(...events: readonly (Frame | string)[]): Promise<void> {
    for (const event of events) {
      this.server.send(typeof event === 'string' ? event : JSON.stringify(event));
    }
    await this.settled();
  }

  /** The memory wire delivers in microtasks; one macrotask later all of them have run. */
  async settled(): Promise<void> {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }

  /** Types of the frames sent since the session was configured. */
  sent(): readonly string[] {
    return this.frames.slice(1).map((frame) => String(frame['type']));
  }

  of<Type extends SessionEvent['type']>(
    type: Type,
  ): readonly Extract<SessionEvent, { type: Type }>[] {
    return this.events.filter(
      (event): event is Extract<SessionEvent, { type: Type }> => event.type === type,
    );
  }
}

const callOf = (name: string, callId = 'call_1', args = '{}'): Frame => ({
  type: 'conversation.item.done',
  item: { type: 'function_call', id: 'item_1', call_id: callId, name, arguments: args },
});

describe('a session', () => {
  test('configures itself as the wire reference says, before anything else', async () => {
    const harness = new Harness();
    await harness.settled();

    expect(harness.frames).toEqual([
      {
        type: 'session.update',
        event_id: 'event_1',
        session: {
          type: 'realtime',
          instructions: 'be brief',
          output_modalities: ['audio'],
          audio: {
            input: {
              format: { type: 'audio/pcm', rate: 24_000 },
              noise_reduction: { type: 'near_field' },
              transcription: { model: 'gpt-transcribe' },
              turn_detection: {
                type: 'server_vad',
                interrupt_response: true,
                create_response: true,
                silence_duration_ms: 500,
              },
            },
            output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'marin' },
          },
          tools: [tool('water_plants'), tool('ring_bell')],
          tool_choice: 'auto',
        },
      },
    ]);
  });

  test('a call is reported once, however often the server repeats it', async () => {
    const harness = new Harness();
    await harness.deliver(callOf('ring_bell'), callOf('ring_bell'));

    expect(harness.of('functionCall')).toHaveLength(1);
    expect(harness.sent()).toEqual([]);
  });

  test('an answer that wants no response asks for none', async () => {
    const harness = new Harness();
    await harness.deliver(callOf('ring_bell'));
    harness.session.answerCall('call_1', '', false);
    await harness.settled();

    expect(harness.frames.slice(1)).toEqual([
      {
        type: 'conversation.item.create',
        event_id: 'event_2',
        item: { type: 'function_call_output', call_id: 'call_1', output: '' },
      },
    ]);
  });

  test('an unknown tool is answered with an error text and a response is asked for', async () => {
    const harness = new Harness();
    await harness.deliver(callOf('open_door'));

    expect(harness.sent()).toEqual(['conversation.item.create', 'response.create']);
    expect(harness.frames[1]).toMatchObject({
      item: { output: 'There is no tool named open_door.' },
    });
  });

  test('a call of the owner is reported with what the model wrote', async () => {
    const harness = new Harness();
    await harness.deliver(callOf('water_plants', 'call_7', '{"prompt":"x"}'));

    expect(harness.of('functionCall')).toEqual([
      {
        type: 'functionCall',
        call: {
          callId: 'call_7',
          itemId: 'item_1',
          name: 'water_plants',
          arguments: '{"prompt":"x"}',
        },
      },
    ]);
  });

  test('an active-response refusal is no error for anyone: the request comes back after the response', async () => {
    const harness = new Harness();
    harness.session.requestResponse();
    await harness.deliver({
      type: 'error',
      error: {
        type: 'invalid_request_error',
        code: 'conversation_already_has_active_response',
        message: 'Conversation already has an active response: resp_abc',
      },
    });
    expect(harness.sent()).toEqual(['response.create']);

    await harness.deliver({
      type: 'response.done',
      response: { id: 'resp_abc', status: 'completed' },
    });

    expect(harness.sent()).toEqual(['response.create', 'response.create']);
    expect(harness.of('serverError')).toEqual([]);
  });

  test('an error event is reported in full and the session goes on', async () => {
    const harness = new Harness();
    const error = {
      type: 'invalid_request_error',
      code: 'invalid_value',
      message: 'no',
      param: 'a.b',
      event_id: 'event_9',
    };
    await harness.deliver({ type: 'error', error });
    harness.session.sendMessage({ role: 'user', text: 'still there?' });
    await harness.settled();

    expect(harness.of('serverError')).toEqual([{ type: 'serverError', error }]);
    expect(harness.sent()).toEqual(['conversation.item.create']);
  });

  test.for([
    ['text that is no JSON', 'nonsense'],
    ['an array', '[1]'],
    ['a frame without a type', '{}'],
    ['an unknown event', '{"type":"response.content_part.added"}'],
    ['a known event without its fields', '{"type":"response.output_audio.delta"}'],
  ] as const)('%s does not end it', async ([, frame]) => {
    const harness = new Harness();
    await harness.deliver(frame, { type: 'session.updated', session: {} });

    expect(harness.of('closed')).toEqual([]);
    expect(harness.of('configured')).toHaveLength(1);
  });

  test('messages keep their role and id, and ask for nothing by themselves', async () => {
    const harness = new Harness();
    harness.session.sendMessage({ role: 'user', text: '> hello', said: 'hello', itemId: 'mine' });
    harness.session.sendMessage({ role: 'developer', text: 'be kind' });
    harness.session.sendMessage({ role: 'assistant', text: 'I was here' });
    await harness.settled();

    expect(harness.frames.slice(1).map((frame) => frame['item'])).toEqual([
      {
        id: 'mine',
        type: 'message',
        role: 'user',
        content: [{ type: 'input_text', text: '> hello' }],
      },
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'be kind' }] },
      {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'I was here' }],
      },
    ]);
    expect(harness.session.takeTranscript()).toEqual([{ role: 'user', text: 'hello' }]);
  });

  test('microphone sound leaves as it came', async () => {
    const harness = new Harness();
    harness.session.appendAudio('AAAA');
    await harness.settled();

    expect(harness.frames[1]).toEqual({ type: 'input_audio_buffer.append', audio: 'AAAA' });
  });

  test('cutting the voice off cancels the response, truncates what was heard, drops its late sound', async () => {
    const harness = new Harness();
    const halfSecond = Buffer.alloc(24_000).toString('base64');
    const audio = {
      type: 'response.output_audio.delta',
      response_id: 'r1',
      item_id: 'i1',
      delta: halfSecond,
    };
    await harness.deliver({ type: 'response.created', response: { id: 'r1' } }, audio);
    harness.session.interrupt([{ itemId: 'i1', playedMs: 120 }]);
    await harness.deliver(audio);

    expect(harness.frames.slice(1)).toEqual([
      { type: 'response.cancel', response_id: 'r1', event_id: 'event_2' },
      {
        type: 'conversation.item.truncate',
        item_id: 'i1',
        content_index: 0,
        audio_end_ms: 120,
        event_id: 'event_3',
      },
    ]);
    expect(harness.of('audio')).toHaveLength(1);
    expect(harness.of('cut')).toEqual([{ type: 'cut', itemId: 'i1', heardMs: 120 }]);
  });

  test('the refusal of a cut that came too late is no error for anyone', async () => {
    const harness = new Harness();
    await harness.deliver({ type: 'response.created', response: { id: 'r1' } });
    harness.session.interrupt([]);
    await harness.deliver(
      { type: 'error', error: { code: 'response_cancel_not_active', message: 'none' } },
      { type: 'error', error: { code: 'other', message: 'late', event_id: 'event_2' } },
    );

    expect(harness.of('serverError')).toEqual([]);
  });

  test('a create that stays unanswered is sent once more and then reported', async () => {
    const harness = new Harness();
    harness.session.requestResponse();
    harness.clock.advance(10_000);
    await harness.settled();
    expect(harness.sent()).toEqual(['response.create', 'response.create']);

    harness.clock.advance(10_000);

    expect(harness.of('responseStalled')).toHaveLength(1);
  });

  test('stop ends it at once, exactly once, and nothing follows', async () => {
    const harness = new Harness();
    harness.session.stop();
    harness.session.stop();
    harness.session.sendMessage({ role: 'user', text: 'too late' });
    await harness.deliver({ type: 'session.updated', session: {} });

    expect(harness.events).toEqual([
      { type: 'closed', end: { reason: 'requested', closeCode: 1000, detail: 'done' } },
    ]);
    expect(harness.clock.pending).toBe(0);
  });

  test('the far side’s close code and reason are kept', async () => {
    const harness = new Harness();
    await harness.settled();
    harness.server.close(4000, 'maintenance');
    await harness.settled();

    expect(harness.events).toEqual([
      {
        type: 'closed',
        end: { reason: 'transportClosed', closeCode: 4000, detail: 'maintenance' },
      },
    ]);
  });

  test('a mended wire is told the session as it is by now, and gets on where it can', async () => {
    const harness = new Harness();
    await harness.deliver({ type: 'response.created', response: { id: 'r1' } });
    harness.session.change({ outputModality: 'text' });
    harness.session.requestResponse();
    harness.near.onReconnecting?.(1, 'reset');
    harness.near.onReconnected?.(() => {
      harness.session.sendMessage({ role: 'user', text: 'waited' });
    });
    await harness.deliver({ type: 'response.done', response: { id: 'r1' } });

    expect(harness.sent()).toEqual([
      'session.update',
      'session.update',
      'conversation.item.create',
      'response.create',
    ]);
    expect(harness.frames[2]).toMatchObject({ session: { output_modalities: ['text'] } });
    expect(harness.of('reconnecting')).toEqual([
      { type: 'reconnecting', attempt: 1, detail: 'reset' },
    ]);
    expect(harness.of('responseEnded')).toMatchObject([{ responseId: 'r1', status: 'cancelled' }]);
    expect(harness.of('reconnected')).toHaveLength(1);
  });

  test('in a call an interruption empties the sound queue of the server, while there is one', async () => {
    const harness = new Harness('call');
    harness.session.interrupt([]);
    await harness.deliver(
      { type: 'output_audio_buffer.started', response_id: 'r1' },
      { type: 'output_audio_buffer.started', response_id: 'r1' },
    );
    harness.session.interrupt([]);
    await harness.deliver(
      { type: 'output_audio_buffer.cleared', response_id: 'r1' },
      { type: 'output_audio_buffer.stopped', response_id: 'r0' },
      { type: 'conversation.item.truncated', item_id: 'i1', content_index: 0, audio_end_ms: 40 },
      { type: 'conversation.item.truncated', item_id: 'i2', content_index: 0 },
    );
    harness.session.interrupt([]);
    await harness.settled();

    expect(harness.sent()).toEqual(['output_audio_buffer.clear']);
    expect(harness.of('outputBuffer').map(({ phase }) => phase)).toEqual([
      'started',
      'started',
      'cleared',
      'stopped',
    ]);
    expect(harness.of('truncated')).toEqual([{ type: 'truncated', itemId: 'i1', audioEndMs: 40 }]);
  });

  test('lines without item ids are told apart by speaker', async () => {
    const harness = new Harness();
    await harness.deliver(
      { type: 'response.output_audio_transcript.delta', delta: 'a' },
      { type: 'response.output_audio_transcript.done', transcript: 'a' },
      { type: 'response.output_text.delta', delta: 'b' },
      {
        type: 'conversation.item.input_audio_transcription.completed',
        item_id: 'u',
        transcript: 'c',
      },
    );

    const lines = harness.events.flatMap((event) => ('lineId' in event ? [event.lineId] : []));
    expect(lines).toEqual(['line_1', 'line_1', 'line_2', 'u']);
  });
});
