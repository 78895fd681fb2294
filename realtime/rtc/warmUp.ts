import type { Clock } from '../../core/base/index.ts';
import { answerAt, callFrom } from './calls.ts';
import type { CallHandlers } from './port.ts';

const LOOPBACK = ['127.0.0.1'];
const LIMIT_MS = 3_000;

const nobody: CallHandlers = {
  onAudio: () => undefined,
  onEvent: () => undefined,
  onChannelOpen: () => undefined,
  onClosed: () => undefined,
};

const clock: Clock = {
  nowMs: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

let warming: Promise<void> | undefined;

/**
 * Makes one call from this process to itself over loopback, so that the first real one need not wait for
 * what is loaded and compiled on the way. Safe to call often; never fails, since it is only a favour.
 */
export function warmUp(): Promise<void> {
  warming ??= callOurselves().catch(() => undefined);
  return warming;
}

async function callOurselves(): Promise<void> {
  const options = { handlers: nobody, clock, connectTimeoutMs: LIMIT_MS };
  const caller = await callFrom(LOOPBACK, options);
  try {
    const answering = { ...options, sameMachine: true };
    const { peer, answerSdp } = await answerAt(LOOPBACK, caller.offerSdp, answering);
    try {
      await caller.accept(answerSdp);
      await caller.connected;
    } finally {
      await peer.close();
    }
  } finally {
    await caller.peer.close();
  }
}
