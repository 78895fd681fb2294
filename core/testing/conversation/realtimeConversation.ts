import { Growing, Sequence } from '../../platform/testing/index.ts';
import { functionCall } from '../realtimeEvents.ts';
import type { Frame, ScriptedRealtimeSession } from '../scriptedRealtime.ts';
import { startTestEngine } from '../testEngine.ts';
import { type TRANSPORTS, voiceOver } from '../voiceBench.ts';
import {
  type Conversation,
  type ConversationOptions,
  messageLine,
  outputLine,
  PARAMS,
  type VoiceReply,
} from './conversation.ts';

type Fields = Readonly<Record<string, unknown>>;

/** One with a Realtime provider, which is a scripted server. */
export async function startRealtimeConversation(
  transport: (typeof TRANSPORTS)[number],
  { replies, params, ...options }: ConversationOptions,
): Promise<Conversation> {
  const engine = await startTestEngine(options);
  const { probe, threadId, server } = await voiceOver(transport).startVoice(engine, {
    ...PARAMS,
    ...params,
  });
  const voice = new ScriptedVoice(server, replies);
  return {
    engine,
    probe,
    threadId,
    say: async (words) => {
      voice.hear(words);
    },
    open: (gate) => {
      voice.open(gate);
    },
    told: async (n) => voice.told.at(n),
    [Symbol.asyncDispose]: async () => engine[Symbol.asyncDispose](),
  };
}

/** A voice model that answers when it is asked to, and whenever somebody has spoken. */
class ScriptedVoice {
  readonly told = new Sequence<readonly string[]>();
  readonly #server: ScriptedRealtimeSession;
  readonly #replies: readonly VoiceReply[];
  readonly #gates = new Set<string>();
  readonly #opened = new Growing();
  #turns = 0;
  /** Frames that the model knew at its last answer. */
  #known = 0;

  constructor(server: ScriptedRealtimeSession, replies: readonly VoiceReply[]) {
    this.#server = server;
    this.#replies = replies;
    void this.#answerWhenAsked();
  }

  hear(words: string): void {
    this.#turns += 1;
    const id = `user_${this.#turns}`;
    this.#server.send(
      { type: 'input_audio_buffer.speech_started', item_id: id, audio_start_ms: 300 },
      { type: 'input_audio_buffer.speech_stopped', item_id: id, audio_end_ms: 900 },
      { type: 'input_audio_buffer.committed', item_id: id, previous_item_id: null },
      {
        type: 'conversation.item.input_audio_transcription.completed',
        item_id: id,
        content_index: 0,
        transcript: words,
      },
    );
    void this.#answer(this.#server.frames.length, [messageLine('user', words)]);
  }

  open(gate: string): void {
    this.#gates.add(gate);
    this.#opened.grown();
  }

  async #answerWhenAsked(): Promise<never> {
    for (let n = 1; ; n += 1) {
      const asked = await this.#server.frame('response.create', n);
      void this.#answer(this.#server.frames.indexOf(asked), []);
    }
  }

  async #answer(upTo: number, heard: readonly string[]): Promise<void> {
    const news = this.#server.frames.slice(this.#known, upTo).flatMap(lineOf);
    this.#known = upTo;
    this.told.add([...news, ...heard]);
    const n = this.told.all.length;
    const reply = this.#replies[Math.min(n, this.#replies.length) - 1];
    const response = { id: `response_${n}` };
    const place = { item_id: `answer_${n}`, response_id: response.id };
    const cancels = this.#server.of('response.cancel').length;
    const isCancelled = (): boolean => this.#server.of('response.cancel').length > cancels;
    this.#server.send({ type: 'response.created', response });
    if (reply !== undefined && 'calls' in reply) {
      this.#server.send(functionCall(`call_${n}`, reply.calls, JSON.stringify(reply.with ?? {})));
    } else if (reply !== undefined) {
      const { says, until } = reply;
      this.#server.send(
        ...Array.from({ length: 5 }, () => ({
          type: 'response.output_audio.delta',
          ...place,
          delta: TENTH_OF_A_SECOND,
        })),
        { type: 'response.output_audio_transcript.delta', ...place, delta: says },
      );
      const goesOn = this.#opened.until(() => until === undefined || this.#gates.has(until));
      await Promise.race([goesOn, this.#server.until(isCancelled)]);
      this.#server.send({
        type: 'response.output_audio_transcript.done',
        ...place,
        transcript: says,
      });
    }
    const status = isCancelled() ? 'cancelled' : 'completed';
    this.#server.send({ type: 'response.done', response: { ...response, status } });
  }
}

const TENTH_OF_A_SECOND = Buffer.alloc(4_800).toString('base64');

/** What a frame tells the model, if it tells it something. */
function lineOf(frame: Frame): readonly string[] {
  if (frame.type !== 'conversation.item.create') return [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the engine's own frame, shown as it is
  const { type, role, content, output } = frame['item'] as Fields;
  if (type === 'function_call_output') return [outputLine(output)];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a message has parts
  return [messageLine(role, (content as readonly Fields[])[0]?.['text'])];
}
