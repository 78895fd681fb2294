import * as z from 'zod';

import { ProductError, type Unsubscribe } from '../../core/base/index.ts';

export type CallFault = 'unsupported' | 'offer' | 'answer';

const FAULT_WORDS: Readonly<Record<CallFault, string>> = {
  unsupported: 'this browser cannot make calls',
  offer: 'the browser could not offer a call',
  answer: 'the browser could not use the answer to its call',
};

/** A call could not be made; `code` says at which step, and the message is a clause, not a sentence. */
export class CallError extends ProductError {
  readonly code: CallFault;
  readonly retryable = true;

  constructor(code: CallFault, options?: { cause?: unknown }) {
    super(FAULT_WORDS[code], options);
    this.code = code;
  }
}

/** `disconnected` may heal by itself; `failed` does not, and nothing comes after `closed`. */
export type CallState = 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

/** What the far side says over the call itself, sooner than it comes by way of the engine. */
export type CallWord =
  | { readonly type: 'soundStarted'; readonly responseId: string | undefined }
  | { readonly type: 'soundStopped'; readonly responseId: string | undefined }
  | { readonly type: 'soundCleared'; readonly responseId: string | undefined }
  | { readonly type: 'speechStarted' };

export type CallEvents = {
  readonly state: CallState;
  readonly word: CallWord;
};

/** One call by WebRTC: the microphone goes out, the far side's voice comes in. */
export interface VoiceCall {
  readonly state: CallState;
  on<Name extends keyof CallEvents>(
    name: Name,
    listener: (payload: CallEvents[Name]) => void,
  ): Unsubscribe;
  /** The offer as SDP; rejects with `CallError`. */
  offer(): Promise<string>;
  /** Takes the answer, as SDP; media flows after that. Rejects with `CallError`. */
  accept(sdp: string): Promise<void>;
  /** Whether the far side can still be reached; takes up to four seconds to say no. */
  isAlive(): Promise<boolean>;
  /** Hangs up; twice is harmless. */
  close(): void;
}

const WireWord = z.looseObject({ type: z.string(), response_id: z.string().nullish() });

const WORDS: Readonly<Record<string, CallWord['type']>> = {
  'output_audio_buffer.started': 'soundStarted',
  'output_audio_buffer.stopped': 'soundStopped',
  'output_audio_buffer.cleared': 'soundCleared',
  'input_audio_buffer.speech_started': 'speechStarted',
};

/** Reads a message of the events channel; undefined for the many that the engine deals with. */
export function readCallWord(message: unknown): CallWord | undefined {
  if (typeof message !== 'string') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(message);
  } catch {
    return undefined;
  }
  const { success, data } = WireWord.safeParse(value);
  if (!success || !Object.hasOwn(WORDS, data.type)) return undefined;
  const type = WORDS[data.type];
  if (type === undefined) return undefined;
  if (type === 'speechStarted') return { type };
  return { type, responseId: data.response_id ?? undefined };
}
