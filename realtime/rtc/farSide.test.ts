import { setTimeout as pause } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { createFrameEncoder } from './sound/index.ts';
import { type ForeignPage, openForeignPage } from './testing/foreignPage.ts';
import { until } from './testing/index.ts';
import { agentOf, callFromPage, expectChannelAlive, type PageCall } from './testing/pageCall.ts';
import { openStranger } from './testing/stranger.ts';

/** Checks the page has received. */
const checksOf = (page: ForeignPage): number =>
  agentOf(page).checkList.reduce((sum, pair) => sum + pair.requestsReceived, 0);

/** Lets 20 s pass in which the page sends nothing of its own accord. */
async function keepQuiet({ clock }: PageCall): Promise<void> {
  for (let look = 0; look < 40; look += 1) {
    clock.advance(500);
    // Time on the wire is not the clock's; three looks without an answer are allowed for.
    await pause(2);
  }
}

describe('an ICE restart', () => {
  test.for([true, false])(
    'keeps sound and channel, also while it is under way (same machine: %s)',
    async (same) => {
      await using call = await callFromPage(same);
      const { page, peer, clock } = call;
      const offer = await page.offer({ iceRestart: true });
      const answer = await peer.restart(offer);
      const before = page.heard.length;
      clock.advance(100);
      await until(() => page.heard.length >= before + 5, 'sound goes on over the old path');

      await page.accept(answer);
      await page.connection.iceTransports[0]?.start();
      const after = page.heard.length;
      clock.advance(100);
      await until(() => page.heard.length >= after + 5, 'sound goes on over the new path');
      await expectChannelAlive(call);

      // Whoever has no new path cannot ask a quiet page whether it is there.
      await keepQuiet(call);
      expect(answer).toContain('a=setup:passive');
      expect(call.probe.ends).toEqual([]);
    },
  );

  test('with a bad offer is refused and the call goes on', async () => {
    await using call = await callFromPage();
    await expect(call.peer.restart('hello')).rejects.toMatchObject({ code: 'invalidOffer' });
    await using other = openForeignPage();
    const foreign = (await other.offer()).replaceAll(/(a=fingerprint:\S+) \S\S/g, '$1 00');
    await expect(call.peer.restart(foreign)).rejects.toThrow('another connection');

    await expectChannelAlive(call);
  });

  test('after the end is refused', async () => {
    await using call = await callFromPage();
    const offer = await call.page.offer({ iceRestart: true });
    const closing = call.peer.close();
    // A page in the middle of a restart does not answer our goodbye.
    await until(() => call.clock.pending > 0, 'the goodbye is under way');
    call.clock.advance(150);
    await closing;

    await expect(call.peer.restart(offer)).rejects.toMatchObject({ code: 'invalidOffer' });
  });
});

describe('a page that has gone', () => {
  test('without a word is noticed within 4 s', async () => {
    await using call = await callFromPage();
    call.page.vanish();
    using stranger = await openStranger(call.answerSdp);
    for (let look = 0; look < 8 && call.probe.ends.length === 0; look += 1) {
      // What somebody else sends is no sign of the page's life.
      await stranger.send(Buffer.alloc(40, 0x80));
      await pause(2);
      call.clock.advance(500);
    }

    expect(call.probe.ends.map(({ cause }) => cause)).toEqual(['vanished']);
  });

  test('is not one that merely sends no sound: it is asked, and answers', async () => {
    await using call = await callFromPage();
    const before = checksOf(call.page);
    await keepQuiet(call);

    expect(call.probe.ends).toEqual([]);
    expect(checksOf(call.page)).toBeGreaterThan(before + 5);
    await expectChannelAlive(call);
  });

  test('with a goodbye on either level is noticed at once', async () => {
    await using channel = await callFromPage();
    channel.page.channel.close();
    await until(() => channel.probe.ends.length > 0, 'the channel’s end is noticed');
    await using connection = await callFromPage();
    await connection.page.connection.close();
    await until(() => connection.probe.ends.length > 0, 'the connection’s end is noticed');

    expect(channel.probe.ends[0]?.cause).toBe('hungUp');
    expect(connection.probe.ends[0]?.cause).toBe('hungUp');
  });

  test('is told itself when we hang up, over the channel and below it', async () => {
    await using call = await callFromPage();
    const states: string[] = [];
    call.page.channel.stateChanged.subscribe((state) => states.push(state));
    call.page.connection.dtlsTransports[0]?.onStateChange.subscribe((state) => states.push(state));
    await call.peer.close();
    await until(() => states.length >= 3, 'both are told');

    expect(states).toEqual(['closing', 'closed', 'closed']);
  });
});

describe('the numbering of sound', () => {
  test('wraps around on the way through the encryption', async () => {
    await using call = await callFromPage();
    const encoder = await createFrameEncoder();
    const samples = new Int16Array(480).fill(100);
    for (let index = 0; index < 40; index += 1) {
      const timestamp = (0xffff_ffff - 20 * 960 + index * 960) >>> 0;
      await call.page.speak((65_516 + index) & 0xffff, timestamp, encoder.encode(samples));
    }
    encoder.free();
    await until(() => call.probe.frames.length >= 40, 'all sound comes');

    expect(call.peer.stats).toMatchObject({ received: 40, lost: 0, late: 0, concealed: 0 });
  });

  test('steps by one frame per 20 ms', async () => {
    await using call = await callFromPage();
    call.clock.advance(200);
    await until(() => call.page.heard.length >= 11, 'sound comes');
    const steps = call.page.heard
      .slice(1)
      .map(
        ({ header }, index) =>
          (header.timestamp - (call.page.heard[index]?.header.timestamp ?? 0)) >>> 0,
      );

    expect(new Set(steps)).toEqual(new Set([960]));
  });

  test('packets of another type, and such as hold no Opus, do no harm', async () => {
    await using call = await callFromPage();
    await call.page.speak(1, 0, Buffer.from([]));
    await call.page.speak(2, 960, Buffer.from([0xff, 0xff, 0xff]));
    await until(() => call.probe.frames.length >= 2, 'silence stands for them');
    await expectChannelAlive(call);

    expect(call.probe.ends).toEqual([]);
  });
});

test('no more events are under way than a page’s socket surely holds, and all arrive', async () => {
  await using call = await callFromPage();
  const [transport] = call.page.connection.dtlsTransports;
  if (transport === undefined) throw new Error('There is no transport.');
  let came = 0;
  const take = transport.dataReceiver;
  transport.dataReceiver = () => {
    came += 1;
  };
  for (let index = 0; index < 2_000; index += 1) call.peer.sendEvent(`{"n":${index}}`);
  await until(() => came >= 64, 'the first events come');
  await pause(50);
  expect(came).toBeLessThanOrEqual(66);

  // Now the page takes them, and what it had not taken is resent after a second.
  transport.dataReceiver = take;
  await until(() => call.page.messages.length === 2_000, 'all come', 20_000);
  expect(call.page.messages.at(-1)).toBe('{"n":1999}');
}, 30_000);
