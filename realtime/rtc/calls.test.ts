import type { Socket } from 'node:dgram';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../core/base/testing/index.ts';
import { toneLevel } from '../audio/testing/index.ts';
import { answerOffer, createCaller, FRAME_SAMPLES } from './index.ts';
import { CallProbe, connectCallPair, until } from './testing/index.ts';

const LEVEL = 0.4;

/** A sine without end, as frames. */
function toneSource(frequencyHz: number): () => Int16Array {
  let index = 0;
  return () =>
    Int16Array.from({ length: FRAME_SAMPLES }, () => {
      index += 1;
      return Math.round(Math.sin((2 * Math.PI * frequencyHz * index) / 24_000) * LEVEL * 32_767);
    });
}

const decibels = (level: number): number => 20 * Math.log10(level / LEVEL);

/** The longest stretch without sound. */
function longestGapMs(samples: Int16Array): number {
  let longest = 0;
  let current = 0;
  for (const sample of samples) {
    current = Math.abs(sample) < 600 ? current + 1 : 0;
    longest = Math.max(longest, current);
  }
  return longest / 24;
}

const idle = { handlers: new CallProbe().handlers, sameMachine: true } as const;

describe.for([true, false])('a call (same machine: %s)', (sameMachine) => {
  test('carries a tone each way, with its level and pitch and without a gap', async () => {
    await using pair = await connectCallPair({ sameMachine });
    pair.caller.source = toneSource(440);
    pair.answerer.source = toneSource(660);
    await pair.speak(60);

    const heardByAnswerer = pair.answererProbe.sound.subarray(-24_000);
    const heardByCaller = pair.callerProbe.sound.subarray(-24_000);
    expect(Math.abs(decibels(toneLevel(heardByAnswerer, 440)))).toBeLessThan(1);
    expect(Math.abs(decibels(toneLevel(heardByCaller, 660)))).toBeLessThan(1);
    expect(longestGapMs(heardByAnswerer)).toBeLessThan(20);
    expect(longestGapMs(heardByCaller)).toBeLessThan(20);
    expect(pair.answerer.stats).toMatchObject({ lost: 0, late: 0, concealed: 0 });
  });

  test('carries events each way, whole and in order', async () => {
    await using pair = await connectCallPair({ sameMachine });
    const sent = Array.from({ length: 40 }, (_, index) => `${index} ${'ö'.repeat(index * 300)}`);
    for (const text of sent) {
      expect(pair.caller.sendEvent(text)).toBe('taken');
      expect(pair.answerer.sendEvent(text)).toBe('taken');
    }
    await until(
      () => pair.callerProbe.events.length === 40 && pair.answererProbe.events.length === 40,
      'all events come',
    );

    expect(pair.answererProbe.events).toEqual(sent);
    expect(pair.callerProbe.events).toEqual(sent);
  });

  test('ends at both ends when one hangs up, at once, and once only', async () => {
    await using pair = await connectCallPair({ sameMachine });
    await pair.answerer.close();
    await pair.answerer.close();
    await until(() => pair.callerProbe.ends.length > 0, 'the caller hears of it');
    await pair.caller.close();

    expect(pair.answererProbe.ends.map(({ cause }) => cause)).toEqual(['closed']);
    expect(pair.callerProbe.ends.map(({ cause }) => cause)).toEqual(['hungUp']);
    expect(pair.clock.pending).toBe(0);
  });
});

describe('sound', () => {
  test('is sent as silence while there is no source, and never stops', async () => {
    await using pair = await connectCallPair();
    await pair.speak(10);

    expect(pair.caller.stats.sent).toBe(pair.answerer.stats.received);
    expect(pair.answererProbe.frames.length).toBeGreaterThanOrEqual(10);
    expect(pair.answererProbe.sound.every((sample) => Math.abs(sample) < 10)).toBe(true);
  });

  test('comes as frames of 480 samples that are the receiver’s own', async () => {
    await using pair = await connectCallPair();
    pair.caller.source = toneSource(440);
    await pair.speak(10);

    const { frames } = pair.answererProbe;
    expect(frames.every(({ length }) => length === FRAME_SAMPLES)).toBe(true);
    expect(new Set(frames.map(({ buffer }) => buffer)).size).toBe(frames.length);
  });

  test('a source that throws ends the call and says so', async () => {
    await using pair = await connectCallPair();
    pair.caller.source = () => {
      throw new Error('no more paper');
    };
    pair.clock.advance(20);

    expect(pair.callerProbe.ends).toEqual([
      { cause: 'failed', detail: 'the source of sound failed: no more paper' },
    ]);
  });

  test('a source that gives half a frame ends the call', async () => {
    await using pair = await connectCallPair();
    pair.caller.source = () => new Int16Array(240);
    pair.clock.advance(20);

    expect(pair.callerProbe.ends.map(({ cause }) => cause)).toEqual(['failed']);
  });

  test('a source that closes the call is asked no more', async () => {
    await using pair = await connectCallPair();
    let closing: Promise<void> | undefined;
    let asked = 0;
    pair.caller.source = () => {
      asked += 1;
      closing ??= pair.caller.close();
      return undefined;
    };
    pair.clock.advance(200);
    await closing;

    expect(asked).toBe(1);
    expect(pair.callerProbe.ends.map(({ cause }) => cause)).toEqual(['closed']);
  });
});

describe('events', () => {
  test('sent before the channel is open wait for it', async () => {
    const clock = new ManualClock();
    const probe = new CallProbe();
    const calling = await createCaller({ clock, handlers: probe.handlers });
    const { peer, answerSdp } = await answerOffer(calling.offerSdp, { ...idle, clock });
    expect(peer.sendEvent('early')).toBe('taken');
    expect(peer.queuedBytes).toBe(5);
    await calling.accept(answerSdp);
    await until(() => probe.events.length === 1, 'it comes');
    await Promise.all([peer.close(), calling.peer.close()]);

    expect(probe.events).toEqual(['early']);
    expect(peer.queuedBytes).toBe(0);
  });

  test('queued right before a close arrive before it', async () => {
    await using pair = await connectCallPair();
    for (let index = 0; index < 20; index += 1) pair.answerer.sendEvent(`last ${index}`);
    await pair.answerer.close();
    await until(() => pair.callerProbe.ends.length > 0, 'the caller hears of the end');

    expect(pair.callerProbe.events).toHaveLength(20);
  });

  test('onSent is told once the network has them, never at once and never after the end', async () => {
    await using pair = await connectCallPair();
    let sent = 0;
    pair.answerer.sendEvent('one', () => {
      sent += 1;
    });
    expect(sent).toBe(0);
    await until(() => sent === 1, 'it is sent');
    expect(pair.answerer.queuedBytes).toBe(0);

    pair.answerer.sendEvent('two', () => {
      sent += 1;
    });
    await pair.answerer.close();
    expect(sent).toBe(1);
  });

  test('over the far side’s limit are refused and counted, and the call goes on', async () => {
    await using pair = await connectCallPair();
    const { maxEventBytes } = pair.answerer;
    expect(maxEventBytes).toBe(262_144);

    expect(pair.answerer.sendEvent('x'.repeat(maxEventBytes + 1))).toBe('tooLarge');
    expect(pair.answerer.sendEvent('x'.repeat(maxEventBytes))).toBe('taken');
    expect(pair.answerer.stats.droppedEvents).toBe(1);
    await until(() => pair.callerProbe.events.length === 1, 'the largest comes');
    expect(pair.callerProbe.events[0]).toHaveLength(maxEventBytes);
  });

  test('after the end are refused', async () => {
    await using pair = await connectCallPair();
    await pair.answerer.close();

    expect(pair.answerer.sendEvent('late')).toBe('closed');
  });
});

const timers = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

describe('what is left behind', () => {
  test('nothing: sockets and timers of many calls are gone with them', async () => {
    const open = new Set<Socket>();
    let opened = 0;
    const watch = (message: unknown): void => {
      const { socket } = message as { socket: Socket };
      open.add(socket);
      opened += 1;
      socket.once('close', () => open.delete(socket));
    };
    subscribe('udp.socket', watch);
    for (let round = 0; round < 4; round += 1) {
      const pairs = await Promise.all(Array.from({ length: 6 }, () => connectCallPair()));
      await Promise.all(pairs.map((pair) => pair.speak(3)));
      await Promise.all(pairs.map((pair) => pair[Symbol.asyncDispose]()));
      expect(pairs.map(({ clock }) => clock.pending)).toEqual([0, 0, 0, 0, 0, 0]);
    }
    unsubscribe('udp.socket', watch);
    // One is the wait of `until` itself.
    await until(() => open.size === 0 && timers() <= 1, 'all is closed');

    expect(opened).toBeGreaterThanOrEqual(48);
  }, 30_000);
});
