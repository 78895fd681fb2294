import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { messageAnswer } from '../../model/testing/index.ts';
import {
  loose,
  outFence,
  type ScriptedRealtime,
  startTestEngine,
  talk,
  typedTurn,
} from '../../testing/index.ts';

/** A text model that answers every request, once the gate is open. */
const scripts = [[{ until: 'go' }, { events: messageAnswer('Hello') }]];

const SWITCH =
  'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: bm8gc3VjaCBrZXkgZXZlciB3YXM=\r\n\r\n';

/** What a server may do instead of taking the connection, and whether that is noticed at once. */
const refusals: readonly (readonly [
  what: string,
  plan: (realtime: ScriptedRealtime) => void,
  noticed: 'at once' | 'by the clock',
])[] = [
  ['never answers', (realtime) => realtime.stallNext(), 'by the clock'],
  [
    'stops in the status line',
    (realtime) => realtime.answerNext('HTTP/1.1 10', false),
    'by the clock',
  ],
  [
    'stops in the headers',
    (realtime) => realtime.answerNext(SWITCH.slice(0, 60), false),
    'by the clock',
  ],
  [
    'stops in a refusal',
    (realtime) => realtime.answerNext('HTTP/1.1 503 No\r\ncontent-length: 99\r\n\r\nbusy', false),
    'by the clock',
  ],
  ['cuts the link', (realtime) => realtime.answerNext('', true), 'at once'],
  [
    'cuts the link in the headers',
    (realtime) => realtime.answerNext(SWITCH.slice(0, 60), true),
    'at once',
  ],
  [
    'talks another protocol',
    (realtime) => realtime.answerNext('220 mail ESMTP\r\n', false),
    'at once',
  ],
  ['does not know the handshake', (realtime) => realtime.answerNext(SWITCH, false), 'at once'],
  [
    'answers like a web page',
    (realtime) => realtime.answerNext('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi', false),
    'at once',
  ],
  [
    'sends the client elsewhere',
    (realtime) =>
      realtime.answerNext(
        'HTTP/1.1 302 Found\r\nlocation: ws://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n',
        false,
      ),
    'at once',
  ],
  ['refuses the key', (realtime) => realtime.refuseNext(401, 'no'), 'at once'],
  ['is out of order', (realtime) => realtime.refuseNext(500, 'x'.repeat(100_000)), 'at once'],
];

test.each(refusals)(
  'a server that %s costs one error and nothing else',
  async (_what, plan, noticed) => {
    const clock = new ManualClock();
    await using bench = await startTestEngine({ scripts, clock });
    const probe = await bench.client();
    const threadId = await probe.thread();
    plan(bench.realtime);
    await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });
    await bench.realtime.upgrade();
    expect(await typedTurn(bench, probe, threadId)).toBe('completed');
    const isSlow = noticed === 'by the clock';
    const early = isSlow ? probe.all('thread/realtime/error') : [];
    if (isSlow) clock.advance(10_000);

    expect(await probe.notification('thread/realtime/error')).toMatchObject({ fatal: true });
    expect(early).toEqual([]);
    const server = await talk(bench, probe, threadId);
    await outFence({ probe, threadId, server });
    expect(await typedTurn(bench, probe, threadId)).toBe('completed');
    await probe.call('thread/realtime/stop', { threadId });
    await probe.notification('thread/realtime/closed');
    expect(probe.all('thread/realtime/error')).toHaveLength(1);
    expect(loose(probe)).toEqual([]);
  },
);
