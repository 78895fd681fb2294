import { expect, test } from 'vitest';

import { concatPcm, measureLevel, silence } from '../../audio/index.ts';
import { tone, toneLevel } from '../../audio/testing/index.ts';
import {
  CallClient,
  rule,
  startScriptedServer,
  startTestServer,
  type TestServer,
  WireClient,
} from '../testing/index.ts';

const turn = concatPcm([silence(400), tone(500, 800), silence(900)]);

async function hangUp(server: TestServer, callId: string): Promise<number> {
  const url = `${server.url.href}/realtime/calls/${callId}/hangup`;
  return (await fetch(url, { method: 'POST' })).status;
}

/** Sockets, timers and worker ports of this process. */
function openHandles(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind !== 'TCPSocketWrap').length;
}

test('a spoken turn is found in the sound of the track, and the answer is heard there', async () => {
  await using server = await startScriptedServer({
    rules: [rule({ audio: true }, { say: 'I heard you.' })],
  });
  const caller = await CallClient.dial(server.url);
  const sideband = await WireClient.connect(server.url, `call_id=${caller.callId}`);

  caller.say(turn);
  // The voice of the server under test is a tone of 440 Hz; it is looked for in the newest 60 ms.
  await caller.hears((heard) => toneLevel(heard.subarray(-1_440), 440) > 0.3);
  await Promise.all(
    [caller, sideband].map(async (line) => line.next('output_audio_buffer.stopped')),
  );

  for (const line of [caller, sideband]) {
    expect(line.types()).not.toContain('response.output_audio.delta');
    expect(line.types()).toContain('response.output_audio.done');
    expect(line.types()).toContain('response.output_audio_transcript.done');
  }
  expect(sideband.events.slice(2)).toEqual(caller.events.slice(2));
  await caller.close();
  expect(await sideband.whenClosed()).toEqual({ code: 1000, reason: 'call ended: hung up' });
}, 20_000);

test('speaking into the answer silences it at the far end, and the conversation ends where it was cut', async () => {
  const words = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ');
  await using server = await startScriptedServer({
    rules: [rule({ text: { contains: 'story' } }, { say: words }), rule({}, { silence: true })],
  });
  const caller = await CallClient.dial(server.url);
  caller.ask('a story');
  await caller.next('response.done');
  await caller.hears((heard) => measureLevel(heard).peak > 0.2);
  caller.say(tone(600, 1_000));
  const truncated = await caller.next('conversation.item.truncated');
  const from = caller.heard().length;
  const after = await caller.hears((heard) => heard.length > 24_000 * 0.4, from);

  expect(caller.types()).toContain('output_audio_buffer.cleared');
  expect(truncated['audio_end_ms']).toBeGreaterThan(0);
  expect(truncated['audio_end_ms']).toBeLessThan(10_000);
  // What was on its way is heard; then there is silence.
  expect(measureLevel(after.subarray(-4_800)).peak).toBeLessThan(0.02);
  await caller.close();
}, 20_000);

test('hanging up by request is noticed by the caller', async () => {
  await using server = await startTestServer();
  const caller = await CallClient.dial(server.url);

  expect(await hangUp(server, caller.callId)).toBe(200);
  expect(await caller.whenEnded()).toMatchObject({ cause: 'hungUp' });
  expect(await hangUp(server, caller.callId)).toBe(404);
}, 20_000);

test('a server that closes ends its calls', async () => {
  const server = await startTestServer();
  const caller = await CallClient.dial(server.url);
  await server.close();

  expect(await caller.whenEnded()).toMatchObject({ cause: 'hungUp' });
}, 20_000);

test('twenty calls at once are each answered, and leave nothing open', async () => {
  await using server = await startScriptedServer({ rules: [rule({}, { say: 'Yes.' })] });
  const first = await CallClient.dial(server.url);
  await hangUp(server, first.callId);
  await first.whenEnded();
  const before = openHandles();
  const callers: CallClient[] = [];
  // They come four by four and stay: forty ends' handshakes at one time are this process's load only.
  while (callers.length < 20) {
    const four = Array.from({ length: 4 }, async () => CallClient.dial(server.url));
    callers.push(...(await Promise.all(four)));
  }
  for (const caller of callers) caller.ask('Are you there?');
  await Promise.all(callers.map(async (caller) => caller.next('output_audio_buffer.stopped')));
  await Promise.all(callers.map(async (caller) => hangUp(server, caller.callId)));
  await Promise.all(callers.map(async (caller) => caller.whenEnded()));
  await Promise.all(callers.map(async (caller) => caller.close()));
  while (openHandles() > before) await new Promise((resolve) => setImmediate(resolve));

  expect(new Set(callers.map(({ callId }) => callId)).size).toBe(20);
  expect(openHandles()).toBeLessThanOrEqual(before);
}, 60_000);
