import { expect, test } from 'vitest';

import { startTestEngine } from '../../testing/index.ts';

test.for([
  { mode: { outputModality: 'audio' }, create: { type: 'response.create' } },
  {
    mode: { outputModality: 'text' },
    create: { type: 'response.create', response: { output_modalities: ['audio'] } },
  },
  { mode: { outputModality: 'text', quiet: true }, create: { type: 'response.create' } },
  { mode: { outputModality: 'audio', quiet: true }, create: { type: 'response.create' } },
] as const)('speech that is asked for with $mode is created so', async ({ mode, create }) => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const { thread } = await probe.call('thread/start', {});
  const { id: threadId } = thread as { readonly id: string };
  await probe.call('thread/realtime/start', { threadId, ...mode });
  const server = await bench.realtime.session();

  await probe.call('thread/realtime/appendSpeech', { threadId, text: 'Three things.' });

  expect(await server.frame('response.create')).toEqual(create);
  expect(server.of('conversation.item.create')).toHaveLength(1);
});
