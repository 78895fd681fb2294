import {
  countingIds,
  realClock,
  startTestServer,
  type TestServer,
} from '../../../realtime/server/testing/index.ts';
import {
  createPracticeTextModel,
  createResponsesApi,
  createScriptedTextModel,
  ResponsesScript,
  type RunPorts,
  SampleMaker,
  type TextModelRequest,
} from '../index.ts';

export { countingIds, realClock, rule } from '../../../realtime/server/testing/index.ts';
export { OpenEvent, OpenResponse } from './openResponses.ts';
export { type Json, outputText, ResponsesClient } from './responsesClient.ts';

/** The Responses API on a server of its own on loopback; its `url` is what a provider's base URL would be. */
export type PracticeServer = Pick<TestServer, 'url' | typeof Symbol.asyncDispose>;

export async function startPracticeServer(ports: RunPorts): Promise<PracticeServer> {
  return startTestServer(createResponsesApi(ports));
}

/** The same with the practice model behind it, or a script with that as its fallback. */
export async function startPracticeApi(script?: unknown): Promise<PracticeServer> {
  const samples = new SampleMaker();
  const practice = createPracticeTextModel({ clock: realClock, samples, paceMs: 0 });
  const server = await startPracticeServer({
    model:
      script === undefined
        ? practice
        : createScriptedTextModel(ResponsesScript.parse(script), { clock: realClock, practice }),
    clock: realClock,
    newId: countingIds(),
  });
  return {
    url: server.url,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await samples.close();
    },
  };
}

/** A request for any text, with no tools but functions of these names. */
export function textRequest(
  input: TextModelRequest['input'],
  tools: readonly string[] = [],
): TextModelRequest {
  return {
    model: 'm',
    instructions: '',
    wantsSummary: false,
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
