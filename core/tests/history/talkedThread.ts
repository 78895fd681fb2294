import { messageAnswer } from '../../model/testing/index.ts';
import { type RpcProbe, startTestEngine, type TestEngine } from '../../testing/index.ts';

/** An engine with a thread in which each of these words has been answered by a turn of its own. */
export async function talkedThread(words: readonly string[]): Promise<{
  readonly bench: TestEngine;
  readonly probe: RpcProbe;
  readonly threadId: string;
  readonly turnIds: string[];
}> {
  const bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Hello') }]] });
  const probe = await bench.client();
  const threadId = await probe.thread();
  const turnIds: string[] = [];
  for (const text of words) {
    turnIds.push(await probe.turn(threadId, text));
    await probe.notification('turn/completed', turnIds.length);
  }
  return { bench, probe, threadId, turnIds };
}
