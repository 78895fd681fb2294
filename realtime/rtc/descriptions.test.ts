import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../core/base/testing/index.ts';
import { answerOffer, createCaller, RtcAnswerError, RtcOfferError, warmUp } from './index.ts';
import { CallProbe } from './testing/index.ts';

const idle = { handlers: new CallProbe().handlers, sameMachine: true } as const;

describe('a far side that cannot be reached', () => {
  test('ends an answered call when nobody comes within the limit', async () => {
    const clock = new ManualClock();
    const probe = new CallProbe();
    const calling = await createCaller({ clock, handlers: new CallProbe().handlers });
    await answerOffer(calling.offerSdp, { ...idle, clock, handlers: probe.handlers });
    clock.advance(14_999);
    expect(probe.ends).toEqual([]);
    clock.advance(1);

    expect(probe.ends).toEqual([{ cause: 'failed', detail: 'not connected within 15 s' }]);
  });

  test('rejects `connected` of the caller', async () => {
    const clock = new ManualClock();
    const probe = new CallProbe();
    const calling = await createCaller({ clock, handlers: probe.handlers, connectTimeoutMs: 500 });
    clock.advance(500);

    await expect(calling.connected).rejects.toMatchObject({ code: 'callFailed' });
    expect(probe.ends.map(({ cause }) => cause)).toEqual(['failed']);
  });
});

describe('descriptions', () => {
  test('a bad offer is refused, nothing stays open and no handler is called', async () => {
    const clock = new ManualClock();
    const probe = new CallProbe();
    const calling = await createCaller({ clock, handlers: new CallProbe().handlers });
    const options = { ...idle, clock, handlers: probe.handlers };
    const bad = [
      '',
      'hello',
      calling.offerSdp.replace('m=audio', 'm=noise'),
      calling.offerSdp.replace('opus/48000/2', 'speex/8000'),
      calling.offerSdp.replace('a=group:BUNDLE 0 1', 'a=group:BUNDLE 0'),
    ];
    await calling.peer.close();
    for (const sdp of bad) {
      await expect(answerOffer(sdp, options)).rejects.toThrow(RtcOfferError);
    }

    expect(clock.pending).toBe(0);
    expect(probe.ends).toEqual([]);
  });

  test('an offer with a camera is answered without it', async () => {
    const clock = new ManualClock();
    const calling = await createCaller({ clock, handlers: new CallProbe().handlers });
    const video = [
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      'c=IN IP4 0.0.0.0',
      ...calling.offerSdp
        .split('\r\n')
        .filter((line) => /^a=(?:ice-|finger|setup)/.test(line))
        .slice(0, 5),
      'a=mid:2',
      'a=sendrecv',
      'a=rtcp-mux',
      'a=rtpmap:96 VP8/90000',
      '',
    ].join('\r\n');
    const withCamera = `${calling.offerSdp.replace('BUNDLE 0 1', 'BUNDLE 0 1 2')}${video}`;
    const { peer, answerSdp } = await answerOffer(withCamera, { ...idle, clock });
    await Promise.all([peer.close(), calling.peer.close()]);

    expect(answerSdp).toMatch(/m=video 0 /);
    expect(answerSdp).toMatch(/m=audio 9 /);
  });

  test('the answer names a stream, which pages take the sound from', async () => {
    const clock = new ManualClock();
    const calling = await createCaller({ clock, handlers: new CallProbe().handlers });
    const { peer, answerSdp } = await answerOffer(calling.offerSdp, { ...idle, clock });
    await Promise.all([peer.close(), calling.peer.close()]);

    expect(answerSdp).toMatch(/^a=msid:\S+ \S+/m);
  });

  test.for(['', 'hello', 'v=0\r\nm=audio 0 RTP/AVP 0\r\n'])(
    'a bad answer (%j) is refused and the call is over',
    async (answer) => {
      const clock = new ManualClock();
      const probe = new CallProbe();
      const calling = await createCaller({ clock, handlers: probe.handlers });

      await expect(calling.accept(answer)).rejects.toThrow(RtcAnswerError);
      await expect(calling.connected).rejects.toMatchObject({ code: 'callFailed' });
      expect(probe.ends.map(({ cause }) => cause)).toEqual(['failed']);
    },
  );

  test('a second answer is refused and the call goes on', async () => {
    const clock = new ManualClock();
    const calling = await createCaller({ clock, handlers: new CallProbe().handlers });
    const { peer, answerSdp } = await answerOffer(calling.offerSdp, { ...idle, clock });
    await calling.accept(answerSdp);

    await expect(calling.accept(answerSdp)).rejects.toThrow('answered already');
    await calling.connected;
    await Promise.all([peer.close(), calling.peer.close()]);
  });
});

test('warming up leaves nothing behind and may be repeated', async () => {
  await Promise.all([warmUp(), warmUp()]);
  const before = process.getActiveResourcesInfo();
  await warmUp();

  expect(process.getActiveResourcesInfo()).toEqual(before);
});
