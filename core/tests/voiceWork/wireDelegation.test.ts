import { describe, expect, test } from 'vitest';

import { callAnswer, messageAnswer } from '../../model/testing/index.ts';
import {
  asPeer,
  delegation,
  type Frame,
  functionCall,
  inFence,
  outFence,
  startTestEngine,
  TRANSPORTS,
  type VoiceBench,
  voiceOver,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const backend = (text: string): Frame => ({
  type: 'conversation.item.create',
  item: {
    type: 'message',
    role: 'user',
    content: [{ type: 'input_text', text: `[BACKEND] ${text}` }],
  },
});
/** The words of an output are our own; that there are some, and where it stands, is the wire's. */
const output = (callId: string): Frame => ({
  type: 'conversation.item.create',
  item: { type: 'function_call_output', call_id: callId, output: expect.stringMatching(/./u) },
});
const create: Frame = { type: 'response.create' };

/** The frames that follow from what the server sends, once the work it starts is done. */
async function after(voice: VoiceBench, events: readonly Frame[]): Promise<readonly Frame[]> {
  const { server } = voice;
  const from = server.frames.length;
  server.send(...events);
  await inFence(voice);
  await voice.probe.notification('turn/completed', voice.probe.all('turn/started').length);
  await outFence(voice);
  return server.frames.slice(from, -1);
}

const wrapped = (input: string, ...lines: readonly string[]): string =>
  `<realtime_delegation>\n  <input>${input}</input>\n  <transcript_delta>${lines.join('\n')}</transcript_delta>\n</realtime_delegation>`;

async function lastInput(bench: {
  readonly upstream: { readonly requests: readonly { readonly body: unknown }[] };
}): Promise<string> {
  const { input } = (bench.upstream.requests.at(-1)?.body ?? {}) as {
    readonly input: readonly Fields[];
  };
  const [part] = (input.at(-1)?.['content'] ?? []) as readonly Fields[];
  return String(part?.['text']);
}

const done = (id: string, more: Fields = {}): Frame => ({
  type: 'response.done',
  response: { id, ...more },
});

const created = (id: string, more: Fields = {}): Frame => ({
  type: 'response.created',
  response: { id, ...more },
});

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice } = voiceOver(transport);

  test('a delegated task with progress: recorded frames in the recorded order', async () => {
    const [, call, end] = callAnswer({ name: 'update_plan', arguments: { plan: [] }, callId: 'p' });
    const progress = messageAnswer('Looking around').slice(0, -1);
    if (call === undefined || end === undefined) throw new Error('an answer has a call and an end');
    await using bench = await startTestEngine({
      scripts: [
        [{ events: [...progress, { ...call, output_index: 1 }, end] }],
        [{ events: messageAnswer('All done', { response: 'resp_2', item: 'msg_2' }) }],
      ],
    });
    const voice = await startVoice(bench);
    const from = voice.probe.mark;
    const frames = await after(voice, [
      { type: 'response.created', response: { id: 'resp_1' } },
      delegation('call_1', 'list <files> & "dirs"'),
      { type: 'response.done', response: { id: 'resp_1' } },
    ]);

    expect(frames).toEqual([
      backend('Looking around'),
      backend('All done'),
      output('call_1'),
      create,
    ]);
    const request = bench.upstream.requests[0]?.body as { readonly input: readonly Fields[] };
    expect(JSON.stringify(request.input.at(-1))).toContain(
      JSON.stringify(
        wrapped('list &lt;files&gt; &amp; "dirs"', 'user: list &lt;files&gt; &amp; "dirs"'),
      ).slice(1, -1),
    );
    expect(asPeer(voice.probe.messages.slice(from), 'seed')[0]).toEqual([
      'itemAdded',
      {
        item: {
          type: 'handoff_request',
          handoff_id: 'call_1',
          item_id: 'item_call_1',
          input_transcript: 'list <files> & "dirs"',
          active_transcript: [{ role: 'user', text: 'list <files> & "dirs"' }],
        },
      },
    ]);
  });

  test.each([
    ['{"prompt":"P"}', 'P'],
    ['{"input_transcript":"IT"}', 'IT'],
    ['{"input":"I"}', 'I'],
    ['{"text":"T"}', 'T'],
    ['{"query":"Q"}', 'Q'],
    ['{"prompt":"P","input_transcript":"IT"}', 'IT'],
    ['{"prompt":"  P  "}', 'P'],
    ['{"foo":"F"}', '{"foo":"F"}'],
    ['{"prompt":5}', '{"prompt":5}'],
    ['not json', 'not json'],
    ['["a"]', '["a"]'],
  ])('arguments %s are handed over as %s', async (args, input) => {
    await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('ok') }]] });
    const voice = await startVoice(bench);
    const frames = await after(voice, [functionCall('call_1', 'background_agent', args)]);

    expect(await lastInput(bench)).toBe(wrapped(input, `user: ${input}`));
    expect(frames).toEqual([backend('ok'), output('call_1'), create]);
  });

  test('a call without an id of its own is answered under the id of its item', async () => {
    await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('ok') }]] });
    const voice = await startVoice(bench);
    const item = {
      id: 'item_z',
      type: 'function_call',
      name: 'background_agent',
      arguments: '{"prompt":"no call id"}',
    };
    const frames = await after(voice, [{ type: 'conversation.item.done', item }]);

    expect(frames).toEqual([backend('ok'), output('item_z'), create]);
  });

  test('nothing but a finished item starts a task', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const call = delegation('call_1', 'work');
    voice.server.send(
      { ...call, type: 'conversation.item.added' },
      { ...call, type: 'response.output_item.done' },
      { type: 'response.function_call_arguments.done', call_id: 'call_1', arguments: '{}' },
    );
    await inFence(voice);
    await outFence(voice);

    expect(voice.probe.all('turn/started')).toEqual([]);
    expect(voice.server.of('conversation.item.create')).toHaveLength(1);
  });

  test('steering: each further call is acknowledged at once, the first one answered at the end', async () => {
    await using bench = await startTestEngine({
      scripts: [
        [{ until: 'go' }, { events: messageAnswer('answer 1') }],
        [{ events: messageAnswer('answer 2', { response: 'resp_2', item: 'msg_2' }) }],
      ],
    });
    const voice = await startVoice(bench);
    const { server } = voice;
    const step = async (...events: readonly Frame[]): Promise<readonly Frame[]> => {
      const from = server.frames.length;
      server.send(...events);
      await inFence(voice);
      await outFence(voice);
      return server.frames.slice(from, -1);
    };

    expect(await step(delegation('call_1', 'first task'))).toEqual([]);
    await bench.upstream.request(1);
    expect(await step(delegation('call_2', 'also do this'))).toEqual([output('call_2'), create]);
    expect(
      await step(
        { type: 'response.created', response: { id: 'rr' } },
        delegation('call_3', 'and that'),
      ),
    ).toEqual([output('call_3')]);
    expect(await step({ type: 'response.done', response: { id: 'rr' } })).toEqual([create]);
    bench.upstream.open('go');
    expect(await after(voice, [])).toEqual([
      backend('answer 1'),
      backend('answer 2'),
      output('call_1'),
    ]);
  });

  test('the queue: results go out at once, one wish for a response waits for the end of the running one', async () => {
    await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('done') }]] });
    const voice = await startVoice(bench);
    const answered = [backend('done')];

    expect(await after(voice, [created('A'), delegation('call_1', 'one')])).toEqual([
      ...answered,
      output('call_1'),
    ]);
    expect(await after(voice, [delegation('call_2', 'two')])).toEqual([
      ...answered,
      output('call_2'),
    ]);
    expect(await after(voice, [done('A')])).toEqual([create]);
    // The peer takes the end of a stranger for the end of its own response and sends a second create.
    expect(await after(voice, [done('zzz'), delegation('call_3', 'three')])).toEqual([
      ...answered,
      output('call_3'),
    ]);
    expect(await after(voice, [created('B', { conversation_id: 'conv_1' })])).toEqual([]);
    // The same with one beside the conversation.
    expect(
      await after(voice, [
        created('side', { conversation_id: null }),
        done('side', { conversation_id: null }),
      ]),
    ).toEqual([]);
    expect(await after(voice, [done('B', { conversation_id: 'conv_1' })])).toEqual([create]);
  });

  test('a silence is answered with an empty output, and nothing follows', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const from = voice.probe.mark;
    const frames = await after(voice, [functionCall('call_s', 'remain_silent', '{}')]);

    expect(frames).toEqual([
      {
        type: 'conversation.item.create',
        item: { type: 'function_call_output', call_id: 'call_s', output: '' },
      },
    ]);
    // The one notification is the fence's own.
    expect(asPeer(voice.probe.messages.slice(from), 'seed')).toHaveLength(1);
  });
});
