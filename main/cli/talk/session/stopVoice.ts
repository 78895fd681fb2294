import type { Clock } from '../../../../core/base/index.ts';
import type { AppServerClient } from '../../../../core/protocol/index.ts';

const STOP_LIMIT_MS = 2_000;

/** Leaves the engine without a voice session; gives up after two seconds without an answer. */
export async function stopVoice(
  client: AppServerClient,
  clock: Clock,
  threadId: string,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = clock.after(STOP_LIMIT_MS, () => {
    resolve(undefined);
  });
  const stopped = client
    .request('thread/realtime/stop', { threadId })
    // A session that is gone already is as good as stopped.
    .catch(() => undefined);
  await Promise.race([stopped, promise]);
  timer.cancel();
}
