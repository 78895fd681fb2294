import { type Clock, errorText, type Timer } from '../../../core/base/index.ts';
import type { ModelContext, Transcriber, Transcription } from '../models/index.ts';
import type { Effect, Input } from '../state/index.ts';
import type { InputSound } from './inputSound.ts';

/** A recogniser that has not answered so long after a turn is not waited for any more. */
const GIVE_UP_MS = 30_000;

type Begin = Extract<Effect, { type: 'beginTranscription' }>;
type TranscribeItem = Extract<Effect, { type: 'transcribeItem' }>;
type End = Extract<Effect, { type: 'endTranscription' }>;

/** A recogniser at work on one turn. */
type Running = {
  readonly itemId: string;
  /** Aborted when nobody wants the words any more. */
  readonly abort: AbortController;
  transcription: Transcription | undefined;
  /** Why there will be no words; told when the turn is over. */
  failure: string | undefined;
  /** Up to here it has got the sound; nothing more of it once the turn is over. */
  pushedTo: number;
  timers: readonly Timer[] | undefined;
};

export type TranscriptionsPorts = {
  readonly clock: Clock;
  readonly transcriber: Transcriber | undefined;
  readonly sound: InputSound;
  deliver(input: Input): void;
};

/** The turns of a session that are being turned into words. What a recogniser does ends no session. */
export class Transcriptions {
  readonly #ports: TranscriptionsPorts;
  readonly #running = new Map<string, Running>();

  constructor(ports: TranscriptionsPorts) {
    this.#ports = ports;
  }

  /** Somebody is soon going to speak. */
  prepare(context: ModelContext): void {
    try {
      this.#ports.transcriber?.prepare?.(context);
    } catch {
      // It shows again when somebody has spoken, and is told of that turn.
    }
  }

  begin({ itemId, fromSample, session }: Begin, context: ModelContext): void {
    this.#start(itemId, fromSample, session, context);
  }

  /** Takes sound that is no part of what is being said. */
  transcribe(
    { itemId, session, overdueAfterMs }: TranscribeItem,
    samples: Int16Array,
    context: ModelContext,
  ): void {
    const running = this.#start(itemId, Infinity, session, context);
    guard(running, () => running.transcription?.push(samples));
    this.#end(running, overdueAfterMs);
  }

  #start(
    itemId: string,
    fromSample: number,
    session: Begin['session'],
    context: ModelContext,
  ): Running {
    const running: Running = {
      itemId,
      abort: new AbortController(),
      transcription: undefined,
      failure: undefined,
      pushedTo: fromSample,
      timers: undefined,
    };
    this.#running.set(itemId, running);
    const { transcription } = session.input;
    const onDelta = (delta: string): void => {
      this.#tellDelta(running, delta);
    };
    guard(running, () => {
      running.transcription = this.#ports.transcriber?.begin({
        ...wishes(transcription ?? {}),
        context,
        ...(transcription !== null && { onDelta }),
      });
    });
    return running;
  }

  /** Hands on what has been said since the last time. */
  feed(): void {
    const { endSample } = this.#ports.sound;
    for (const running of this.#running.values()) {
      if (running.timers === undefined) this.#push(running, endSample);
    }
  }

  end({ itemId, toSample, overdueAfterMs }: End): void {
    const running = this.#running.get(itemId);
    if (running === undefined) return;
    this.#push(running, toSample);
    this.#end(running, overdueAfterMs);
  }

  #end(running: Running, overdueAfterMs: number | undefined): void {
    const { itemId } = running;
    const { clock } = this.#ports;
    const giveUp = clock.after(GIVE_UP_MS, () => {
      const message = `The words of the turn did not come within ${GIVE_UP_MS / 1000} seconds.`;
      this.#fail(running, 'recogniser_timeout', message);
    });
    const overdue =
      overdueAfterMs === undefined
        ? []
        : [
            clock.after(overdueAfterMs, () => {
              this.#ports.deliver({ type: 'wordsOverdue', itemId });
            }),
          ];
    running.timers = [giveUp, ...overdue];
    void this.#finish(running);
  }

  cancel(itemId: string): void {
    const running = this.#running.get(itemId);
    if (running === undefined) return;
    const { transcription, timers } = running;
    this.#settle(running);
    if (timers === undefined) guard(running, () => transcription?.cancel());
  }

  close(): void {
    for (const itemId of this.#running.keys()) this.cancel(itemId);
  }

  async #finish(running: Running): Promise<void> {
    const { itemId, transcription, abort } = running;
    try {
      if (running.failure !== undefined) throw new Error(running.failure);
      const transcript = await transcription?.end(abort.signal);
      if (this.#settle(running)) {
        this.#ports.deliver({ type: 'transcribed', itemId, text: transcript?.text ?? '' });
      }
    } catch (error) {
      const message = `The speech could not be recognised: ${errorText(error)}`;
      this.#fail(running, 'recogniser_failed', message);
    }
  }

  #fail(running: Running, code: string, message: string): void {
    const { itemId } = running;
    if (!this.#settle(running)) return;
    this.#ports.deliver({ type: 'transcriptionFailed', itemId, code, message });
  }

  /** Ends a turn for good, with all that was started for it; false when it had ended before. */
  #settle(running: Running): boolean {
    if (this.#running.get(running.itemId) !== running) return false;
    this.#running.delete(running.itemId);
    for (const timer of running.timers ?? []) timer.cancel();
    running.abort.abort();
    return true;
  }

  /** A recogniser may speak while it is spoken to, and the session takes one thing after the other. */
  #tellDelta(running: Running, delta: string): void {
    const { itemId } = running;
    queueMicrotask(() => {
      if (this.#running.get(itemId) !== running) return;
      this.#ports.deliver({ type: 'wordsHeard', itemId, delta });
    });
  }

  #push(running: Running, toSample: number): void {
    const { transcription, pushedTo } = running;
    if (toSample <= pushedTo) return;
    running.pushedTo = toSample;
    guard(running, () => transcription?.push(this.#ports.sound.cut(pushedTo, toSample)));
  }
}

/** Does something with a recogniser; one that throws is told about at the end of the turn. */
function guard(running: Running, act: () => void): void {
  if (running.failure !== undefined) return;
  try {
    act();
  } catch (error) {
    running.failure = errorText(error);
  }
}

const WISHES = ['language', 'model', 'prompt'] as const;

function wishes(
  asked: Readonly<Record<string, unknown>>,
): Partial<Record<(typeof WISHES)[number], string>> {
  const given = WISHES.flatMap((name) => {
    const value = asked[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return Object.fromEntries(given);
}
