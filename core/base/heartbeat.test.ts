import { expect, test } from 'vitest';

import { Heartbeat } from './heartbeat.ts';
import { ManualClock } from './testing/index.ts';

function beating(): { clock: ManualClock; heartbeat: Heartbeat; seen: string[] } {
  const clock = new ManualClock();
  const seen: string[] = [];
  const heartbeat = new Heartbeat(clock, {
    ping: () => seen.push('ping'),
    dead: () => seen.push('dead'),
  });
  return { clock, heartbeat, seen };
}

test('silence after two pings is death, said once, and nothing beats on', () => {
  const { clock, seen } = beating();
  clock.advance(59_999);
  expect(seen).toEqual(['ping', 'ping']);
  clock.advance(1);
  expect(seen).toEqual(['ping', 'ping', 'dead']);
  expect(clock.pending).toBe(0);
});

test('a sign of life after the second ping begins the count anew', () => {
  const { clock, heartbeat, seen } = beating();
  clock.advance(40_000);
  heartbeat.alive();
  clock.advance(40_000);
  expect(seen).toEqual(['ping', 'ping', 'ping', 'ping']);
  clock.advance(20_000);
  expect(seen.at(-1)).toBe('dead');
});

test('a stopped heartbeat leaves no timer, also when the ping itself stops it', () => {
  const clock = new ManualClock();
  const heartbeat: Heartbeat = new Heartbeat(clock, {
    ping: () => {
      heartbeat.stop();
    },
    dead: () => undefined,
  });
  clock.advance(20_000);
  expect(clock.pending).toBe(0);
  heartbeat.stop();
});
