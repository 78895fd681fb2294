import { assertNever, type Clock, errorText, type Timer } from '../../../core/base/index.ts';
import { msToSamples, type SpeechVoice } from '../../audio/index.ts';
import { ItemSounds } from './audioStore.ts';
import type { RealtimeModel, Transcriber } from '../models/index.ts';
import { describeConversation } from './modelContext.ts';
import {
  decodeClientFrame,
  eventFrame,
  type EventLine,
  type ServerEventBody,
  soundFormat,
  SoundReader,
} from '../lines/index.ts';
import { invalidRequest } from '../errors/index.ts';
import { InputSound } from './inputSound.ts';
import {
  type Effect,
  initialState,
  type Input,
  type LineId,
  type SessionState,
  step,
  type StepPorts,
} from '../state/index.ts';
import { PhraseNews } from './phraseNews.ts';
import { PlayoutSound } from './playoutSound.ts';
import { ResponseRuns } from './responseRuns.ts';
import { SoundOut } from './soundOut.ts';
import { Transcriptions } from './transcriptions.ts';
import type { SessionObject } from '../config/index.ts';

/** Ten minutes of sound of earlier turns, for `conversation.item.retrieve`. */
const KEPT_SOUND_SAMPLES = msToSamples(10 * 60_000);

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

/** Carries a session between its lines, its sound and its state; every decision is made in `step`. */
export class ServerSession {
  readonly #options: ServerSessionOptions;
  readonly #ports: StepPorts;
  readonly #lines = new Map<LineId, EventLine>();
  readonly #heard = new InputSound();
  readonly #reader = new SoundReader();
  readonly #soundOut: SoundOut;
  readonly #playout = new PlayoutSound();
  readonly #sounds = new ItemSounds(KEPT_SOUND_SAMPLES);
  readonly #responses: ResponseRuns;
  readonly #transcriptions: Transcriptions;
  readonly #phrases: PhraseNews;
  readonly #limit: Timer;
  #lastLine: LineId = 0;
  /** The settings that the transcriber was last made ready for. */
  #preparedFor: SessionObject | undefined;
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
    const deliver = (input: Input): void => {
      this.#take(input);
    };
    this.#transcriptions = new Transcriptions({ clock, transcriber, sound: this.#heard, deliver });
    this.#responses = new ResponseRuns({
      model,
      voice,
      sounds: this.#sounds,
      state: () => this.#state,
      linesReady: () => Promise.all(Array.from(this.#lines.values(), async (line) => line.ready())),
      deliver,
    });
    this.#soundOut = new SoundOut({
      format: () => soundFormat(this.#state.session.output.format),
      newId,
      write: (frame) => {
        this.#write(frame);
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
    const taken = this.#playout.take(responseId, this.#responses.isRunning(responseId));
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
    this.#expectSpeech(state);
    this.#responses.wake();
    if (!wasOver && state.phase === 'closed') this.#release();
  }

  /** Whoever sends sound is soon going to speak; other settings may ask for another language. */
  #expectSpeech({ phase, input, entries, session }: SessionState): void {
    const { model, transcriber } = this.#options;
    if (transcriber?.prepare === undefined || model.hears || phase === 'closed') return;
    if (input.endSample === 0 || this.#preparedFor === session) return;
    this.#preparedFor = session;
    this.#transcriptions.prepare(describeConversation({ entries, session }, this.#sounds));
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'send':
        this.#send(effect.event, effect.to);
        return;
      case 'sendAudio':
        this.#soundOut.send(effect);
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
        this.#responses.start(effect);
        return;
      case 'stopResponse':
        this.#responses.stop(effect.responseId);
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

  #send(event: ServerEventBody, to: LineId | undefined): void {
    if (event.type === 'response.output_audio.done') this.#soundOut.end(event['item_id']);
    this.#write(eventFrame(event, this.#options.newId), to);
  }

  #write(frame: string, to?: LineId): void {
    if (to !== undefined) this.#lines.get(to)?.write(frame);
    else for (const line of this.#lines.values()) line.write(frame);
  }

  #release(): void {
    this.#limit.cancel();
    this.#playout.clear();
    this.#transcriptions.close();
    for (const line of this.#lines.values()) line.release();
    this.#options.onOver?.();
  }
}
