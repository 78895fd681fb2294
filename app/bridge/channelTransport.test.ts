import { expect, test } from 'vitest';

import { createChannelTransport } from './channelTransport.ts';

function channel() {
  const sent: unknown[] = [];
  let deliver: ((message: unknown) => void) | undefined;
  const transport = createChannelTransport({
    postMessage: (message) => sent.push(message),
    onMessage: (listener) => {
      deliver = listener;
    },
    onClose: () => undefined,
    close: () => undefined,
  });
  const received: unknown[] = [];
  transport.onMessage = (message) => received.push(message);
  return { sent, received, transport, deliver: (message: unknown) => deliver?.(message) };
}

test('a mark of the engine is answered when the page has come to it, and handed to nobody', () => {
  const { sent, received, deliver } = channel();
  deliver({ method: 'configWarning', params: {} });
  deliver({ portMark: 'set', sentBytes: 4096 });

  expect(received).toEqual([{ method: 'configWarning', params: {} }]);
  expect(sent).toEqual([{ portMark: 'read', sentBytes: 4096 }]);
});

test('a mark that comes after the close is answered no more', () => {
  const { sent, transport, deliver } = channel();
  transport.close();
  deliver({ portMark: 'set', sentBytes: 4096 });

  expect(sent).toEqual([]);
});
