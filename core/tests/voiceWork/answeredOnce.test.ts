import { describe, expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import {
  delegation,
  type Frame,
  functionCall,
  inFence,
  outFence,
  startTestEngine,
  TRANSPORTS,
  voiceOver,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const hello = [[{ events: messageAnswer('Hello') }]];

const outputs = (frames: readonly Frame[]): readonly (readonly [unknown, unknown])[] =>
  frames.flatMap(({ item }) => {
    const { type, call_id: callId, output } = (item ?? {}) as Fields;
    return type === 'function_call_output' ? [[callId, output] as const] : [];
  });

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice } = voiceOver(transport);

  test('failed, interrupted and empty work is answered once each, and never for another call', async () => {
    await using bench = await startTestEngine({
      scripts: [[{ head: { status: 400 } }], [{ stall: true }], ...hello],
    });
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    const answered = async (n: number): Promise<void> => {
      await server.until(() => outputs(server.frames).length >= n);
    };
    server.send(delegation('failed', 'one'));
    await answered(1);
    server.send(delegation('interrupted', 'two'));
    await bench.upstream.request(2);
    await probe.call('turn/interrupt', { threadId, turnId: '' });
    await answered(2);
    server.send(functionCall('empty', 'background_agent', '{}'));
    await answered(3);
    server.send(delegation('fine', 'three'));
    await answered(4);
    await outFence(voice);

    expect(outputs(server.frames)).toEqual([
      ['failed', expect.stringContaining('failed')],
      ['interrupted', expect.stringContaining('interrupted')],
      ['empty', expect.stringContaining('Nothing was handed over')],
      ['fine', expect.stringContaining('is done')],
    ]);
  });

  test('a call of a tool that nobody has is answered, and asks for a response', async () => {
    await using bench = await startTestEngine();
    const { server } = await startVoice(bench);
    server.send(functionCall('call_u', 'no_such_tool', '{}'));
    await server.frame('response.create');

    expect(outputs(server.frames)).toEqual([['call_u', 'There is no tool named no_such_tool.']]);
  });

  test('the page shows the plain request, the model reads the wrapper', async () => {
    await using bench = await startTestEngine({ scripts: hello });
    const { probe, server } = await startVoice(bench);
    server.send(delegation('call_1', 'tidy up'));
    await server.frame('response.create');
    await probe.notification('item/completed');

    const shown = probe.all('item/completed').map(({ item }) => JSON.stringify(item));
    expect(shown[0]).toContain('"text":"tidy up"');
    expect(shown.join('')).not.toContain('realtime_delegation');
    expect(JSON.stringify(bench.upstream.requests[0]?.body)).toContain('<realtime_delegation>');
  });

  test('a repeated call id runs once and is answered once', async () => {
    await using bench = await startTestEngine({ scripts: hello });
    const voice = await startVoice(bench);
    voice.server.send(delegation('same', 'work'), delegation('same', 'work'));
    await voice.server.frame('response.create');
    voice.server.send(delegation('same', 'work'));
    await inFence(voice);
    await outFence(voice);

    expect(outputs(voice.server.frames)).toHaveLength(1);
    expect(bench.upstream.requests).toHaveLength(1);
  });
});
