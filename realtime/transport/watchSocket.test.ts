import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../core/base/testing/index.ts';
import { watchSocket } from './watchSocket.ts';

const watch = () => {
  const clock = new ManualClock();
  const heard = new Map<string, () => void>();
  const calls: string[] = [];
  const socket = {
    on: (event: string, listener: () => void) => heard.set(event, listener),
    ping: () => calls.push('ping'),
    terminate: () => calls.push('terminate'),
  };
  const said: string[] = [];
  watchSocket(socket as unknown as Parameters<typeof watchSocket>[0], clock, (message) => {
    said.push(message);
  });
  return { clock, calls, said, tell: (event: string) => heard.get(event)?.() };
};

describe('a silent socket', () => {
  test('is dropped after two unanswered pings', () => {
    const { clock, calls, said } = watch();
    clock.advance(60_000);
    expect(calls).toEqual(['ping', 'ping', 'terminate']);
    expect(said).toEqual(['no sign of life for 40 s; the socket was dropped']);
    expect(clock.pending).toBe(0);
  });

  test('is kept as long as it answers', () => {
    const { clock, calls, tell } = watch();
    for (let ping = 0; ping < 5; ping += 1) {
      clock.advance(20_000);
      tell('pong');
    }
    expect(calls).toEqual(['ping', 'ping', 'ping', 'ping', 'ping']);
  });

  test('that has left is not pinged', () => {
    const { clock, calls, tell } = watch();
    tell('close');
    clock.advance(60_000);
    expect(calls).toEqual([]);
  });
});
