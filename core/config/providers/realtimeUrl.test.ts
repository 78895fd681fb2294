import { describe, expect, test } from 'vitest';

import { ConfigError, realtimeUrl } from '../index.ts';

const model = { kind: 'model', model: 'gpt-realtime-1.5' } as const;

describe('the address of the realtime socket (realtime-v2 §3.1)', () => {
  test.for([
    ['http://host', 'ws://host/v1/realtime'],
    ['https://host/', 'wss://host/v1/realtime'],
    ['ws://host:81/v1', 'ws://host:81/v1/realtime'],
    ['wss://host/v1/', 'wss://host/v1/realtime'],
    ['http://host/openai/v1', 'ws://host/openai/v1/realtime'],
    ['http://host/v1/realtime', 'ws://host/v1/realtime'],
    ['http://host/v1/realtime/', 'ws://host/v1/realtime'],
    ['http://host/custom', 'ws://host/custom'],
    ['http://host/custom/', 'ws://host/custom/'],
    ['http://me:pw@host/v1', 'ws://me:pw@host/v1/realtime'],
    ['http://[::1]:8080', 'ws://[::1]:8080/v1/realtime'],
  ] as const)('of %s is %s', ([base, expected]) => {
    expect(realtimeUrl(base, model)).toBe(`${expected}?model=gpt-realtime-1.5`);
  });

  test('names dictation by its intent, and no model', () => {
    expect(realtimeUrl('http://host', { kind: 'transcription' }, { intent: 'x', model: 'y' })).toBe(
      'ws://host/v1/realtime?intent=transcription',
    );
  });

  test('names the call instead of the model for a sideband', () => {
    expect(realtimeUrl('http://host', { kind: 'call', callId: 'rtc_1' })).toBe(
      'ws://host/v1/realtime?call_id=rtc_1',
    );
  });

  test("keeps the base's query in front, byte for byte, and the provider's parameters behind", () => {
    expect(realtimeUrl('http://host/v1?sig=a%20b&x=1', model, { 'api-version': '2 3' })).toBe(
      'ws://host/v1/realtime?sig=a%20b&x=1&model=gpt-realtime-1.5&api-version=2+3',
    );
  });

  test('leaves the names of the protocol to the protocol', () => {
    expect(
      realtimeUrl('http://host', model, { intent: 'x', model: 'other', call_id: 'c', a: 'b' }),
    ).toBe('ws://host/v1/realtime?model=gpt-realtime-1.5&a=b');
  });

  test.for(['ftp://host', 'host:80', 'host', ''])('refuses %s', (base) => {
    expect(() => realtimeUrl(base, model)).toThrow(ConfigError);
  });
});
