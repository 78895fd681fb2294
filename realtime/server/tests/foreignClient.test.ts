import {
  OpenAIRealtimeWebSocket,
  RealtimeAgent,
  type RealtimeItem,
  RealtimeSession,
  tool,
  type TransportEvent,
} from '@openai/agents-realtime';
import { expect, test } from 'vitest';
import * as z from 'zod';

import { concatPcm, silence } from '../../audio/index.ts';
import { tone } from '../../audio/testing/index.ts';
import {
  alwaysHears,
  rule,
  startScriptedServer,
  startTestServer,
  type TestServer,
} from '../testing/index.ts';

type Talk = {
  readonly session: RealtimeSession;
  readonly events: TransportEvent[];
  readonly errors: unknown[];
  readonly heardBytes: () => number;
  next(type: string): Promise<TransportEvent>;
};

async function talkTo(server: TestServer, agent: RealtimeAgent): Promise<Talk> {
  const url = `${server.url.href.replace('http', 'ws')}/realtime?model=gpt-realtime`;
  const transport = new OpenAIRealtimeWebSocket({ url });
  // Without a model the client sends its own default, which is not the one in the address.
  const session = new RealtimeSession(agent, { transport, tracingDisabled: true });
  const events: TransportEvent[] = [];
  const errors: unknown[] = [];
  let heardBytes = 0;
  let seen = 0;
  const waiting = new Set<() => void>();
  session.on('transport_event', (event) => {
    events.push(event);
    for (const wake of waiting) wake();
    waiting.clear();
  });
  session.on('error', (error) => errors.push(error));
  session.on('audio', ({ data }) => {
    heardBytes += data.byteLength;
  });
  await session.connect({ apiKey: 'any', url });
  return {
    session,
    events,
    errors,
    heardBytes: () => heardBytes,
    next: async (type) => {
      for (;;) {
        const index = events.findIndex((event, at) => at >= seen && event.type === type);
        const found = events[index];
        if (found !== undefined) {
          seen = index + 1;
          return found;
        }
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
    },
  };
}

function said(history: readonly RealtimeItem[]): readonly string[] {
  return history.flatMap((item) =>
    item.type === 'message' && item.role === 'assistant'
      ? item.content.map((part) =>
          part.type === 'output_audio' ? (part.transcript ?? '') : part.text,
        )
      : [],
  );
}

test('a foreign client types, is called back through its tool, and hears the result', async () => {
  await using server = await startScriptedServer({
    rules: [
      rule(
        { text: { contains: 'weather' } },
        { say: 'One moment.' },
        { call: { name: 'get_weather', arguments: { city: 'Oslo' } } },
      ),
      rule({ toolOutput: 'get_weather' }, { say: 'It is sunny in Oslo.' }),
    ],
  });
  const asked: string[] = [];
  const agent = new RealtimeAgent({
    name: 'tester',
    tools: [
      tool({
        name: 'get_weather',
        description: 'Tells the weather',
        parameters: z.object({ city: z.string() }),
        execute: async ({ city }) => {
          asked.push(city);
          return 'sunny';
        },
      }),
    ],
  });
  const talk = await talkTo(server, agent);

  talk.session.sendMessage('How is the weather in Oslo?');
  await talk.next('response.done');
  await talk.next('response.done');
  const history = said(talk.session.history);
  talk.session.close();

  expect(asked).toEqual(['Oslo']);
  expect(history).toEqual(['One moment.', 'It is sunny in Oslo.']);
  expect(talk.heardBytes()).toBeGreaterThan(0);
  expect(talk.errors).toEqual([]);
});

test('a foreign client speaks and hears its own voice come back', async () => {
  await using server = await startTestServer({ transcriber: alwaysHears('echo') });
  const talk = await talkTo(server, new RealtimeAgent({ name: 'tester' }));
  const speech = concatPcm([silence(500), tone(500, 1000), silence(1200)]);

  talk.session.sendAudio(Uint8Array.from(Buffer.from(speech.buffer)).buffer);
  await talk.next('input_audio_buffer.speech_started');
  await talk.next('input_audio_buffer.committed');
  await talk.next('response.done');
  const history = said(talk.session.history);
  talk.session.close();

  expect(history).toContain('Here is what you said.');
  expect(talk.heardBytes()).toBeGreaterThan(48_000);
  expect(talk.errors).toEqual([]);
});

test('a foreign client interrupts, and what it did not hear leaves the transcript', async () => {
  await using server = await startScriptedServer({
    rules: [
      rule({}, { say: 'one two three four five six seven eight nine ten' }, { delayMs: 60_000 }),
    ],
  });
  const talk = await talkTo(server, new RealtimeAgent({ name: 'tester' }));

  talk.session.sendMessage('Count.');
  await talk.next('response.output_audio.delta');
  talk.session.interrupt();
  const done = await talk.next('response.done');
  const truncated = await talk.next('conversation.item.truncated');
  talk.session.close();

  expect(done).toMatchObject({ response: { status: 'cancelled' } });
  expect(truncated).toMatchObject({ content_index: 0 });
  expect(talk.errors).toEqual([]);
});
