import type { FunctionCall, RealtimeSession } from '../../realtime/session/index.ts';
import type { Unsubscribe } from '../base/index.ts';
import type { Turn } from '../protocol/index.ts';
import type { LiveThread, Notify } from '../threads/index.ts';
import {
  delegatedRequest,
  NO_REQUEST_TEXT,
  outcomeText,
  requestOf,
  STEERED_TEXT,
} from './delegation.ts';

/** The handed-over task whose messages go back to the voice model, and the call that waits for it. */
type Task = { readonly callId: string; readonly turnId: string; readonly sentMessages: number };

type Session = Pick<
  RealtimeSession,
  'answerCall' | 'sendBackendText' | 'takeTranscript' | 'wantResponse'
>;

const BACKEND_LIMIT_CHARS = 4_000;

/**
 * The way between the voice and the text model of one thread (realtime-v2 §10): calls become turns or
 * steer the running one, messages go back as they are finished, and every call is answered once,
 * however its turn ends. A call belongs to the connection it came on: when that is gone its result
 * reaches the next one as an ordinary message.
 */
export class Handoff {
  readonly #thread: LiveThread;
  readonly #notify: Notify;
  readonly #session: () => Session | undefined;
  readonly #unsubscribe: readonly Unsubscribe[];
  #task: Task | undefined;

  constructor(thread: LiveThread, notify: Notify, session: () => Session | undefined) {
    this.#thread = thread;
    this.#notify = notify;
    this.#session = session;
    this.#unsubscribe = [
      thread.events.on('agentMessage', ({ turnId, text }) => {
        this.#bringMessage(turnId, text);
      }),
      thread.events.on('turnEnded', ({ turn }) => {
        this.#bringOutcome(turn);
      }),
    ];
  }

  /** The voice model asks for work. */
  take(session: Session, call: FunctionCall): void {
    const { callId } = call;
    const spoken = session.takeTranscript();
    const request = requestOf(call.arguments);
    this.#notify('thread/realtime/itemAdded', {
      threadId: this.#thread.id,
      item: {
        type: 'handoff_request',
        handoff_id: callId,
        item_id: call.itemId ?? null,
        input_transcript: request,
        active_transcript: spoken,
      },
    });
    const delegated = delegatedRequest(request, spoken);
    if (delegated === undefined) {
      session.answerCall(callId, NO_REQUEST_TEXT, true);
      return;
    }
    const { prompt, modelText } = delegated;
    const prepared = this.#thread.prepareTurn({
      input: [{ type: 'text', text: prompt }],
      delegation: { callId, prompt },
      modelText,
    });
    if (this.#task?.turnId === prepared.turn.id) session.answerCall(callId, STEERED_TEXT, true);
    else this.#task = { callId, turnId: prepared.turn.id, sentMessages: 0 };
    prepared.begin();
  }

  /** The connection is gone, and the open call with it; its turn goes on. */
  forgetCall(): void {
    this.#task = undefined;
  }

  close(): void {
    this.#task = undefined;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  #bringMessage(turnId: string, text: string): void {
    const session = this.#session();
    if (session === undefined) return;
    session.sendBackendText(shortened(text));
    if (this.#task?.turnId === turnId) {
      this.#task = { ...this.#task, sentMessages: this.#task.sentMessages + 1 };
      return;
    }
    // A typed turn beside the voice, or one whose call is gone: the answer asks to be spoken itself.
    session.wantResponse();
  }

  #bringOutcome(turn: Turn): void {
    const task = this.#task;
    if (task?.turnId !== turn.id) return;
    this.#task = undefined;
    this.#session()?.answerCall(task.callId, outcomeText(turn, task.sentMessages), true);
  }
}

/** Keeps both ends of a long message, which hold the gist; the middle is on the screen anyway. */
function shortened(text: string): string {
  if (text.length <= BACKEND_LIMIT_CHARS) return text;
  const half = BACKEND_LIMIT_CHARS / 2;
  return `${text.slice(0, half)}\n[… the middle is shown on the screen …]\n${text.slice(-half)}`;
}
