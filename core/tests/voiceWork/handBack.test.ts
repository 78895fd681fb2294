import { describe, expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import {
  delegation,
  type Frame,
  inFence,
  outFence,
  startTestEngine,
  TRANSPORTS,
  type VoiceBench,
  voiceOver,
} from '../../testing/index.ts';

const scripts = [
  [{ events: messageAnswer('one') }],
  [{ events: messageAnswer('two', { response: 'resp_2', item: 'msg_2' }) }],
];

/** The frames of a handed-over task and of a typed turn after it. */
async function worked(voice: VoiceBench): Promise<readonly Frame[]> {
  const { probe, server, threadId } = voice;
  const from = server.frames.length;
  server.send(delegation('call_1', 'do it'));
  await inFence(voice);
  await probe.notification('turn/completed', 1);
  await probe.turn(threadId, 'typed');
  await probe.notification('turn/completed', 2);
  await outFence(voice);
  return server.frames.slice(from, -1);
}

const item = (text: string): Frame => ({
  type: 'conversation.item.create',
  item: { type: 'message', role: 'developer', content: [{ type: 'input_text', text }] },
});

/** Recorded of the peer (0.169) with the same answers. */
const emptyOutput: Frame = {
  type: 'conversation.item.create',
  item: { type: 'function_call_output', call_id: 'call_1', output: '' },
};

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice } = voiceOver(transport);

  test('a client that manages the hand-offs gets the request, and the voice nothing but what the client says', async () => {
    await using bench = await startTestEngine({ scripts });
    const voice = await startVoice(bench, {
      outputModality: 'audio',
      clientManagedHandoffs: true,
      codexResponsesAsItems: true,
    });
    expect(await worked(voice)).toEqual([]);
    expect(JSON.stringify(voice.probe.all('thread/realtime/itemAdded'))).toContain(
      'handoff_request',
    );

    await voice.probe.call('thread/realtime/appendSpeech', {
      threadId: voice.threadId,
      text: 'say this',
    });
    await voice.server.frame('response.create');
    expect(JSON.stringify(voice.server.of('conversation.item.create').at(-1))).toContain(
      '[BACKEND] say this',
    );
  });

  test.for([
    { prefix: undefined, before: '' },
    { prefix: 'PRE: ', before: 'PRE: \n\n' },
  ])('words as items behind the prefix $prefix stay silent', async ({ prefix, before }) => {
    await using bench = await startTestEngine({ scripts });
    const voice = await startVoice(bench, {
      outputModality: 'audio',
      codexResponsesAsItems: true,
      ...(prefix !== undefined && { codexResponseItemPrefix: prefix }),
    });

    expect(await worked(voice)).toEqual([
      item(`${before}[BACKEND] one`),
      emptyOutput,
      item(`${before}[BACKEND] two`),
    ]);
  });

  test('work that fails under words as items is said all the same', async () => {
    await using bench = await startTestEngine({ scripts: [[{ head: { status: 400 } }]] });
    const { server } = await startVoice(bench, {
      outputModality: 'audio',
      codexResponsesAsItems: true,
    });
    server.send(delegation('call_1', 'do it'));
    await server.frame('response.create');

    expect(JSON.stringify(server.of('conversation.item.create'))).toContain('agent failed');
  });
});
