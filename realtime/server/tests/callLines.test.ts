import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../../core/base/testing/index.ts';
import { concatPcm, encodePcm, measureLevel, silence } from '../../audio/index.ts';
import { tone } from '../../audio/testing/index.ts';
import {
  CallClient,
  MemoryNet,
  rule,
  startScriptedServer,
  type TestServer,
  WireClient,
} from '../testing/index.ts';

const turn = concatPcm([silence(400), tone(500, 800), silence(900)]);
const long = Array.from({ length: 40 }, (_, index) => `word${index}`).join(' ');
const rules = [
  rule(
    { text: { contains: 'drop' } },
    { say: 'Bye.' },
    { close: { code: 4001, reason: 'enough' } },
  ),
  rule({ text: { contains: 'raw' } }, { raw: { type: 'future.event', event_id: 'own' } }),
  rule({ text: { contains: 'long' } }, { say: long }),
  rule({ text: { contains: 'a minute' } }, { say: 'x'.repeat(1000) }),
  rule({ audio: true }, { say: 'I heard you.' }),
  rule({}, { say: 'Yes.' }),
];

type Call = {
  readonly server: TestServer;
  readonly net: MemoryNet;
  readonly clock: ManualClock;
  readonly caller: CallClient;
  join(): Promise<WireClient>;
  /** Lets so much time pass, 20 ms at a time, with everything that happens in between. */
  pass(ms: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

async function startCall(options: { readonly sessionLimitMs?: number } = {}): Promise<Call> {
  const net = new MemoryNet();
  const clock = new ManualClock();
  const server = await startScriptedServer(
    { rules },
    { clock, loadMedia: async () => net, ...options },
  );
  const caller = await CallClient.dial(server.url, { net, clock });
  return {
    server,
    net,
    clock,
    caller,
    join: async () => WireClient.connect(server.url, `call_id=${caller.callId}`),
    pass: async (ms) => {
      for (let passed = 0; passed < ms; passed += 20) {
        clock.advance(20);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    [Symbol.asyncDispose]: async () => {
      await caller.close();
      await server.close();
    },
  };
}

const message = (text: string): Record<string, unknown> => ({
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
});

describe('the lines of a call', () => {
  test('all get the same events, and events of all are taken', async () => {
    await using call = await startCall();
    const [one, two] = await Promise.all([call.join(), call.join()]);
    one.send(message('from one'));
    two.send({ type: 'response.create' });
    const lines = [call.caller, one, two];
    await Promise.all(lines.map(async (line) => line.next('response.done')));
    await Promise.all(lines.map(async (line) => line.next('rate_limits.updated')));
    call.caller.send({ type: 'input_audio_buffer.clear' });
    await Promise.all(lines.map(async (line) => line.next('input_audio_buffer.cleared')));

    expect(one.events.slice(2)).toEqual(two.events.slice(2));
    expect(call.caller.events.slice(2)).toEqual(one.events.slice(2));
    expect(one.types()).toContain('response.output_audio.done');
    expect(one.types()).not.toContain('response.output_audio.delta');
    one.close();
    two.close();
  });

  test('greet each joiner with the session as it is then', async () => {
    await using call = await startCall();
    const first = await call.join();
    first.send({
      type: 'session.update',
      session: { type: 'realtime', instructions: 'Be brief.' },
    });
    await call.caller.next('session.updated');
    const second = await call.join();

    expect(second.events[0]).toMatchObject({
      type: 'session.created',
      session: { instructions: 'Be brief.', model: 'practice' },
    });
    expect(first.types().filter((type) => type === 'session.created')).toHaveLength(1);
    first.close();
    second.close();
  });

  test('are corrected one by one: an error is for the line that caused it', async () => {
    await using call = await startCall();
    const [one, two] = await Promise.all([call.join(), call.join()]);
    one.sendRaw('{');
    one.send({ type: 'conversation.item.retrieve', item_id: 'none', event_id: 'mine' });
    call.caller.send({ type: 'nonsense' });
    await call.caller.next('error');
    two.send({ type: 'input_audio_buffer.clear' });
    const lines = [call.caller, one, two];
    await Promise.all(lines.map(async (line) => line.next('input_audio_buffer.cleared')));

    expect(
      lines.map((line) =>
        line.events.filter(({ type }) => type === 'error').map((event) => event['error']),
      ),
    ).toMatchObject([
      [{ code: 'invalid_value' }],
      [{ code: 'invalid_json' }, { code: 'item_retrieve_invalid_item_id', event_id: 'mine' }],
      [],
    ]);
    one.close();
    two.close();
  });

  test('may go: a sideband that closes, even rudely, leaves the call as it was', async () => {
    await using call = await startCall();
    const [polite, rude] = await Promise.all([call.join(), call.join()]);
    polite.close();
    rude.socket.terminate();
    await Promise.all([polite.whenClosed(), rude.whenClosed()]);
    call.caller.ask('still there?');

    expect(await call.caller.next('response.done')).toMatchObject({
      response: { status: 'completed' },
    });
    const third = await call.join();
    expect(third.types()).toEqual(['session.created', 'conversation.created']);
    third.close();
  });

  test('are sixteen at most', async () => {
    await using call = await startCall();
    const sidebands = await Promise.all(Array.from({ length: 15 }, async () => call.join()));

    await expect(call.join()).rejects.toThrow('1006');
    for (const sideband of sidebands) sideband.close();
  });

  test('a script puts raw events on all of them, and closes all with its code', async () => {
    await using call = await startCall();
    const sideband = await call.join();
    call.caller.ask('raw');
    expect(await sideband.next('future.event')).toEqual({ type: 'future.event', event_id: 'own' });
    expect(await call.caller.next('future.event')).toMatchObject({ event_id: 'own' });
    await sideband.next('response.done');
    call.caller.ask('drop');

    expect(await sideband.whenClosed()).toEqual({ code: 4001, reason: 'enough' });
    expect(await call.caller.whenEnded()).toMatchObject({ cause: 'hungUp' });
  });

  test('bring sound of their own as well, as over a WebSocket', async () => {
    await using call = await startCall();
    const sideband = await call.join();
    sideband.send({
      type: 'session.update',
      session: { type: 'realtime', audio: { input: { turn_detection: null } } },
    });
    sideband.send({ type: 'input_audio_buffer.append', audio: encodePcm(tone(500, 200)) });
    sideband.send({ type: 'input_audio_buffer.commit' });

    expect(await sideband.next('input_audio_buffer.committed')).toMatchObject({
      item_id: /^item/u,
    });
    sideband.close();
  });
});

describe('a call', () => {
  test('hears a turn, answers it in real time, and tells when it is heard', async () => {
    await using call = await startCall();
    call.caller.say(turn);
    await call.pass(2_200);
    await call.caller.next('response.done');
    await call.pass(1_000);

    expect(call.caller.types()).toEqual(
      expect.arrayContaining([
        'input_audio_buffer.speech_started',
        'input_audio_buffer.committed',
        'output_audio_buffer.started',
        'output_audio_buffer.stopped',
      ]),
    );
    // Twelve characters of 60 ms.
    const loud = call.caller.heard().filter((sample) => sample !== 0).length / 24;
    expect(loud).toBeGreaterThan(700);
    expect(loud).toBeLessThan(740);
  });

  test('falls silent when the caller speaks, although the answer is long made, and remembers what was heard', async () => {
    await using call = await startCall();
    call.caller.ask('long');
    const done = await call.caller.next('response.done');
    await call.pass(2_000);
    call.caller.say(tone(500, 400));
    await call.pass(400);
    await call.caller.next('input_audio_buffer.speech_started');
    const cleared = await call.caller.next('output_audio_buffer.cleared');
    const truncated = await call.caller.next('conversation.item.truncated');
    const from = call.caller.heard().length;
    await call.pass(200);
    call.caller.send({ type: 'conversation.item.retrieve', item_id: truncated['item_id'] });
    const { item } = await call.caller.next('conversation.item.retrieved');

    expect(done).toMatchObject({ response: { status: 'completed' } });
    expect(cleared).toMatchObject({ response_id: (done['response'] as { id: string }).id });
    // What went out in two seconds and until the third loud frame.
    expect(truncated['audio_end_ms']).toBeGreaterThanOrEqual(2_000);
    expect(truncated['audio_end_ms']).toBeLessThanOrEqual(2_200);
    expect(measureLevel(call.caller.heard(from)).peak).toBe(0);
    const { content } = item as { content: { transcript: string }[] };
    expect(long.startsWith(content[0]?.transcript ?? 'none')).toBe(true);
    expect(content[0]?.transcript.length).toBeLessThan(60);
  });

  test('is not answered far ahead: making an answer waits for its being heard', async () => {
    await using call = await startCall();
    call.caller.ask('a minute');
    await call.pass(29_000);
    await new Promise((resolve) => setImmediate(resolve));
    const early = call.caller.types();
    await call.pass(2_000);

    expect(early).toContain('output_audio_buffer.started');
    expect(early).not.toContain('response.done');
    expect(await call.caller.next('response.done')).toMatchObject({
      response: { status: 'completed' },
    });
  });

  test('may be cancelled and silenced while its answer waits to go on', async () => {
    await using call = await startCall();
    call.caller.ask('a minute');
    await call.pass(1_000);
    call.caller.send({ type: 'response.cancel' });
    call.caller.send({ type: 'output_audio_buffer.clear' });
    expect(await call.caller.next('response.done')).toMatchObject({
      response: { status: 'cancelled' },
    });
    await call.caller.next('output_audio_buffer.cleared');
    const seen = call.caller.events.length;
    call.caller.ask('and now?');

    expect(await call.caller.next('response.done', seen)).toMatchObject({
      response: { status: 'completed' },
    });
  });

  test('ends after its hour, and all lines are told', async () => {
    await using call = await startCall({ sessionLimitMs: 10_000 });
    const sideband = await call.join();
    await call.pass(10_000);

    expect(await sideband.next('error')).toMatchObject({ error: { code: 'session_expired' } });
    expect(await sideband.whenClosed()).toEqual({ code: 1000, reason: 'session expired' });
    expect(await call.caller.whenEnded()).toMatchObject({ cause: 'hungUp' });
  });

  test.for([
    { cause: 'vanished', code: 1000, reason: 'call ended: the caller vanished' },
    { cause: 'failed', code: 1011, reason: 'call failed' },
    { cause: 'hungUp', code: 1000, reason: 'call ended: hung up' },
  ] as const)(
    'ends when its media $cause, and the sidebands are told',
    async ({ cause, ...told }) => {
      await using call = await startCall();
      const sideband = await call.join();
      call.net.answered[0]?.end({ cause, detail: 'a test' });

      expect(await sideband.whenClosed()).toEqual(told);
      await expect(call.join()).rejects.toThrow('1006');
    },
  );

  test('ends with the server, with code 1001', async () => {
    await using call = await startCall();
    const sideband = await call.join();
    await Promise.all([call.server.close(), call.server.close()]);

    expect(await sideband.whenClosed()).toEqual({ code: 1001, reason: 'server is closing' });
    expect(await call.caller.whenEnded()).toMatchObject({ cause: 'hungUp' });
  });

  test('leaves nothing behind, two hundred times', async () => {
    const net = new MemoryNet();
    const clock = new ManualClock();
    await using server = await startScriptedServer(
      { rules },
      { clock, loadMedia: async () => net, maxCalls: 1 },
    );
    for (let round = 0; round < 200; round += 1) {
      const caller = await CallClient.dial(server.url, { net, clock });
      const sideband = await WireClient.connect(server.url, `call_id=${caller.callId}`);
      caller.ask('hi');
      await sideband.next('response.created');
      const url = `${server.url.href}/realtime/calls/${caller.callId}/hangup`;
      const { status } = await fetch(url, { method: 'POST' });
      expect(status).toBe(200);
      await Promise.all([sideband.whenClosed(), caller.whenEnded()]);
    }

    await server.close();
    // The last socket's ping stops with its `close`, which may come after the server's.
    while (clock.pending > 0) await new Promise((resolve) => setImmediate(resolve));

    expect(net.answered.filter(({ closed }) => !closed)).toEqual([]);
    expect(clock.pending).toBe(0);
  }, 30_000);
});
