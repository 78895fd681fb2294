import { Buffer } from 'node:buffer';

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { CLIENT_EVENT_TYPES, ClientEvent } from '../../protocol/index.ts';
import { decodeClientFrame } from './clientFrame.ts';

describe('a frame', () => {
  test.for<{ name: string; frame: unknown; code: string; param: string | null }>([
    { name: 'that is a number', frame: 7, code: 'invalid_json', param: null },
    { name: 'that is null', frame: null, code: 'invalid_json', param: null },
    { name: 'without a type', frame: {}, code: 'missing_required_parameter', param: 'type' },
    { name: 'of a type that is no text', frame: { type: 7 }, code: 'invalid_value', param: 'type' },
    {
      name: 'of an unknown type',
      frame: { type: 'response.dance' },
      code: 'invalid_value',
      param: 'type',
    },
    {
      name: 'without its item',
      frame: { type: 'conversation.item.create' },
      code: 'missing_required_parameter',
      param: 'item',
    },
    {
      name: 'with an item of an unknown type',
      frame: { type: 'conversation.item.create', item: { type: 'dance' } },
      code: 'invalid_value',
      param: 'item.type',
    },
    {
      name: 'with an unknown role',
      frame: {
        type: 'conversation.item.create',
        item: { type: 'message', role: 'ghost', content: [] },
      },
      code: 'invalid_value',
      param: 'item.role',
    },
    {
      name: 'with a threshold out of range',
      frame: {
        type: 'session.update',
        session: {
          type: 'realtime',
          audio: { input: { turn_detection: { type: 'server_vad', threshold: 2 } } },
        },
      },
      code: 'invalid_value',
      param: 'session.audio.input.turn_detection.threshold',
    },
    {
      name: 'with both modalities',
      frame: {
        type: 'session.update',
        session: { type: 'realtime', output_modalities: ['text', 'audio'] },
      },
      code: 'invalid_value',
      param: 'session.output_modalities',
    },
    {
      name: 'with an end that is no whole number',
      frame: {
        type: 'conversation.item.truncate',
        item_id: 'a',
        content_index: 0,
        audio_end_ms: 1.5,
      },
      code: 'invalid_type',
      param: 'audio_end_ms',
    },
    {
      name: 'without sound',
      frame: { type: 'input_audio_buffer.append' },
      code: 'missing_required_parameter',
      param: 'audio',
    },
    {
      name: 'whose sound is no text',
      frame: { type: 'input_audio_buffer.append', audio: [1, 2] },
      code: 'invalid_type',
      param: 'audio',
    },
    {
      name: 'whose sound is not base64',
      frame: { type: 'input_audio_buffer.append', audio: 'AA!A' },
      code: 'invalid_value',
      param: 'audio',
    },
    {
      name: 'whose sound is cut in the middle of a sample',
      frame: { type: 'input_audio_buffer.append', audio: 'AAAA' },
      code: 'invalid_value',
      param: 'audio',
    },
  ])('$name is rejected', ({ frame, code, param }) => {
    const own =
      typeof frame === 'object' && frame !== null ? { event_id: 'mine', ...frame } : frame;

    expect(decodeClientFrame(JSON.stringify(own))).toMatchObject({
      kind: 'rejected',
      error: {
        type: 'invalid_request_error',
        code,
        param,
        event_id: own === frame ? null : 'mine',
      },
    });
  });

  test('that is not JSON is rejected', () => {
    expect(decodeClientFrame('{')).toMatchObject({ error: { code: 'invalid_json' } });
  });

  test('with more sound than one event may carry is rejected', () => {
    const audio = 'A'.repeat(21 * 1024 * 1024);

    expect(
      decodeClientFrame(`{"type":"input_audio_buffer.append","audio":"${audio}"}`),
    ).toMatchObject({
      error: { code: 'invalid_value', message: expect.stringContaining('15 MiB') },
    });
  });

  test('of sound gives its samples, and the schema agrees that it is one', () => {
    const samples = Int16Array.from([0, 1, -1, 32_767, -32_768]);
    const audio = Buffer.from(samples.buffer).toString('base64');
    const event = { type: 'input_audio_buffer.append', audio };

    expect(decodeClientFrame(JSON.stringify(event))).toEqual({ kind: 'append', samples });
    expect(ClientEvent.safeParse(event).success).toBe(true);
  });

  test('of any JSON with any known type is decoded or rejected, never thrown at', () => {
    const types = fc.constantFrom(...CLIENT_EVENT_TYPES);
    fc.assert(
      fc.property(
        types,
        fc.dictionary(
          fc.constantFrom('item', 'session', 'response', 'audio', 'item_id'),
          fc.jsonValue(),
        ),
        (type, rest) => {
          const { kind } = decodeClientFrame(JSON.stringify({ ...rest, type }));
          expect(['append', 'event', 'rejected']).toContain(kind);
        },
      ),
    );
  });

  test('with fields nobody knows is taken', () => {
    expect(decodeClientFrame('{"type":"response.cancel","novel":1}')).toMatchObject({
      kind: 'event',
      event: { type: 'response.cancel' },
    });
  });
});
