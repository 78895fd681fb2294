const FIRST_DELAY_MS = 200;
const SPREAD = 0.1;

/** The wait before the n-th repeat: doubling from 200 ms, give or take a tenth (`random` in [0, 1)). */
export function backoffMs(repeat: number, random: number): number {
  return Math.round(FIRST_DELAY_MS * 2 ** (repeat - 1) * (1 + SPREAD * (2 * random - 1)));
}

/** Settles as `work` does, or with undefined as soon as the signal is aborted. */
export async function unlessAborted<Value>(
  work: Promise<Value>,
  signal: AbortSignal,
): Promise<Value | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const stop = (): void => {
    resolve(undefined);
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
