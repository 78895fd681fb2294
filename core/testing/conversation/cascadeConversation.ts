import { callAnswer, messageAnswer, type UpstreamStep } from '../../model/testing/index.ts';
import {
  type CascadeBench,
  type CascadeBenchOptions,
  hears,
  sounds,
  startCascade,
} from '../cascadeBench.ts';
import {
  type Conversation,
  type ConversationOptions,
  messageLine,
  outputLine,
  PARAMS,
  type VoiceReply,
} from './conversation.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The text model of a cascade's voice, which is asked at the same address as the agent's. */
export const VOICE_MODEL = 'voice-model';

/** One with a cascade of three scripted servers; what of it others do not have is there as well. */
export type CascadeConversation = Conversation & Pick<CascadeBench, 'ears' | 'mouth'>;

export async function startCascadeConversation({
  replies,
  params,
  mouth: said = [sounds(500)],
  ...options
}: ConversationOptions &
  Pick<CascadeBenchOptions, 'mouth' | 'realtimeSettings'>): Promise<CascadeConversation> {
  // A turn's words are added just before it is spoken.
  const heard: (readonly UpstreamStep[])[] = [];
  const bench = await startCascade(
    {
      ...options,
      config: `experimental_realtime_ws_model = "${VOICE_MODEL}"\n${options.config ?? ''}`,
      ears: heard,
      mouth: said,
      models: { [VOICE_MODEL]: replies.map(scriptOf) },
    },
    { ...PARAMS, ...params },
  );
  const { engine, probe, threadId, ears, mouth } = bench;
  const lines = async (n: number): Promise<readonly string[]> =>
    n < 1 ? [] : linesOf((await engine.upstream.of(VOICE_MODEL).request(n)).body);
  return {
    engine,
    probe,
    threadId,
    ears,
    mouth,
    say: async (words) => {
      heard.push(hears(words));
      await bench.speak();
    },
    open: (gate) => {
      engine.upstream.open(gate);
    },
    told: async (n) => (await lines(n)).slice((await lines(n - 1)).length),
    [Symbol.asyncDispose]: async () => bench[Symbol.asyncDispose](),
  };
}

function scriptOf(reply: VoiceReply, index: number): readonly UpstreamStep[] {
  if ('calls' in reply) {
    const call = { name: reply.calls, arguments: reply.with ?? {}, callId: `call_${index}` };
    return [{ events: callAnswer(call) }];
  }
  const events = messageAnswer(reply.says);
  if (reply.until === undefined) return [{ events }];
  return [{ events: events.slice(0, -2) }, { until: reply.until }, { events: events.slice(-2) }];
}

/** What a request tells the model that it has not said itself, in the order of the conversation. */
function linesOf(body: unknown): readonly string[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the engine's own request, shown as it is
  const { input } = body as { readonly input: readonly Fields[] };
  return input.flatMap(({ type, role, content, output }) => {
    if (type === 'function_call_output') return isPlaceholder(output) ? [] : [outputLine(output)];
    if (type !== 'message' || role === 'assistant') return [];
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a message has parts
    const text = String((content as readonly Fields[])[0]?.['text']);
    const note = NOTE.exec(text)?.groups?.['note'];
    if (note === undefined) return [messageLine(role, text)];
    const late = RESULT.exec(note)?.groups?.['output'];
    return [late === undefined ? messageLine('developer', note) : outputLine(late)];
  });
}

/** How a server that may know no developers is told what comes from one. */
const NOTE = /^<note [^>]*>\n(?<note>.*)\n<\/note>$/su;
/** An output that came when something else had been said. */
const RESULT = /^The result of \w+\(.*?\): (?<output>.*)$/su;

/** A text model is told of a call that has no result yet, because it has to be told something. */
const isPlaceholder = (output: unknown): boolean => String(output).startsWith('Under way.');
