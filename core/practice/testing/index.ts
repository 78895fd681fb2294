import type { Clock } from '../../base/index.ts';
import { createToneVoice } from '../../../realtime/audio/testing/index.ts';
import {
  createPracticeRealtimeModel,
  startRealtimeServer,
} from '../../../realtime/server/index.ts';
import {
  createPracticeTextModel,
  createResponsesApi,
  createScriptedTextModel,
  practiceAgent,
  ResponsesScript,
  type RunPorts,
  SampleMaker,
  type TextModelRequest,
} from '../index.ts';

export { OpenEvent, OpenResponse } from './openResponses.ts';
export { type Json, outputText, ResponsesClient } from './responsesClient.ts';

export type PracticeServer = AsyncDisposable & {
  /** What a provider's base URL would be. */
  readonly url: URL;
};

/** The Responses API on a server of its own on loopback. */
export async function startPracticeServer(ports: RunPorts): Promise<PracticeServer> {
  const { clock, newId } = ports;
  const server = await startRealtimeServer({
    clock,
    newId,
    voice: createToneVoice(),
    model: createPracticeRealtimeModel({ clock, agent: practiceAgent }),
    ...createResponsesApi(ports),
  });
  return { url: server.url, [Symbol.asyncDispose]: async () => server.close() };
}

/** The same with the practice model behind it, or a script with that as its fallback. */
export async function startPracticeApi(script?: unknown): Promise<PracticeServer> {
  const samples = new SampleMaker();
  const practice = createPracticeTextModel({ clock: realClock, samples, paceMs: 0 });
  let ids = 0;
  const server = await startPracticeServer({
    model:
      script === undefined
        ? practice
        : createScriptedTextModel(ResponsesScript.parse(script), { clock: realClock, practice }),
    clock: realClock,
    newId: (prefix) => `${prefix}_${(ids += 1)}`,
  });
  return {
    url: server.url,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await samples.close();
    },
  };
}

/** Real time: nothing here waits for a deadline. */
export const realClock: Clock = {
  nowMs: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
};

/** A request for any text, with no tools but functions of these names. */
export function textRequest(
  input: TextModelRequest['input'],
  tools: readonly string[] = [],
): TextModelRequest {
  return {
    model: 'm',
    instructions: '',
    input,
    tools: new Map(tools.map((name) => [name, { kind: 'function', parameters: {} }])),
    mustCall: false,
    format: { type: 'text' },
  };
}

/** For models that are asked for nothing that has to fit a schema. */
export const noSamples: Pick<SampleMaker, 'make'> = {
  make: () => Promise.resolve({ problem: 'this test makes no samples' }),
};
