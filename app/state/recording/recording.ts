import { type Clock, errorText, type Timer } from '../../../core/base/index.ts';
import { type AppServerClient, ConnectionClosedError } from '../../../core/protocol/index.ts';
import { encodeBytes, type SoundRecording, type VoiceMedia } from '../../media/index.ts';
import { Store } from '../store.ts';
import type { UserError } from '../userError.ts';

/** Whether both sides are being recorded. */
export type RecordingState =
  | { readonly phase: 'off'; readonly error: UserError | undefined }
  | { readonly phase: 'on'; readonly recordingId: string; readonly sinceMs: number }
  /** Ended; the last pieces are on their way to the engine. */
  | { readonly phase: 'saving'; readonly recordingId: string };

export type RecordingInput =
  | { readonly type: 'started'; readonly recordingId: string; readonly nowMs: number }
  | { readonly type: 'stopped'; readonly recordingId: string }
  | { readonly type: 'saved'; readonly recordingId: string }
  /** Without an id it did not even begin. */
  | {
      readonly type: 'failed';
      readonly recordingId: string | undefined;
      readonly error: UserError;
    };

export const notRecording: RecordingState = { phase: 'off', error: undefined };

export function stepRecording(state: RecordingState, input: RecordingInput): RecordingState {
  if (input.type === 'started')
    return state.phase === 'off'
      ? { phase: 'on', recordingId: input.recordingId, sinceMs: input.nowMs }
      : state;
  const current = state.phase === 'off' ? undefined : state.recordingId;
  // Late news of an earlier recording says nothing about this one.
  if (input.recordingId !== current) return state;
  switch (input.type) {
    case 'stopped':
      return state.phase === 'on' ? { phase: 'saving', recordingId: input.recordingId } : state;
    case 'saved':
      return state.phase === 'saving' ? notRecording : state;
    case 'failed':
      return { phase: 'off', error: input.error };
  }
}

export type RecordingDeps = {
  readonly client: () => AppServerClient | undefined;
  readonly clock: Clock;
  readonly announce: (text: string) => void;
};

type Piece = { readonly data: string; readonly durationMs: number; readonly last: boolean };

/** A recording that runs or is being saved, with the pieces that the engine does not have yet. */
type Running = {
  readonly recordingId: string;
  readonly threadId: string;
  readonly recorder: SoundRecording;
  readonly waiting: Piece[];
  readonly saved: PromiseWithResolvers<void>;
  durationMs: number;
  isSending: boolean;
};

// A minute of sound; an engine that is so far behind will not catch up.
const PIECES_AT_MOST = 60;
const SAVE_LIMIT_MS = 10_000;
const KEPT = 'What was recorded until then is kept with the conversation.';

/** Records both sides while the user wants it, and hands the pieces to the engine as they come. */
export class RecordingControl {
  readonly state = new Store<RecordingState>(notRecording);
  readonly #deps: RecordingDeps;
  #running: Running | undefined;

  constructor(deps: RecordingDeps) {
    this.#deps = deps;
  }

  /** Begins to record; does nothing while one runs or is being saved. */
  start(media: VoiceMedia, threadId: string): void {
    if (this.state.getSnapshot().phase !== 'off') return;
    const recordingId = crypto.randomUUID();
    try {
      const recorder = media.record({
        onPiece: (bytes, durationMs) => {
          const running = this.#running;
          if (running?.recordingId !== recordingId) return;
          running.durationMs = durationMs;
          this.#add(running, { data: encodeBytes(bytes), durationMs, last: false });
        },
        onFault: (error) => {
          if (this.#running?.recordingId === recordingId) this.#fail(this.#running, error.message);
        },
      });
      this.#running = {
        recordingId,
        threadId,
        recorder,
        waiting: [],
        saved: Promise.withResolvers<void>(),
        durationMs: 0,
        isSending: false,
      };
    } catch (cause) {
      const error = { message: errorText(cause), hint: 'The conversation itself goes on.' };
      this.state.update(() => ({ phase: 'off', error }));
      this.#deps.announce(`Not recording. ${error.message}`);
      return;
    }
    const nowMs = this.#deps.clock.nowMs();
    this.state.update((state) => stepRecording(state, { type: 'started', recordingId, nowMs }));
    this.#deps.announce('Recording.');
  }

  /** Ends the recording and saves the rest of it; resolves when that is done or has failed. */
  async finish(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    if (this.state.getSnapshot().phase === 'saving') {
      await running.saved.promise;
      return;
    }
    const { recordingId } = running;
    this.state.update((state) => stepRecording(state, { type: 'stopped', recordingId }));
    const limit: Timer = this.#deps.clock.after(SAVE_LIMIT_MS, () => {
      this.#fail(running, 'The end of the recording could not be saved in time.');
    });
    await running.recorder.stop();
    this.#add(running, { data: '', durationMs: running.durationMs, last: true });
    await running.saved.promise;
    limit.cancel();
  }

  /** The user has read what went wrong. */
  dismiss(): void {
    this.state.update((state) => (state.phase === 'off' ? notRecording : state));
  }

  #add(running: Running, piece: Piece): void {
    if (this.#running !== running) return;
    if (running.waiting.length >= PIECES_AT_MOST) {
      this.#fail(running, 'The recording could not be saved as fast as it grew.');
      return;
    }
    running.waiting.push(piece);
    if (!running.isSending) void this.#send(running);
  }

  /** One piece after the other, because their order is the recording. */
  async #send(running: Running): Promise<void> {
    const { recordingId, threadId, recorder, waiting } = running;
    running.isSending = true;
    try {
      for (;;) {
        const piece = waiting.shift();
        if (piece === undefined) return;
        const client = this.#deps.client();
        if (client === undefined) throw new ConnectionClosedError('saving the recording');
        await client.request('thread/realtime/recording/append', {
          threadId,
          recordingId,
          mimeType: recorder.mimeType,
          ...piece,
        });
        if (this.#running !== running) return;
        if (piece.last) this.#saved(running);
      }
    } catch (error) {
      this.#fail(
        running,
        error instanceof ConnectionClosedError
          ? 'The recording ended because Parley’s engine went away.'
          : `The recording could not be saved: ${errorText(error)}`,
      );
    } finally {
      running.isSending = false;
    }
  }

  #saved(running: Running): void {
    this.#running = undefined;
    const { recordingId } = running;
    this.state.update((state) => stepRecording(state, { type: 'saved', recordingId }));
    this.#deps.announce('The recording is saved.');
    running.saved.resolve();
  }

  #fail(running: Running, message: string): void {
    if (this.#running !== running) return;
    this.#running = undefined;
    const { recordingId, threadId, recorder } = running;
    const error = { message, hint: KEPT };
    this.state.update((state) => stepRecording(state, { type: 'failed', recordingId, error }));
    this.#deps.announce(message);
    void recorder.stop();
    running.saved.resolve();
    // So that what is kept becomes part of the conversation now; it may well be refused like the rest.
    this.#deps
      .client()
      ?.request('thread/realtime/recording/append', {
        threadId,
        recordingId,
        mimeType: recorder.mimeType,
        data: '',
        durationMs: running.durationMs,
        last: true,
      })
      .catch(() => undefined);
  }
}
