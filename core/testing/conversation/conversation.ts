import type { ParamsOf } from '../../protocol/index.ts';
import type { RpcProbe } from '../rpcProbe.ts';
import type { TestEngine, TestEngineOptions } from '../testEngine.ts';

/** What a voice model does when it is asked for an answer. */
export type VoiceReply =
  /** Says this; with `until` it has begun to speak, and ends when the test opens that gate. */
  | { readonly says: string; readonly until?: string }
  | { readonly calls: string; readonly with?: Readonly<Record<string, unknown>> };

export type ConversationOptions = Omit<TestEngineOptions, 'models'> & {
  /** The n-th answer of the voice model is the n-th of these, further ones the last. */
  readonly replies: readonly VoiceReply[];
  readonly params?: Partial<Omit<ParamsOf<'thread/realtime/start'>, 'threadId' | 'transport'>>;
};

/**
 * Somebody who talks with a voice model, whatever that is made of. `scripts` of the engine are those of the
 * background agent and of typed turns.
 */
export type Conversation = AsyncDisposable & {
  readonly engine: TestEngine;
  readonly probe: RpcProbe;
  readonly threadId: string;
  /** The user says these words, and then nothing; they are answered by the next reply. */
  say(words: string): Promise<void>;
  /** Lets the reply that waits for this gate go on. */
  open(gate: string): void;
  /**
   * What the voice model learned between its answer before and its n-th one (from 1), which it has been asked
   * for by then, a line each: messages by their role, and outputs of calls as `output`.
   */
  told(n: number): Promise<readonly string[]>;
};

/** A client that says by itself what it has played, so that nothing is guessed by the clock. */
export const PARAMS = { outputModality: 'audio', interruption: 'on' } as const;

export const messageLine = (role: unknown, text: unknown): string =>
  `${String(role)}: ${String(text)}`;
export const outputLine = (output: unknown): string => `output: ${String(output)}`;
