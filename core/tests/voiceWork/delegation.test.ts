import { describe, expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import {
  delegation,
  functionCall,
  inFence,
  outFence,
  type ScriptedRealtimeSession,
  startTestEngine,
  toldToVoice,
  TRANSPORTS,
  voiceOver,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const outputs = (server: ScriptedRealtimeSession): readonly string[] =>
  toldToVoice(server).filter((line) => /^call_\w+: /u.test(line));

/** The last thing the text model was told in the n-th request. */
async function lastInput(
  upstream: { request(n: number): Promise<{ readonly body: unknown }> },
  n: number,
): Promise<string> {
  const { body } = await upstream.request(n);
  const { input } = body as { readonly input: readonly Fields[] };
  const content = (input.at(-1)?.['content'] ?? []) as readonly Fields[];
  return String(content[0]?.['text']);
}

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice, talk } = voiceOver(transport);

  test('work is handed over wrapped, shown plain, and comes back as messages, one output, one wish', async () => {
    await using bench = await startTestEngine({
      scripts: [[{ events: messageAnswer('Two <files>') }]],
    });
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    server.send(
      {
        type: 'conversation.item.input_audio_transcription.completed',
        item_id: 'u1',
        content_index: 0,
        transcript: 'uh & so',
      },
      delegation('call_1', 'count <my> files'),
    );
    await server.frame('response.create');
    await outFence(voice);

    expect(await lastInput(bench.upstream, 1)).toBe(
      `<realtime_delegation>
  <input>count &lt;my&gt; files</input>
  <transcript_delta>user: uh &amp; so
user: count &lt;my&gt; files</transcript_delta>
</realtime_delegation>`,
    );
    expect(toldToVoice(server).slice(0, 3)).toEqual([
      '[BACKEND] Two <files>',
      expect.stringMatching(/^call_1: .*done/u),
      'create',
    ]);
    expect(
      await probe.notification('thread/realtime/itemAdded', 1, ({ item }) =>
        JSON.stringify(item).includes('handoff_request'),
      ),
    ).toEqual({
      threadId,
      item: {
        type: 'handoff_request',
        handoff_id: 'call_1',
        item_id: 'item_call_1',
        input_transcript: 'count <my> files',
        active_transcript: [
          { role: 'user', text: 'uh & so' },
          { role: 'user', text: 'count <my> files' },
        ],
      },
    });
    const [shown] = probe.all('item/completed').map(({ item }) => item as Fields);
    expect(shown).toMatchObject({
      type: 'userMessage',
      content: [{ type: 'text', text: 'count <my> files' }],
      delegation: { callId: 'call_1', prompt: 'count <my> files' },
    });
    await probe.notification('turn/completed');
    expect(probe.all('turn/completed')).toMatchObject([
      { turn: { status: 'completed', delegation: { callId: 'call_1' } } },
    ]);
  });

  test('a repeated call id runs and is answered once', async () => {
    await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Done') }]] });
    const voice = await startVoice(bench);
    voice.server.send(delegation('call_1', 'work'), delegation('call_1', 'work'));
    await voice.server.frame('response.create');
    voice.server.send(delegation('call_1', 'work'));
    await inFence(voice);
    await outFence(voice);

    expect(outputs(voice.server)).toHaveLength(1);
    expect(bench.upstream.requests).toHaveLength(1);
  });

  test.each([
    [
      'said nothing',
      [
        {
          events: [
            { type: 'response.created', response: { id: 'r' } },
            ...messageAnswer('').slice(-1),
          ],
        },
      ],
      'nothing to say',
    ],
    ['failed', [{ head: { status: 500 } }], 'background agent failed'],
  ])('a task that %s is answered once, in words', async (_what, script, words) => {
    await using bench = await startTestEngine({ scripts: [script] });
    const voice = await startVoice(bench);
    voice.server.send(delegation('call_1', 'work'));
    await voice.server.frame('response.create');
    await outFence(voice);

    expect(outputs(voice.server)).toEqual([expect.stringContaining(words)]);
  });

  test('an interrupted task is answered once, and the next call starts afresh', async () => {
    await using bench = await startTestEngine({
      scripts: [[{ stall: true }], [{ events: messageAnswer('Done') }]],
    });
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    server.send(delegation('call_1', 'work'));
    await bench.upstream.request(1);
    await probe.call('turn/interrupt', { threadId, turnId: '' });
    await server.frame('response.create');
    server.send(
      { type: 'response.created', response: { id: 'r1' } },
      { type: 'response.done', response: { id: 'r1', status: 'completed' } },
      delegation('call_2', 'other work'),
    );
    await server.frame('response.create', 2);
    await outFence(voice);

    expect(toldToVoice(server).slice(0, -1)).toEqual([
      expect.stringMatching(/^call_1: .*interrupted/u),
      'create',
      '[BACKEND] Done',
      expect.stringMatching(/^call_2: .*done/u),
      'create',
    ]);
  });

  test.each([
    ['nothing', ''],
    ['an empty prompt', '{"prompt":"  "}'],
    ['no field at all', '{}'],
  ])('a call with %s starts nothing and is answered', async (_what, args) => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    voice.server.send(functionCall('call_1', 'background_agent', args));
    await voice.server.frame('response.create');

    expect(outputs(voice.server)).toEqual([expect.stringContaining('Nothing was handed over')]);
    expect(bench.upstream.requests).toEqual([]);
  });

  test.each([
    ['plain words', 'just do it', 'just do it'],
    ['an older field name', '{"input_transcript":"old name","prompt":"new"}', 'old name'],
    ['a field nobody knows', '{"task":"x"}', '{"task":"x"}'],
    ['broken JSON', '{"prompt":"half', '{"prompt":"half'],
  ])('a request given as %s is understood', async (_what, args, expected) => {
    await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Done') }]] });
    const voice = await startVoice(bench);
    voice.server.send(functionCall('call_1', 'background_agent', args));
    await voice.server.frame('response.create');

    expect(await lastInput(bench.upstream, 1)).toContain(`<input>${expected}</input>`);
  });

  test('a further call steers the running task, is answered at once, and the first one at the end', async () => {
    await using bench = await startTestEngine({
      scripts: [
        [{ until: 'go' }, { events: messageAnswer('First part') }],
        [{ events: messageAnswer('Both', { response: 'resp_2', item: 'msg_2' }) }],
      ],
    });
    const voice = await startVoice(bench);
    const { probe, server } = voice;
    server.send(delegation('call_1', 'work'));
    await bench.upstream.request(1);
    server.send(delegation('call_2', 'and this'));
    await server.frame('response.create');
    expect(outputs(server)).toEqual([expect.stringMatching(/^call_2: Passed on/u)]);

    bench.upstream.open('go');
    await probe.notification('turn/completed');
    await outFence(voice);
    expect(await lastInput(bench.upstream, 2)).toContain('<input>and this</input>');
    expect(outputs(server)).toEqual([
      expect.stringMatching(/^call_2: /u),
      expect.stringMatching(/^call_1: /u),
    ]);
    expect(toldToVoice(server)).toContain('[BACKEND] First part');
    expect(toldToVoice(server)).toContain('[BACKEND] Both');
    expect(probe.all('turn/started')).toHaveLength(1);
  });

  test('a call during a typed turn joins that turn and gets its answer when it ends', async () => {
    await using bench = await startTestEngine({
      scripts: [
        [{ until: 'go' }, { events: messageAnswer('Typed answer') }],
        [{ events: messageAnswer('Spoken answer', { response: 'resp_2', item: 'msg_2' }) }],
      ],
    });
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    await probe.turn(threadId, 'typed');
    await bench.upstream.request(1);
    server.send(delegation('call_1', 'spoken'));
    await inFence(voice);
    bench.upstream.open('go');
    await probe.notification('turn/completed');
    await server.frame('response.create');
    await outFence(voice);

    expect(outputs(server)).toEqual([expect.stringMatching(/^call_1: .*done/u)]);
    expect(probe.all('turn/completed')).toHaveLength(1);
  });

  test('a silence is answered with nothing, asked for nothing, shown nowhere', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, server } = voice;
    const from = probe.mark;
    server.send(
      functionCall('call_1', 'remain_silent', '{}'),
      functionCall('call_1', 'remain_silent', '{}'),
    );
    await inFence(voice);
    await outFence(voice);

    expect(toldToVoice(server).slice(0, -1)).toEqual(['call_1: ']);
    expect(new Set(probe.order.slice(from))).toEqual(
      new Set(['thread/realtime/itemAdded', 'answer']),
    );
  });

  test('a call of a tool nobody has is answered and spoken about', async () => {
    await using bench = await startTestEngine();
    const { server } = await startVoice(bench);
    server.send(functionCall('call_1', 'teleport', '{}'));
    await server.frame('response.create');

    expect(toldToVoice(server)).toEqual(['call_1: There is no tool named teleport.', 'create']);
  });

  test('a task outlives its session: the next one hears the result and gets no output for a call it never made', async () => {
    await using bench = await startTestEngine({
      scripts: [[{ until: 'go' }, { events: messageAnswer('Late result') }]],
    });
    const { probe, threadId, server } = await startVoice(bench);
    server.send(delegation('call_1', 'work'));
    await bench.upstream.request(1);
    await probe.call('thread/realtime/stop', { threadId });
    const next = await talk(bench, probe, threadId);
    bench.upstream.open('go');
    expect(await probe.notification('turn/completed')).toMatchObject({
      turn: { status: 'completed' },
    });
    await next.frame('response.create');

    expect(outputs(next)).toEqual([]);
    expect(toldToVoice(next)).toEqual(['[BACKEND] Late result', 'create']);
  });

  test('the answer to a typed turn beside the voice is spoken, its words are not echoed', async () => {
    await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Noon') }]] });
    const voice = await startVoice(bench);
    await voice.probe.turn(voice.threadId, 'What time is it?');
    await voice.server.frame('response.create');

    expect(toldToVoice(voice.server)).toEqual(['[BACKEND] Noon', 'create']);
  });

  test('a very long result goes back with both its ends', async () => {
    // Both cuts would fall into the middle of an emoji.
    const long = `a${'😀'.repeat(4_500)}${'🌙'.repeat(4_500)}z`;
    await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer(long) }]] });
    const voice = await startVoice(bench);
    voice.server.send(delegation('call_1', 'work'));
    await voice.server.frame('response.create');

    const [message] = toldToVoice(voice.server);
    expect(message).toMatch(/^\[BACKEND\] a😀+\n.*\n🌙+z$/su);
    expect(message?.length).toBeLessThan(4_200);
  });
});
