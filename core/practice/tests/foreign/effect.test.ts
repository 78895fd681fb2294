import { LanguageModel, Tool, Toolkit } from '@effect/ai';
import { OpenAiClient, OpenAiLanguageModel } from '@effect/ai-openai';
import { FetchHttpClient } from '@effect/platform';
import { Effect, Layer, Redacted, Schema, Stream } from 'effect';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type PracticeServer, startPracticeApi } from '../../testing/index.ts';

// `@effect/ai-openai` against the built-in server; it checks every answer with a schema of its own.

let server: PracticeServer;
beforeAll(async () => {
  server = await startPracticeApi();
});
afterAll(() => server[Symbol.asyncDispose]());

const model = OpenAiLanguageModel.model('any');
const prompt = 'what is 2 + 3?';

async function run<A, E>(program: Effect.Effect<A, E, LanguageModel.LanguageModel>): Promise<A> {
  const client = OpenAiClient.layer({
    apiKey: Redacted.make('any'),
    apiUrl: server.url.href,
  }).pipe(Layer.provide(FetchHttpClient.layer));
  return Effect.runPromise(program.pipe(Effect.provide(model), Effect.provide(client)));
}

describe('@effect/ai-openai', () => {
  test('asks and gets a text', async () => {
    const { text, usage } = await run(LanguageModel.generateText({ prompt }));

    expect(text).toContain('`2 + 3` is **5**.');
    expect(usage.outputTokens).toBeGreaterThan(0);
  });

  test('streams a text', async () => {
    const parts = await run(LanguageModel.streamText({ prompt }).pipe(Stream.runCollect));
    const deltas = Array.from(parts).flatMap((part) =>
      part.type === 'text-delta' ? [part.delta] : [],
    );

    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.join('')).toContain('`2 + 3` is **5**.');
  });

  test('has its tool called and runs it', async () => {
    const getWeather = Tool.make('get_weather', {
      description: 'Tells the weather',
      parameters: { city: Schema.String },
      success: Schema.String,
    });
    const toolkit = Toolkit.make(getWeather);
    const handlers = toolkit.toLayer({
      get_weather: ({ city }) => Effect.succeed(`sunny in ${city}`),
    });
    const { toolResults } = await run(
      LanguageModel.generateText({ prompt: 'How is the weather?', toolkit }).pipe(
        Effect.provide(handlers),
      ),
    );

    expect(toolResults).toMatchObject([{ name: 'get_weather', result: 'sunny in sample city' }]);
  });

  test('gets what fits its schema', async () => {
    const schema = Schema.Struct({ name: Schema.String, age: Schema.Number });
    const { value } = await run(LanguageModel.generateObject({ prompt: 'Who is it?', schema }));

    expect(Schema.is(schema)(value)).toBe(true);
  });
});
