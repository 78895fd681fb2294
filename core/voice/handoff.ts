import type {
  FunctionCall,
  OutgoingMessage,
  RealtimeSession,
} from '../../realtime/session/index.ts';
import { textHead, textTail, type Unsubscribe } from '../base/index.ts';
import type { FollowUp, Turn } from '../protocol/index.ts';
import type { LiveThread } from '../threads/index.ts';
import {
  backendItem,
  backendMessage,
  delegatedRequest,
  followUpOf,
  type HandBack,
  NO_REQUEST_TEXT,
  outcomeText,
  REMAIN_SILENT_TOOL,
  requestOf,
  STEERED_TEXT,
  withRequest,
} from './agent/index.ts';
import type { VoiceInput } from './pendingInput.ts';
import { SpokenQuestions } from './spokenQuestions.ts';

/** A handed-over task, and the call that waits for it. */
type Task = { readonly callId: string; readonly sentMessages: number };

type Session = Pick<
  RealtimeSession,
  'answerCall' | 'sendMessage' | 'takeTranscript' | 'requestResponse'
>;

export type HandoffOptions = {
  readonly thread: LiveThread;
  /** The open connection, if there is one. */
  readonly session: () => Session | undefined;
  readonly handBack: HandBack;
  /** What becomes of a request that comes while the agent works, where the call does not say. */
  readonly followUp: () => FollowUp;
  /** Takes a message that came while there is none. */
  readonly later: (input: VoiceInput) => void;
};

const BACKEND_LIMIT_CHARS = 4_000;

/**
 * The way between the voice and the text model of one thread (realtime-v2 §10): calls become turns or
 * steer the running one, messages go back as they are finished, and every call is answered once,
 * however its turn ends. A call belongs to the connection it came on: when that is gone its result
 * reaches the next one as an ordinary message.
 */
export class Handoff {
  readonly #options: HandoffOptions;
  readonly #unsubscribe: readonly Unsubscribe[];
  /** Absent where nobody here speaks for the agent. */
  readonly #questions: SpokenQuestions | undefined;
  /** By the turn that does it. Each has a call of its own, and its messages are its result. */
  readonly #tasks = new Map<string, Task>();

  constructor(options: HandoffOptions) {
    this.#options = options;
    const { thread, session, handBack } = options;
    if (handBack.type !== 'none') {
      this.#questions = new SpokenQuestions({ interactions: thread.interactions, session });
    }
    this.#unsubscribe = [
      thread.events.on('agentMessage', ({ turnId, text }) => {
        this.#bringMessage(turnId, text);
      }),
      thread.events.on('turnEnded', ({ turn }) => {
        this.#bringOutcome(turn);
      }),
    ];
  }

  /** A new connection is open: it is told what the agent waits for, if it waits. */
  connected(): void {
    this.#questions?.connected();
  }

  /** The voice model asks for work, hands over what the agent waits for, or chooses to say nothing. */
  take(session: Session, call: FunctionCall): void {
    const { callId } = call;
    if (call.name === REMAIN_SILENT_TOOL) {
      // A chosen silence: answered, no response asked for, nothing shown.
      session.answerCall(callId, '', false);
      return;
    }
    const { thread } = this.#options;
    const request = requestOf(call.arguments);
    // An answer is no request: what was said round it stays for the next one.
    const isAnswer = this.#questions?.isWaiting === true && request !== '';
    const lines = withRequest(request, isAnswer ? [] : session.takeTranscript());
    thread.tell('thread/realtime/itemAdded', {
      threadId: thread.id,
      item: {
        type: 'handoff_request',
        handoff_id: callId,
        item_id: call.itemId ?? null,
        input_transcript: request,
        active_transcript: lines,
      },
    });
    const delegated = delegatedRequest(request, lines);
    if (delegated === undefined) {
      this.#answer(session, callId, NO_REQUEST_TEXT);
      return;
    }
    const { prompt, modelText } = delegated;
    if (this.#questions?.take(session, callId, prompt) === true) return;
    const input = { input: [{ type: 'text' as const, text: prompt }], modelText };
    const prepared = thread.prepareTurn(
      { ...input, delegation: { callId, prompt } },
      followUpOf(call.arguments) ?? this.#options.followUp(),
    );
    const { id } = prepared.turn;
    if (this.#tasks.has(id)) this.#answer(session, callId, STEERED_TEXT);
    else this.#tasks.set(id, { callId, sentMessages: 0 });
    prepared.begin();
  }

  /** The connection is gone, and the open calls with it; their turns go on. */
  forgetCalls(): void {
    this.#tasks.clear();
  }

  close(): void {
    this.#tasks.clear();
    this.#questions?.close();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  /** What a call comes to beside the agent's own words. */
  #answer(session: Session, callId: string, text: string): void {
    if (this.#options.handBack.type !== 'none') session.answerCall(callId, text, true);
  }

  #bringMessage(turnId: string, text: string): void {
    const { handBack } = this.#options;
    const words = bothEnds(text);
    switch (handBack.type) {
      case 'none':
        return;
      case 'items':
        this.#bringItem(backendItem(words, handBack.prefix));
        return;
      case 'spoken':
        this.#bringSpoken(turnId, words);
    }
  }

  #bringItem(item: OutgoingMessage): void {
    const session = this.#options.session();
    if (session !== undefined) session.sendMessage(item);
    else this.#options.later({ type: 'text', ...item, respond: false });
  }

  #bringSpoken(turnId: string, text: string): void {
    const session = this.#options.session();
    if (session === undefined) {
      this.#options.later({ type: 'speech', text });
      return;
    }
    session.sendMessage(backendMessage(text));
    const task = this.#tasks.get(turnId);
    if (task !== undefined) {
      this.#tasks.set(turnId, { ...task, sentMessages: task.sentMessages + 1 });
      return;
    }
    // A typed turn beside the voice, or one whose call is gone: the answer asks to be spoken itself.
    session.requestResponse();
  }

  #bringOutcome(turn: Turn): void {
    const task = this.#tasks.get(turn.id);
    if (task === undefined) return;
    this.#tasks.delete(turn.id);
    const { handBack } = this.#options;
    const session = this.#options.session();
    if (session === undefined) return;
    // With items nobody is to speak of what went well; what did not is said in words all the same.
    const isSilent = handBack.type === 'items' && turn.status === 'completed';
    if (isSilent) session.answerCall(task.callId, '', false);
    else this.#answer(session, task.callId, outcomeText(turn, task.sentMessages));
  }
}

/** Keeps both ends of a long message, which hold the gist; the middle is on the screen anyway. */
function bothEnds(text: string): string {
  if (text.length <= BACKEND_LIMIT_CHARS) return text;
  const half = BACKEND_LIMIT_CHARS / 2;
  return `${textHead(text, half)}\n[… the middle is shown on the screen …]\n${textTail(text, half)}`;
}
