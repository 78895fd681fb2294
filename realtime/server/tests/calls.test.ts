import { describe, expect, test } from 'vitest';

import { concatPcm, measureLevel, silence } from '../../audio/index.ts';
import { tone, toneLevel } from '../../audio/testing/index.ts';
import { CallClient, rule, startScriptedServer, WireClient } from '../testing/index.ts';

const turn = concatPcm([silence(400), tone(500, 800), silence(900)]);

describe('a call over WebRTC', () => {
  test('by voice: the turn is found in the sound of the track, and the answer is heard there', async () => {
    await using server = await startScriptedServer({
      rules: [rule({ audio: true }, { say: 'I heard you.' })],
    });
    const caller = await CallClient.dial(server.url);
    const sideband = await WireClient.connect(server.url, `call_id=${caller.callId}`);

    caller.say(turn);
    await caller.next('output_audio_buffer.started');
    const from = caller.heard().length;
    await caller.next('output_audio_buffer.stopped');
    await caller.hears((heard) => heard.length > 24_000 * 0.1, from);
    const sound = caller.heard(from);

    expect(measureLevel(sound).rms).toBeGreaterThan(0.05);
    expect(toneLevel(sound.subarray(0, 4_800), 440)).toBeGreaterThan(0.2);
    for (const line of [caller, sideband]) {
      expect(line.types()).not.toContain('response.output_audio.delta');
      expect(line.types()).toContain('response.output_audio.done');
      expect(line.types()).toContain('response.output_audio_transcript.done');
    }
    const { events } = sideband;
    expect(events.slice(1)).toEqual(caller.events.slice(-(events.length - 1)));
    await caller.close();
    expect(await sideband.whenClosed()).toEqual({ code: 1000, reason: 'call ended: hung up' });
  });
});
