import { assertNever, type Clock, errorText, type Timer } from '../../../core/base/index.ts';
import { msToSamples, type SpeechStyle, type SpeechVoice } from '../../audio/index.ts';
import { ItemSounds } from './audioStore.ts';
import type { RealtimeModel, Transcriber } from '../models/index.ts';
import { describeContext, describeConversation } from './modelContext.ts';
import {
  type AudioDelta,
  audioFrame,
  decodeClientFrame,
  eventFrame,
  type EventLine,
  type ServerEventBody,
  soundFormat,
  SoundReader,
  SoundWriter,
} from '../lines/index.ts';
import { invalidRequest } from '../errors/index.ts';
import { InputSound } from './inputSound.ts';
import {
  type Effect,
  initialState,
  type Input,
  type LineId,
  samplesAhead,
  type SessionState,
  step,
  type StepPorts,
} from '../state/index.ts';
import { PhraseNews } from './phraseNews.ts';
import { PlayoutSound } from './playoutSound.ts';
import { runResponse } from './responseRunner.ts';
import { Transcriptions } from './transcriptions.ts';
import type { SessionObject } from '../config/index.ts';

/** Ten minutes of sound of earlier turns, for `conversation.item.retrieve`. */
const KEPT_SOUND_SAMPLES = msToSamples(10 * 60_000);
/** An answer waits when so much sound of a call is still to be sent; the rest may not be wanted. */
const MAX_AHEAD_SAMPLES = msToSamples(30_000);

/** What all sessions of one server share. */
export type SessionPorts = {
  readonly clock: Clock;
  readonly newId: (prefix: string) => string;
  readonly voice: SpeechVoice;
  readonly model: RealtimeModel;
  readonly transcriber?: Transcriber;
  readonly log: (message: string) => void;
};

export type ServerSessionOptions = SessionPorts & {
  readonly session: SessionObject;
  readonly playedBy: 'client' | 'call';
  /** The session has ended, whoever ended it; comes once. */
  onOver?(): void;
};

/** A line that has joined a session, as seen by whoever reads from it. */
export type JoinedLine = {
  /** Takes one frame; `undefined` for one that is not text. */
  receive(text: string | undefined): void;
  /** The line has gone; nothing is written to it any more. */
  left(): void;
};

type Spoken = Omit<AudioDelta, 'samples'>;

/** Carries a session between its lines, its sound and its state; every decision is made in `step`. */
export class ServerSession {
  readonly #options: ServerSessionOptions;
  readonly #ports: StepPorts;
  readonly #lines = new Map<LineId, EventLine>();
  readonly #heard = new InputSound();
  readonly #reader = new SoundReader();
  /** What writes the sound of each item that is being spoken over a socket. */
  readonly #writers = new Map<string, { readonly writer: SoundWriter; readonly place: Spoken }>();
  readonly #playout = new PlayoutSound();
  readonly #sounds = new ItemSounds(KEPT_SOUND_SAMPLES);
  readonly #running = new Map<string, AbortController>();
  readonly #transcriptions: Transcriptions;
  readonly #phrases: PhraseNews;
  readonly #limit: Timer;
  #waiting: { readonly responseId: string; readonly resolve: () => void }[] = [];
  #lastLine: LineId = 0;
  #idle: Timer | undefined;
  #state: SessionState;

  constructor(options: ServerSessionOptions) {
    this.#options = options;
    const { clock, newId, session, model, voice, transcriber, playedBy } = options;
    this.#ports = {
      newId,
      nowMs: () => clock.nowMs(),
      hasRecogniser: transcriber !== undefined,
      modelBringsWords: model.hears,
      wordsWithinMs: model.needsWords?.withinMs,
      voices: voice.voices,
    };
    this.#transcriptions = new Transcriptions({
      clock,
      transcriber,
      sound: this.#heard,
      deliver: (input) => {
        this.#take(input);
      },
    });
    this.#phrases = new PhraseNews({
      model,
      sounds: this.#sounds,
      send: (event) => {
        this.#send(event, undefined);
      },
    });
    this.#state = initialState(session, newId('conv'), playedBy);
    this.#limit = clock.after(session.expiresAtMs - clock.nowMs(), () => {
      this.#take({ type: 'expired' });
    });
  }

  /** Adds a way for events to come and go, and greets it with the session as it is now. */
  join(line: EventLine): JoinedLine {
    this.#lastLine += 1;
    const id = this.#lastLine;
    this.#lines.set(id, line);
    this.#phrases.repeat();
    this.#take({ type: 'opened', line: id });
    return {
      receive: (text) => {
        if (!this.#lines.has(id)) return;
        try {
          this.#receive(text, id);
        } catch (error) {
          // The fault is ours; it costs this session and no other.
          this.#options.log(`an event could not be handled: ${errorText(error)}`);
          this.end(1011, 'The server failed on an event');
        }
      },
      left: () => {
        if (!this.#lines.delete(id)) return;
        line.release();
        this.#take({ type: 'disconnected' });
      },
    };
  }

  get lineCount(): number {
    return this.#lines.size;
  }

  /** Takes sound of the user, mono at 24 kHz. */
  hear(samples: Int16Array, line?: LineId): void {
    if (this.#state.phase === 'closed') return;
    const turns = this.#heard.append(samples);
    const sampleCount = samples.length;
    this.#take({ type: 'audioAppended', sampleCount, turns, ...(line !== undefined && { line }) });
    this.#transcriptions.feed();
  }

  /** What a call sends in the next 20 ms; `undefined` is silence. */
  nextFrame(): Int16Array | undefined {
    const [playing] = this.#state.playout ?? [];
    if (playing === undefined || this.#state.phase === 'closed') return undefined;
    const { responseId } = playing;
    const taken = this.#playout.take(responseId, this.#isRunning(responseId));
    if (taken === undefined) return undefined;
    this.#take({ type: 'audioSent', responseId, sampleCount: taken.sampleCount });
    return taken.frame;
  }

  /** Ends the session and closes its lines with this code; ending twice does nothing more. */
  end(code: number, reason: string): void {
    this.#take({ type: 'ended', code, reason });
  }

  #receive(text: string | undefined, line: LineId): void {
    if (text === undefined) {
      const message = 'Events are JSON in text frames; a binary frame was passed over.';
      const error = invalidRequest({ code: 'invalid_json', message });
      this.#take({ type: 'frameRejected', error, line });
      return;
    }
    const { type: sessionType, input } = this.#state.session;
    const inputFormat = soundFormat(input.format);
    const frame = decodeClientFrame(text, { sessionType, inputFormat });
    switch (frame.kind) {
      case 'rejected':
        this.#take({ type: 'frameRejected', error: frame.error, line });
        return;
      case 'event':
        this.#take({ type: 'clientEvent', event: frame.event, line });
        return;
      case 'append':
        this.hear(this.#reader.read(frame.samples, inputFormat), line);
        return;
      default:
        assertNever(frame, 'client frame');
    }
  }

  #take(input: Input): void {
    const wasOver = this.#state.phase === 'closed';
    const { state, effects } = step(this.#state, input, this.#ports);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    this.#phrases.follow(state);
    this.#wake();
    if (!wasOver && state.phase === 'closed') this.#release();
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'send':
        this.#send(effect.event, effect.to);
        return;
      case 'sendAudio':
        this.#sendSound(effect);
        return;
      case 'sendItem': {
        const format = soundFormat(this.#state.session.input.format);
        const item = this.#sounds.describe(effect.item, format);
        this.#send({ type: 'conversation.item.retrieved', item }, effect.to);
        return;
      }
      case 'playAudio':
        this.#playout.push(effect.responseId, effect.samples);
        return;
      case 'dropAudio':
        this.#playout.drop(effect.responseId);
        return;
      case 'startResponse':
        this.#startResponse(effect);
        return;
      case 'stopResponse':
        this.#running.get(effect.responseId)?.abort();
        this.#running.delete(effect.responseId);
        return;
      case 'keepAudio':
        this.#sounds.keep(effect.itemId, this.#heard.cut(effect.fromSample, effect.toSample));
        return;
      case 'storeAudio':
        this.#sounds.keep(effect.itemId, effect.samples);
        return;
      case 'forgetAudio':
        this.#sounds.forget(effect.itemId);
        return;
      case 'dropInput':
        this.#heard.dropBefore(effect.beforeSample);
        return;
      case 'restartTurnDetector':
        this.#heard.restart(this.#state.session.input.turnDetection);
        return;
      case 'beginTranscription':
        this.#transcriptions.begin(effect, describeConversation(effect, this.#sounds));
        return;
      case 'transcribeItem': {
        const samples = this.#sounds.get(effect.itemId) ?? new Int16Array();
        const context = describeConversation(effect, this.#sounds);
        this.#transcriptions.transcribe(effect, samples, context);
        return;
      }
      case 'endTranscription':
        this.#transcriptions.end(effect);
        return;
      case 'cancelTranscription':
        this.#transcriptions.cancel(effect.itemId);
        return;
      case 'armIdle':
        this.#idle?.cancel();
        this.#idle = this.#options.clock.after(effect.delayMs, () => {
          this.#take({ type: 'idled' });
        });
        return;
      case 'disarmIdle':
        this.#idle?.cancel();
        return;
      case 'close':
        for (const line of this.#lines.values()) line.close(effect.code, effect.reason);
        return;
      default:
        assertNever(effect, 'session effect');
    }
  }

  #sendSound(effect: Spoken & { readonly samples: Int16Array }): void {
    const { itemId, samples, ...rest } = effect;
    const kept = this.#writers.get(itemId)?.writer;
    const writer = kept ?? new SoundWriter(soundFormat(this.#state.session.output.format));
    const place = { itemId, responseId: rest.responseId, outputIndex: rest.outputIndex };
    if (kept === undefined) this.#writers.set(itemId, { writer, place });
    this.#writeSound(place, writer.write(samples));
  }

  /** What a filter still held back belongs before the end of its item. */
  #endSound(itemId: unknown): void {
    const ending = typeof itemId === 'string' ? this.#writers.get(itemId) : undefined;
    if (ending === undefined) return;
    this.#writers.delete(ending.place.itemId);
    this.#writeSound(ending.place, ending.writer.end());
  }

  #writeSound(place: Spoken, delta: string): void {
    if (delta !== '') this.#write(audioFrame(place, delta, this.#options.newId));
  }

  #send(event: ServerEventBody, to: LineId | undefined): void {
    if (event.type === 'response.output_audio.done') this.#endSound(event['item_id']);
    this.#write(eventFrame(event, this.#options.newId), to);
  }

  #write(frame: string, to?: LineId): void {
    if (to !== undefined) this.#lines.get(to)?.write(frame);
    else for (const line of this.#lines.values()) line.write(frame);
  }

  #startResponse(start: Extract<Effect, { type: 'startResponse' }>): void {
    const { responseId } = start;
    const { model, voice } = this.#options;
    const abort = new AbortController();
    this.#running.set(responseId, abort);
    void runResponse({
      responseId,
      model,
      voice,
      style: styleOf(start.session.output),
      context: describeContext(start, this.#sounds),
      signal: abort.signal,
      ready: async () => this.#ready(responseId),
      deliver: (input) => {
        this.#take(input);
      },
    });
  }

  /** Resolves when every line, and in a call the playout, can take more of a response. */
  async #ready(responseId: string): Promise<void> {
    await Promise.all(Array.from(this.#lines.values(), async (line) => line.ready()));
    if (this.#mayGoOn(responseId)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ responseId, resolve });
    await promise;
  }

  #mayGoOn(responseId: string): boolean {
    if (!this.#isRunning(responseId)) return true;
    return samplesAhead(this.#state.playout ?? [], responseId) < MAX_AHEAD_SAMPLES;
  }

  #wake(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(({ responseId }) => !this.#mayGoOn(responseId));
    for (const { responseId, resolve } of waiting) if (this.#mayGoOn(responseId)) resolve();
  }

  #isRunning(responseId: string): boolean {
    return this.#state.responses.some(({ id }) => id === responseId);
  }

  #release(): void {
    this.#limit.cancel();
    this.#playout.clear();
    this.#transcriptions.close();
    for (const line of this.#lines.values()) line.release();
    this.#options.onOver?.();
  }
}

/** Voices of the API that are not there are had from the voice itself, so every client is answered. */
function styleOf({ voice, speed }: SessionObject['output']): SpeechStyle {
  return { voice: typeof voice === 'string' ? voice : undefined, speed };
}
