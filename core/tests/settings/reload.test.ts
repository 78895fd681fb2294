import { expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import { type RpcProbe, startTestEngine, type TestEngine } from '../../testing/index.ts';

/** One conversation, and the tier that each of its turns is asked with. */
async function conversation(
  bench: TestEngine,
  probe: RpcProbe,
  config: Record<string, unknown> = {},
) {
  const threadId = await probe.thread({ model: 'gpt-5.5', config });
  return async (): Promise<unknown> => {
    const turns = probe.all('turn/completed').length;
    await probe.turn(threadId, 'Hi');
    await probe.notification('turn/completed', turns + 1);
    const { body } = await bench.upstream.request(turns + 1);
    return (body as { readonly service_tier?: string }).service_tier;
  };
}

const switchFast = (value: boolean, reloadUserConfig?: boolean) => ({
  edits: [{ keyPath: 'features.fast_mode', value, mergeStrategy: 'replace' as const }],
  reloadUserConfig,
});

test('open conversations take a switched feature over where the client asks for it, except what they brought themselves', async () => {
  await using bench = await startTestEngine({
    scripts: [[{ events: messageAnswer('Yes.') }]],
    config: 'service_tier = "fast"',
  });
  const probe = await bench.client();
  const tier = await conversation(bench, probe);
  const tierOfOwn = await conversation(bench, probe, { 'features.fast_mode': true });
  expect(await tier()).toBe('priority');

  await probe.call('config/batchWrite', switchFast(false));
  expect(await tier()).toBe('priority');
  await probe.call('config/batchWrite', switchFast(false, true));
  expect(await tier()).toBe(undefined);
  expect(await tierOfOwn()).toBe('priority');

  await probe.call('experimentalFeature/enablement/set', { enablement: { fast_mode: true } });
  expect(await tier()).toBe('priority');
  // Nothing that clients see of a conversation has changed.
  expect(probe.all('thread/settings/updated')).toEqual([]);
});
