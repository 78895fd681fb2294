import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import {
  completed,
  greeting,
  messageAnswer,
  type RecordedRequest,
  startBench,
} from '../../model/testing/index.ts';
import { startTestEngine, turnEnded } from '../../testing/index.ts';

// The peer's newest release (0.169), recorded with a model that has no special request form. What a
// request has beside these lists, or lacks of them, is in core/model/COMPATIBILITY.md.

type Fields = Readonly<Record<string, unknown>>;

const PEER_HTTP_HEADERS = [
  'accept',
  'authorization',
  'content-length',
  'content-type',
  'host',
  'originator',
  'session-id',
  'thread-id',
  'user-agent',
  'x-client-request-id',
  'x-codex-turn-metadata',
  'x-codex-window-id',
];
const PEER_HANDSHAKE_HEADERS = [
  'authorization',
  'connection',
  'host',
  'openai-beta',
  'originator',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-version',
  'session-id',
  'thread-id',
  'upgrade',
  'user-agent',
  'x-client-request-id',
  'x-codex-turn-metadata',
  'x-codex-window-id',
];
const PEER_BODY = [
  'client_metadata',
  'include',
  'input',
  'model',
  'parallel_tool_calls',
  'prompt_cache_key',
  'reasoning',
  'store',
  'stream',
  'text',
  'tool_choice',
  'tools',
];
const PEER_CLIENT_METADATA = [
  'root_turn_id',
  'session_id',
  'thread_id',
  'turn_id',
  'x-codex-installation-id',
  'x-codex-turn-metadata',
  'x-codex-window-id',
];
const PEER_SOCKET_METADATA = [...PEER_CLIENT_METADATA, 'x-codex-ws-stream-request-start-ms'];
/** Beside the peer's: the instructions' own field, as the API documents it. */
const OWN_BODY = ['instructions'];
/** The connection is kept. */
const OWN_HTTP_HEADERS = ['connection'];
const TRACE_METADATA = ['ws_request_header_traceparent'];

const names = (value: object): readonly string[] => Object.keys(value).toSorted();
const metadataOf = (body: unknown): Fields =>
  (body as { readonly client_metadata: Fields }).client_metadata;

const request = {
  ...greeting,
  reasoning: { effort: 'medium' },
  text: { verbosity: 'low' },
};

async function asked(): Promise<RecordedRequest> {
  await using bench = await startBench([[{ events: messageAnswer('Hello') }]]);
  await bench.sample(request).ended;
  return bench.upstream.request(1);
}

test('an HTTP request has the headers of the peer, and keeps its connection', async () => {
  const { headers, method, path } = await asked();

  expect([method, path]).toEqual(['POST', '/v1/responses']);
  expect(names(headers)).toEqual([...PEER_HTTP_HEADERS, ...OWN_HTTP_HEADERS].toSorted());
  expect(headers).toMatchObject({
    accept: 'text/event-stream',
    'content-type': 'application/json',
    authorization: 'Bearer sk-test',
    originator: 'parley_test',
    'session-id': 'thread-1',
    'thread-id': 'thread-1',
    'x-client-request-id': 'thread-1',
    'x-codex-window-id': 'thread-1:0',
  });
});

test('the body of an HTTP request has the fields of the peer and their values', async () => {
  const { body } = await asked();

  expect(names(body as object)).toEqual([...PEER_BODY, ...OWN_BODY].toSorted());
  expect(body).toMatchObject({
    tool_choice: 'auto',
    parallel_tool_calls: true,
    reasoning: { effort: 'medium' },
    store: false,
    stream: true,
    include: ['reasoning.encrypted_content'],
    prompt_cache_key: 'thread-1',
    text: { verbosity: 'low' },
  });
  expect(names(metadataOf(body))).toEqual(PEER_CLIENT_METADATA);
});

test('what names a place on this machine is not in the metadata of a turn', async () => {
  const { body } = await asked();
  const metadata = JSON.parse(String(metadataOf(body)['x-codex-turn-metadata'])) as Fields;

  expect(names(metadata)).toEqual([
    'installation_id',
    'model',
    'reasoning_effort',
    'request_kind',
    'root_turn_id',
    'session_id',
    'thread_id',
    'turn_id',
    'turn_started_at_unix_ms',
    'window_id',
    'window_number',
  ]);
  expect(metadata['request_kind']).toBe('turn');
});

test('a socket is asked for and used with the headers and frames of the peer', async () => {
  await using bench = await startTestEngine({
    clock: new ManualClock(),
    provider: 'supports_websockets = true',
  });
  const { sockets } = bench.upstream;
  sockets.answer([{ events: messageAnswer('Hello') }]);
  const probe = await bench.client();
  const threadId = await probe.thread();
  const socket = await sockets.connection(1);
  await socket.create(1);
  await socket.roundTrip();
  await probe.turn(threadId, 'Hi');
  await turnEnded(probe);
  const [warm, first] = socket.creates;

  expect(names(socket.headers)).toEqual(PEER_HANDSHAKE_HEADERS);
  expect(socket.headers).toMatchObject({
    'openai-beta': 'responses_websockets=2026-02-06',
    'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits',
  });
  // This model neither reasons nor has a verbosity.
  const shape = [...PEER_BODY, ...OWN_BODY].filter(
    (name) => name !== 'reasoning' && name !== 'text',
  );
  expect(names(warm ?? {})).toEqual([...shape, 'generate', 'type'].toSorted());
  expect(names(first ?? {})).toEqual([...shape, 'previous_response_id', 'type'].toSorted());
  expect(metadataOf(warm)['turn_id']).toBe('');
  expect(names(metadataOf(warm))).toEqual(
    [...PEER_SOCKET_METADATA, ...TRACE_METADATA]
      .filter((name) => name !== 'root_turn_id')
      .toSorted(),
  );
  expect(names(metadataOf(first))).toEqual([...PEER_SOCKET_METADATA, ...TRACE_METADATA].toSorted());
});

/** What the peer tells its client of a turn with reasoning and a message, in order. */
const PEER_ORDER = [
  'thread/status/changed',
  'turn/started',
  'item/started userMessage',
  'item/completed userMessage',
  'item/started reasoning',
  'item/reasoning/summaryPartAdded',
  'item/reasoning/summaryTextDelta',
  'item/reasoning/summaryTextDelta',
  'item/completed reasoning',
  'item/started agentMessage',
  'item/agentMessage/delta',
  'item/agentMessage/delta',
  'item/completed agentMessage',
  'thread/tokenUsage/updated',
  'account/rateLimits/updated',
  'thread/status/changed',
  'turn/completed',
];

const place = { item_id: 'rs1', output_index: 0, summary_index: 0 };
const reasoning = {
  type: 'reasoning',
  id: 'rs1',
  summary: [{ type: 'summary_text', text: 'one two' }],
};
const [created, ...message] = messageAnswer('hello there');
const thinking = [
  created,
  { type: 'response.output_item.added', output_index: 0, item: { ...reasoning, summary: [] } },
  { type: 'response.reasoning_summary_part.added', ...place },
  { type: 'response.reasoning_summary_text.delta', ...place, delta: 'one ' },
  { type: 'response.reasoning_summary_text.delta', ...place, delta: 'two' },
  { type: 'response.output_item.done', output_index: 0, item: reasoning },
  ...message
    .slice(0, -1)
    .map((event) => ('output_index' in event ? Object.assign(event, { output_index: 1 }) : event)),
  { type: 'codex.rate_limits', rate_limits: { primary: { used_percent: 5 } } },
  completed('resp_1'),
].filter((event) => event !== undefined);

test.each(['http', 'socket'])(
  'a turn by %s is told in the order of the peer',
  async (transport) => {
    await using bench = await startTestEngine({
      scripts: [[{ events: thinking }]],
      provider: `supports_websockets = ${transport === 'socket'}`,
    });
    bench.upstream.sockets.answer([{ events: thinking }]);
    const probe = await bench.client();
    const threadId = await probe.thread();
    await probe.notification('thread/started');
    const from = probe.mark;
    await probe.turn(threadId, 'Hi');
    await turnEnded(probe);

    const told = probe.messages.slice(from).flatMap(({ method, params }) => {
      const item = params?.['item'] as Fields | undefined;
      if (method === undefined) return [];
      return [item === undefined ? method : `${method} ${String(item['type'])}`];
    });
    expect(told).toEqual(PEER_ORDER);
    expect(bench.upstream.requests).toHaveLength(transport === 'http' ? 1 : 0);
  },
);
