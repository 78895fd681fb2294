import type { Clock } from '../../../core/base/index.ts';
import { createToneVoice } from '../../audio/testing/index.ts';
import {
  createPracticeRealtimeModel,
  createScriptedRealtimeModel,
  parseRealtimeScript,
  type PracticeAgent,
  type RealtimeServer,
  type RealtimeServerOptions,
  startRealtimeServer,
} from '../index.ts';

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

/** An agent that no product has: the server must not mind how one is spoken to. */
export const testAgent: PracticeAgent = {
  name: { en: 'the practice model of a test', fr: "le modèle d'un test" },
  delegateTool: 'ask_helper',
  requestField: 'task',
  silenceTool: 'stay_quiet',
  typedPrefix: '[TYPED] ',
  reportPrefix: '[HELPER] ',
  tasks: (language) =>
    language === 'en'
      ? [{ phrases: ['list the (files | folders)'], example: 'list the files' }]
      : [{ phrases: ['donner la liste'], example: 'donner la liste' }],
  readQuestion: (report) => {
    const [, question, options] = /^ASK (.*\?) ?(.*)$/u.exec(report) ?? [];
    if (question === undefined) return report === 'DONE' ? { type: 'over' } : undefined;
    return { type: 'asked', question, options: options?.split('/').filter(Boolean) ?? [] };
  },
};

/** Ids that count up, so that a test can read them. */
export function countingIds(): (prefix: string) => string {
  let count = 0;
  return (prefix) => {
    count += 1;
    return `${prefix}_${count}`;
  };
}

export type TestServer = RealtimeServer & AsyncDisposable;

/** A server on a free port with a voice of tones and the practice model, unless told otherwise. */
export async function startTestServer(
  options: Partial<RealtimeServerOptions> = {},
): Promise<TestServer> {
  const server = await startRealtimeServer({
    voice: createToneVoice(),
    clock: realClock,
    newId: countingIds(),
    model: createPracticeRealtimeModel({ clock: realClock, agent: testAgent }),
    ...options,
  });
  return { ...server, [Symbol.asyncDispose]: async () => server.close() };
}

/** One rule of a script: under these conditions, these steps. */
export function rule(
  when: Readonly<Record<string, unknown>>,
  ...steps: readonly Readonly<Record<string, unknown>>[]
): Readonly<Record<string, unknown>> {
  // oxlint-disable-next-line unicorn/no-thenable -- the file format has this name
  return { when, then: steps };
}

/** A server whose model follows a script. */
export async function startScriptedServer(
  script: unknown,
  options: Partial<RealtimeServerOptions> = {},
): Promise<TestServer> {
  const parsed = parseRealtimeScript(JSON.stringify(script));
  const model = createScriptedRealtimeModel(parsed, {
    clock: options.clock ?? realClock,
    agent: testAgent,
  });
  return startTestServer({ ...options, model });
}
