import type { SessionEnd } from '../../realtime/session/index.ts';
import type { NotificationParamsOf } from '../protocol/index.ts';
import type { Notify } from '../threads/index.ts';
import { describeError } from './eventNotifications.ts';
import type { VoiceMode } from './voiceMode.ts';

type Stage = NotificationParamsOf<'thread/realtime/stage'>;

const REASONS = {
  requested: 'requested',
  transportClosed: 'transport_closed',
  error: 'error',
} as const;

/** What clients are told of a session as a whole: where it stands, what it lost, how it ends (realtime-v2 §7). */
export class SessionNotifications {
  readonly #threadId: string;
  readonly #notify: Notify;
  #stage: Stage;
  #expiresAtSeconds: number | null = null;
  #unreadable = 0;
  #droppedInputChunks = 0;

  constructor(threadId: string, notify: Notify) {
    this.#threadId = threadId;
    this.#stage = { threadId, stage: 'configuring' };
    this.#notify = notify;
  }

  stage(stage: Stage['stage'], more: Pick<Stage, 'attempt' | 'detail'> = {}): void {
    this.#stage = { threadId: this.#threadId, stage, ...more };
    this.retellStage();
  }

  retellStage(): void {
    this.#notify('thread/realtime/stage', this.#stage);
  }

  /** A connection has ended: says how much of it could not be read, beyond what was told at once. */
  close(): void {
    const count = this.#unreadable;
    this.#unreadable = 0;
    if (count < 2) return;
    this.warn(`${count} messages of the voice provider were unreadable and passed over.`);
  }

  /** Something went wrong that the session survives; an `error` would make clients of the peer stop it. */
  warn(message: string): void {
    this.#notify('thread/realtime/warning', { threadId: this.#threadId, message });
  }

  /** The provider sent something that says nothing: one is worth a word, thousands a number at the end. */
  unreadable(eventType: string | undefined): void {
    this.#unreadable += 1;
    if (this.#unreadable > 1) return;
    const what = eventType ?? 'no type';
    this.warn(`The voice provider sent something unreadable (${what}); it was passed over.`);
  }

  /** The provider has taken what the session was set to; some say when it will end. */
  configured(mode: VoiceMode, expiresAtSeconds: number | undefined): void {
    this.#expiresAtSeconds = expiresAtSeconds ?? this.#expiresAtSeconds;
    this.stage('ready');
    this.mode(mode);
  }

  /** How the session goes on from now on. */
  mode(mode: VoiceMode): void {
    const threadId = this.#threadId;
    const expiresAt = this.#expiresAtSeconds;
    this.#notify('thread/realtime/session/updated', { threadId, ...mode, expiresAt });
  }

  queue(phase: 'free' | 'requested' | 'active', waiting: number): void {
    this.#notify('thread/realtime/queue/updated', {
      threadId: this.#threadId,
      phase,
      waiting,
      droppedInputChunks: this.#droppedInputChunks,
    });
  }

  /** So many pieces of microphone sound did not reach the provider. */
  dropped(chunks: number): void {
    this.#droppedInputChunks += chunks;
    this.warn(
      `The connection could not keep up: ${chunks} pieces of microphone sound were dropped.`,
    );
  }

  /** Why a session ends that nobody asked to end: in the provider's words, where it has said so. */
  broken({ detail, error }: SessionEnd): void {
    this.#notify('thread/realtime/error', {
      threadId: this.#threadId,
      ...(error === undefined
        ? { message: `The voice connection broke: ${detail}` }
        : describeError(error)),
      fatal: true,
    });
  }

  /** The last word of a session. */
  closed({ reason, closeCode, detail }: SessionEnd): void {
    this.#notify('thread/realtime/closed', {
      threadId: this.#threadId,
      reason: REASONS[reason],
      closeCode,
      detail,
    });
  }
}
