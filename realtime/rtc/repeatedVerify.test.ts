import { Socket } from 'node:dgram';

import { afterEach, expect, test, vi } from 'vitest';

import { connectCallPair } from './testing/index.ts';

const HANDSHAKE = 22;
const HELLO_VERIFY = 3;
/** Where a DTLS record ends its header and a handshake message begins with its type. */
const RECORD_HEADER_BYTES = 13;

afterEach(() => {
  vi.restoreAllMocks();
});

test('a caller whose hello was answered twice is connected all the same', async () => {
  // oxlint-disable-next-line typescript/unbound-method -- each call brings the socket it is for
  const send = Socket.prototype.send;
  let repeated = 0;
  vi.spyOn(Socket.prototype, 'send').mockImplementation(function sendTwice(
    this: Socket,
    ...args: unknown[]
  ) {
    const [message] = args;
    const isVerify =
      message instanceof Uint8Array &&
      message[0] === HANDSHAKE &&
      message[RECORD_HEADER_BYTES] === HELLO_VERIFY;
    if (isVerify) {
      repeated += 1;
      Reflect.apply(send, this, args);
    }
    Reflect.apply(send, this, args);
  });
  await using call = await connectCallPair();
  await call.speak(2);

  expect(repeated).toBeGreaterThan(0);
  expect(call.caller.stats.received).toBeGreaterThan(0);
});
