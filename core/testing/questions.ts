import { callAnswer, messageAnswer, type UpstreamStep } from '../model/testing/index.ts';
import type { Message, RpcProbe } from './rpcProbe.ts';
import type { ScriptedRealtimeSession } from './scriptedRealtime.ts';

type Fields = Readonly<Record<string, unknown>>;

export const COLOUR = {
  id: 'colour',
  header: 'Colour',
  question: 'Which colour do you like?',
  options: [
    { label: 'Teal', description: 'A quiet one' },
    { label: 'Coral', description: 'A loud one' },
  ],
};

/** The text model asks the user these questions, and says "Fine" once it has the answer. */
export function askingScripts(...questions: readonly Fields[]): UpstreamStep[][] {
  const asks = callAnswer({
    name: 'request_user_input',
    arguments: { questions },
    callId: 'ask_1',
  });
  const fine = messageAnswer('Fine', { response: 'resp_2', item: 'msg_2' });
  return [[{ events: asks }], [{ events: fine }]];
}

/** The n-th question (from 1) that a client was asked, with its id. */
export async function asked(probe: RpcProbe, n = 1): Promise<Message & { readonly id: unknown }> {
  const method = 'item/tool/requestUserInput';
  await probe.notification(method, n);
  const message = probe.messages.filter((known) => known.method === method)[n - 1];
  return { ...message, id: message?.id };
}

/** What a client sends to answer the one question `colour`. */
export const answering = (id: unknown, ...answers: readonly string[]): unknown => ({
  id,
  result: { answers: { colour: { answers } } },
});

/** The output that the text model got for a call, in its n-th request. */
export function outputTold(body: unknown, callId = 'ask_1'): unknown {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the engine's own request, shown as it is
  const { input } = body as { readonly input: readonly Fields[] };
  return input.find((item) => item['output'] !== undefined && item['call_id'] === callId)?.[
    'output'
  ];
}

/** What a voice server was told after its first frame, in order: messages, outputs, and `create`. */
export function toldToVoice({ frames }: ScriptedRealtimeSession): readonly string[] {
  return frames.slice(1).map((frame) => {
    if (frame.type !== 'conversation.item.create') return frame.type.replace('response.', '');
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the engine's own frame, shown as it is
    const item = frame['item'] as Fields;
    if (item['type'] !== 'message') return `${String(item['call_id'])}: ${String(item['output'])}`;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a message has parts
    const [part] = item['content'] as readonly Fields[];
    return String(part?.['text']);
  });
}

/** The voice model answers what it was asked to say, so that it can be asked for more. */
export function speaks(server: ScriptedRealtimeSession, n: number): void {
  const response = { id: `r${n}`, status: 'completed' };
  server.send({ type: 'response.created', response }, { type: 'response.done', response });
}
