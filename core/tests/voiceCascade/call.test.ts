import { expect, test } from 'vitest';

import { concatPcm, measureLevel, silence } from '../../../realtime/audio/index.ts';
import { tone } from '../../../realtime/audio/testing/index.ts';
import { createCaller, FRAME_SAMPLES, warmUp } from '../../../realtime/rtc/index.ts';
import { realClock } from '../../../realtime/server/testing/index.ts';
import { messageAnswer } from '../../model/testing/index.ts';
import { hears, sounds, startCascade } from '../../testing/index.ts';

/** Frames of what is said, and silence after it. */
function framesOf(samples: Int16Array): () => Int16Array {
  let at = 0;
  return () => {
    const frame = new Int16Array(FRAME_SAMPLES);
    frame.set(samples.subarray(at, at + FRAME_SAMPLES));
    at += FRAME_SAMPLES;
    return frame;
  };
}

test('in a call the same three parts hear and speak', async () => {
  const loud = Promise.withResolvers<void>();
  // A cold process of two ends under load takes longer for its first handshake than it may.
  await warmUp();
  const call = await createCaller({
    clock: realClock,
    handlers: {
      onAudio: (samples) => {
        if (measureLevel(samples).peak > 0.1) loud.resolve();
      },
      onEvent: () => undefined,
      onChannelOpen: () => undefined,
      onClosed: () => undefined,
    },
  });
  await using calls = new AsyncDisposableStack();
  calls.defer(async () => call.peer.close());
  await using bench = await startCascade(
    {
      ears: [hears('Good morning.')],
      mouth: [sounds(500)],
      scripts: [[{ events: messageAnswer('Good morning to you.') }]],
    },
    { transport: { type: 'webrtc', sdp: call.offerSdp } },
  );
  const { probe, ears } = bench;
  const { sdp } = await probe.notification('thread/realtime/sdp');
  await call.accept(String(sdp));
  await call.connected;
  call.peer.source = framesOf(concatPcm([silence(300), tone(300, 500)]));
  await probe.notification('thread/realtime/response/completed');
  await loud.promise;

  expect(ears.requests).toHaveLength(1);
  expect(probe.all('thread/realtime/transcript/done').map(({ text }) => text)).toEqual([
    'Good morning.',
    'Good morning to you.',
  ]);
});
