import type { ConversationItem, ResponseOptions } from '../../protocol/index.ts';
import { type ErrorBody, type Refusal, invalidRequest } from '../errors/index.ts';
import type { AudioDelta, NonAudioClientEvent, ServerEventBody } from '../lines/index.ts';
import type { SessionObject } from '../config/index.ts';

/** An item as the server keeps it: every one has an id and a status. */
export type StoredItem = ConversationItem & { readonly id: string };

/** What is known of the words of a spoken turn, where anybody wants them. */
export type TurnWords =
  | {
      readonly state: 'awaited';
      readonly from: 'recogniser' | 'model';
      /** The client has asked for them; otherwise they are the model's alone. */
      readonly told: boolean;
      /** What the client has been told of them. */
      readonly soFar: string;
      readonly answer: AwaitedAnswer;
    }
  | {
      readonly state: 'known';
      readonly text: string;
      /** Something newer was answered before they came: the next answer is to these. */
      readonly isOpen?: true;
    };

/**
 * What awaited words mean for the answer: the model is not asked before they are there; they get an
 * answer of their own once they are, as what was written meanwhile was not kept waiting; nothing.
 */
type AwaitedAnswer = 'held' | 'later' | 'none';

/** Words of an answer and the stretch of its sound in which they are spoken. */
export type SpokenSpan = { readonly text: string; readonly fromMs: number; readonly toMs: number };

export type Entry = {
  readonly item: StoredItem;
  /** Sound of this item: heard from the user, or produced by the assistant. */
  readonly audioMs: number;
  readonly spans: readonly SpokenSpan[];
  readonly words?: TurnWords;
};

/** Positions count samples since the session began, so they never run backwards. */
type InputBuffer = {
  readonly startSample: number;
  readonly endSample: number;
  readonly speech: Speech | undefined;
};

/** A turn that is being said just now. */
export type Speech = {
  readonly itemId: string;
  readonly startSample: number;
  /** What the client has been told of its words; `undefined` where nobody recognises them. */
  readonly soFar: string | undefined;
};

/** The message a response is writing just now. */
export type OpenMessage = {
  readonly itemId: string;
  readonly outputIndex: number;
  readonly text: string;
  readonly audioMs: number;
  readonly spans: readonly SpokenSpan[];
};

export type ActiveResponse = {
  readonly id: string;
  /** False for `conversation: "none"`: it reads the conversation and writes nothing into it. */
  readonly inConversation: boolean;
  readonly options: ResponseOptions;
  readonly modality: 'audio' | 'text';
  readonly maxOutputTokens: number;
  /** What the model is going to be asked, while words of it are still awaited. */
  readonly held: readonly Entry[] | undefined;
  readonly inputTokens: { readonly text: number; readonly audio: number };
  readonly output: readonly StoredItem[];
  readonly open: OpenMessage | undefined;
  readonly textChars: number;
  readonly audioMs: number;
  readonly createdAtMs: number;
};

/**
 * The sound of one response that a call has still to send, or has just sent to the last sample. It
 * leaves when all of it has gone out and the response is over, or when it is cut off.
 */
export type Playing = {
  readonly responseId: string;
  /** In the order they are heard; `sent` of `total` samples have gone out. */
  readonly items: readonly {
    readonly itemId: string;
    readonly sent: number;
    readonly total: number;
  }[];
};

/** One of the ways events come and go: a WebSocket, or the data channel of a call. */
export type LineId = number;

export type SessionState = {
  readonly phase: 'open' | 'closed';
  readonly session: SessionObject;
  readonly conversationId: string;
  readonly entries: readonly Entry[];
  readonly input: InputBuffer;
  /** At most one of them is `inConversation`. */
  readonly responses: readonly ActiveResponse[];
  /** A spoken turn ended while a response ran that must not be interrupted. */
  readonly turnWaiting: boolean;
  /** Set by the first assistant audio; the voice cannot change after it (realtime-v2 §21.2). */
  readonly voiceFixed: boolean;
  /** In a call, what is heard now and then; on a WebSocket, where the client plays, `undefined`. */
  readonly playout: readonly Playing[] | undefined;
};

/** What the turn detector found in one chunk, on the session's time line. */
export type TurnMark =
  | { readonly type: 'speechStarted'; readonly atSample: number }
  | { readonly type: 'speechStopped'; readonly atSample: number };

export type ResponseOutcome =
  | { readonly status: 'completed' }
  | { readonly status: 'cancelled'; readonly reason: 'turn_detected' | 'client_cancelled' }
  | { readonly status: 'incomplete'; readonly reason: 'max_output_tokens' }
  | { readonly status: 'failed'; readonly code: string; readonly message: string };

export type Input =
  /** A line has joined; without an id, whoever listens. */
  | { readonly type: 'opened'; readonly line?: LineId }
  | { readonly type: 'clientEvent'; readonly event: NonAudioClientEvent; readonly line?: LineId }
  | { readonly type: 'frameRejected'; readonly error: ErrorBody; readonly line?: LineId }
  | {
      readonly type: 'audioAppended';
      readonly sampleCount: number;
      readonly turns: TurnMark[];
      /** Absent for the sound of a call. */
      readonly line?: LineId;
    }
  /** A call has sent so many samples of a response. */
  | { readonly type: 'audioSent'; readonly responseId: string; readonly sampleCount: number }
  /** More words of a turn, which need not be over. */
  | { readonly type: 'wordsHeard'; readonly itemId: string; readonly delta: string }
  | { readonly type: 'transcribed'; readonly itemId: string; readonly text: string }
  /** An answer has waited long enough for the words of a turn. */
  | { readonly type: 'wordsOverdue'; readonly itemId: string }
  | {
      readonly type: 'transcriptionFailed';
      readonly itemId: string;
      readonly code: string;
      readonly message: string;
    }
  | { readonly type: 'textProduced'; readonly responseId: string; readonly text: string }
  | {
      readonly type: 'audioProduced';
      readonly responseId: string;
      readonly samples: Int16Array;
      /** False for sound that speaks none of the words. */
      readonly spoken: boolean;
    }
  | {
      readonly type: 'callProduced';
      readonly responseId: string;
      readonly name: string;
      readonly arguments: string;
    }
  | { readonly type: 'heardProduced'; readonly responseId: string; readonly text: string }
  | {
      readonly type: 'rawProduced';
      readonly responseId: string;
      readonly event: ServerEventBody;
    }
  | {
      readonly type: 'closeProduced';
      readonly responseId: string;
      readonly code: number;
      readonly reason: string;
    }
  | {
      readonly type: 'responseEnded';
      readonly responseId: string;
      readonly outcome: ResponseOutcome;
    }
  | { readonly type: 'idled' }
  | { readonly type: 'expired' }
  /** A line has gone. A call goes on without it; a WebSocket was its session. */
  | { readonly type: 'disconnected' }
  /** The call is over, or the server is. */
  | { readonly type: 'ended'; readonly code: number; readonly reason: string };

export type Effect =
  /** To one line, or to all. */
  | {
      readonly type: 'send';
      readonly event: ServerEventBody;
      readonly to?: LineId;
    }
  /** Sound for a client that plays it itself. */
  | ({ readonly type: 'sendAudio' } & AudioDelta)
  /** Sound for the call to send in real time. */
  | { readonly type: 'playAudio'; readonly responseId: string; readonly samples: Int16Array }
  | { readonly type: 'dropAudio'; readonly responseId: string }
  | {
      readonly type: 'startResponse';
      readonly responseId: string;
      readonly items: readonly Entry[];
      readonly options: ResponseOptions;
      readonly session: SessionObject;
      readonly modality: 'audio' | 'text';
    }
  | { readonly type: 'stopResponse'; readonly responseId: string }
  /** Keep a stretch of the input as the sound of an item. */
  | {
      readonly type: 'keepAudio';
      readonly itemId: string;
      readonly fromSample: number;
      readonly toSample: number;
    }
  /** Keep sound that came inside an item. */
  | { readonly type: 'storeAudio'; readonly itemId: string; readonly samples: Int16Array }
  | { readonly type: 'forgetAudio'; readonly itemId: string }
  | { readonly type: 'dropInput'; readonly beforeSample: number }
  /** Send an item with its sound, if it is still there. */
  | {
      readonly type: 'sendItem';
      readonly item: StoredItem;
      readonly to?: LineId;
    }
  | { readonly type: 'restartTurnDetector' }
  /** Recognise what has been said since then and what comes. */
  | {
      readonly type: 'beginTranscription';
      readonly itemId: string;
      readonly fromSample: number;
      readonly entries: readonly Entry[];
      readonly session: SessionObject;
    }
  /** Recognise the sound that came inside an item, all of which is there. */
  | {
      readonly type: 'transcribeItem';
      readonly itemId: string;
      readonly entries: readonly Entry[];
      readonly session: SessionObject;
      readonly overdueAfterMs?: number;
    }
  /** The turn ended here; its words are wanted. */
  | {
      readonly type: 'endTranscription';
      readonly itemId: string;
      readonly toSample: number;
      /** After this time `wordsOverdue` is to come. */
      readonly overdueAfterMs?: number;
    }
  | { readonly type: 'cancelTranscription'; readonly itemId: string }
  | { readonly type: 'armIdle'; readonly delayMs: number }
  | { readonly type: 'disarmIdle' }
  | { readonly type: 'close'; readonly code: number; readonly reason: string };

/** What a step may ask its surroundings for; with the same answers it does the same. */
export type StepPorts = {
  newId(prefix: string): string;
  nowMs(): number;
  /** Speech can be turned into words while it is said. */
  readonly hasRecogniser: boolean;
  /** The model's answers bring the words of spoken turns along. */
  readonly modelBringsWords: boolean;
  /** Set where the model answers words, not sound: how long it waits for them. */
  readonly wordsWithinMs: number | undefined;
  /** Voices beside those of the API; undefined where any name may be one. */
  readonly voices: readonly string[] | undefined;
};

/**
 * Collects one step. It is made afresh for every step and never kept, so from outside a step is a
 * pure function.
 */
export class Draft {
  state: SessionState;
  readonly effects: Effect[] = [];
  readonly ports: StepPorts;
  /** The line whose input this is, which alone is told what is wrong with it. */
  readonly line: LineId | undefined;

  constructor(state: SessionState, ports: StepPorts, line: LineId | undefined) {
    this.state = state;
    this.ports = ports;
    this.line = line;
  }

  set(change: Partial<SessionState>): void {
    this.state = { ...this.state, ...change };
  }

  do(effect: Effect): void {
    this.effects.push(effect);
  }

  send(event: ServerEventBody): void {
    this.effects.push({ type: 'send', event });
  }

  /** Answers the line that asked; what no line asked for, all hear. */
  reply(event: ServerEventBody): void {
    this.effects.push({ type: 'send', event, ...this.#toLine });
  }

  refuse(error: Refusal): void {
    this.reply({ type: 'error', error: invalidRequest(error) });
  }

  replyItem(item: StoredItem): void {
    this.effects.push({ type: 'sendItem', item, ...this.#toLine });
  }

  get #toLine(): { readonly to?: LineId } {
    return this.line === undefined ? {} : { to: this.line };
  }
}

export const SAMPLES_PER_MS = 24;

export function defaultResponse(state: SessionState): ActiveResponse | undefined {
  return state.responses.find((response) => response.inConversation);
}
