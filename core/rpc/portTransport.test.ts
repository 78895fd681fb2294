import { MessageChannel } from 'node:worker_threads';

import { afterEach, expect, test } from 'vitest';

import { type PortMark, readPortMark } from '../protocol/index.ts';
import { createPortTransport, type PortLike } from './portTransport.ts';
import { MAX_UNREAD_BYTES, UNREAD_REASON } from './sendLimit.ts';

const MIB = 1024 * 1024;
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A real channel: the engine's end as a transport, the page's end as it is. */
function connected() {
  const { port1, port2 } = new MessageChannel();
  closers.push(() => {
    port1.close();
    port2.close();
  });
  const port: PortLike = {
    postMessage: (message) => {
      port1.postMessage(message);
    },
    onMessage: (listener) => port1.on('message', listener),
    onClose: (listener) => port1.on('close', listener),
    close: () => {
      port1.close();
    },
  };
  const transport = createPortTransport(port);
  const reasons: (string | undefined)[] = [];
  transport.onClose = (reason) => reasons.push(reason);
  return { page: port2, transport, reasons };
}

const sound = () => ({ method: 'sound', params: { data: 'A'.repeat(MIB) } });

test('a page that stops reading is let go at the limit, with a reason', async () => {
  const { page, transport, reasons } = connected();
  let sent = 0;
  while (reasons.length === 0 && sent < 4 * MAX_UNREAD_BYTES) {
    transport.send(sound());
    sent += MIB;
    await Promise.resolve();
  }

  expect(sent).toBeLessThan(MAX_UNREAD_BYTES + 4 * MIB);
  expect(reasons).toEqual([UNREAD_REASON]);
  transport.send(sound());
  page.start();
  await new Promise((resolve) => {
    page.once('close', resolve);
  });
  expect(reasons).toHaveLength(1);
});

test('a page that reads gets any amount, and no mark among its messages', async () => {
  const { page, transport, reasons } = connected();
  let received = 0;
  page.on('message', (message: unknown) => {
    const mark = readPortMark(message);
    if (mark === undefined) {
      received += 1;
      return;
    }
    const read: PortMark = { ...mark, portMark: 'read' };
    page.postMessage(read);
  });
  const { promise: told, resolve } = Promise.withResolvers<unknown>();
  transport.onMessage = resolve;
  for (let sent = 0; sent < 2 * MAX_UNREAD_BYTES; sent += MIB) {
    transport.send(sound());
    // Both ends share this thread: each gets a turn of the loop to read in.
    await new Promise((turn) => {
      setImmediate(turn);
    });
  }
  page.postMessage({ method: 'initialized' });

  expect(await told).toEqual({ method: 'initialized' });
  expect({ received, reasons }).toEqual({ received: 64, reasons: [] });
});
