import { afterAll, beforeAll, expect, test } from 'vitest';

import { concatPcm, measureLevel, silence } from '../../../realtime/audio/index.ts';
import { tone } from '../../../realtime/audio/testing/index.ts';
import { createCaller, FRAME_SAMPLES, warmUp } from '../../../realtime/rtc/index.ts';
import { realClock } from '../../../realtime/server/testing/index.ts';
import { messageAnswer } from '../../model/testing/index.ts';
import { type CascadeBench, hears, sounds, startCascade } from '../../testing/index.ts';

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

type Caller = Awaited<ReturnType<typeof createCaller>>;
type Call = { readonly peer: Caller['peer']; readonly bench: CascadeBench };

const loud = Promise.withResolvers<void>();
const open = new AsyncDisposableStack();
let call: Call | undefined;

// Two ends in one cold process take their time for a first handshake; what is tried comes after it.
beforeAll(async () => {
  await warmUp();
  const caller = await createCaller({
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
  open.defer(async () => caller.peer.close());
  const bench = open.use(
    await startCascade(
      {
        ears: [hears('Good morning.')],
        mouth: [sounds(500)],
        scripts: [[{ events: messageAnswer('Good morning to you.') }]],
      },
      { transport: { type: 'webrtc', sdp: caller.offerSdp } },
    ),
  );
  const { sdp } = await bench.probe.notification('thread/realtime/sdp');
  await caller.accept(String(sdp));
  await caller.connected;
  call = { peer: caller.peer, bench };
});

afterAll(async () => {
  await open.disposeAsync();
});

test('in a call the same three parts hear and speak', async () => {
  if (call === undefined) throw new Error('There is no call.');
  const { peer, bench } = call;
  const { probe, ears } = bench;
  peer.source = framesOf(concatPcm([silence(100), tone(300, 300)]));
  await probe.notification('thread/realtime/response/completed');
  await loud.promise;

  expect(ears.requests).toHaveLength(1);
  expect(probe.all('thread/realtime/transcript/done').map(({ text }) => text)).toEqual([
    'Good morning.',
    'Good morning to you.',
  ]);
});
