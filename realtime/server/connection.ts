import type { WebSocket } from 'ws';

import { assertNever, type Clock, errorText, type Timer } from '../../core/base/index.ts';
import { encodePcm, msToSamples, type SpeechVoice, TurnDetector } from '../audio/index.ts';
import { InputTape, ItemSounds } from './audioStore.ts';
import type { ConversationBrain, TranscriberPort } from './brain.ts';
import { describeContext } from './brainContext.ts';
import { decodeClientFrame, decodePcm16 } from './clientFrame.ts';
import { invalidRequest } from './errorBody.ts';
import { runResponse } from './responseRunner.ts';
import { detectorOptions, type SessionObject } from './sessionConfig.ts';
import { SocketWriter } from './socketWriter.ts';
import type { Effect, Input, SessionState, StepPorts, StoredItem, TurnMark } from './state.ts';
import { initialState, step } from './step.ts';

/** Ten minutes of sound of earlier turns, for `conversation.item.retrieve`. */
const KEPT_SOUND_SAMPLES = msToSamples(10 * 60_000);

export type ConnectionOptions = {
  readonly session: SessionObject;
  readonly clock: Clock;
  readonly newId: (prefix: string) => string;
  readonly voice: SpeechVoice;
  readonly brain: ConversationBrain;
  readonly transcriber?: TranscriberPort;
  readonly log: (message: string) => void;
};

/** Carries one session between its socket and its state; every decision is made in `step`. */
export class SessionConnection {
  readonly #options: ConnectionOptions;
  readonly #writer: SocketWriter;
  readonly #ports: StepPorts;
  readonly #tape = new InputTape();
  readonly #sounds = new ItemSounds(KEPT_SOUND_SAMPLES);
  readonly #detector = new TurnDetector();
  readonly #running = new Map<string, AbortController>();
  /** Aborted when the session is over. */
  readonly #over = new AbortController();
  readonly #limit: Timer;
  #idle: Timer | undefined;
  #state: SessionState;

  constructor(socket: WebSocket, options: ConnectionOptions) {
    this.#options = options;
    const { clock, newId, session, brain, transcriber } = options;
    this.#writer = new SocketWriter(socket, newId, options.log);
    this.#ports = {
      newId,
      nowMs: () => clock.nowMs(),
      transcripts: transcriber === undefined ? (brain.hears ? 'brain' : 'none') : 'recogniser',
    };
    this.#state = initialState(session, newId('conv'));
    this.#limit = clock.after(session.expiresAtMs - clock.nowMs(), () => {
      this.#take({ type: 'expired' });
    });
    socket.on('message', (data, isBinary) => {
      this.#receive(isBinary ? undefined : frameText(data));
    });
    socket.on('close', () => {
      this.#disconnect();
    });
    // An `error` is always followed by `close`; without a listener it would end the process.
    socket.on('error', (error) => {
      options.log(`socket error: ${error.message}`);
    });
    this.#take({ type: 'opened' });
  }

  #receive(text: string | undefined): void {
    if (text === undefined) {
      const message = 'Events are JSON in text frames; a binary frame was passed over.';
      this.#take({
        type: 'frameRejected',
        error: invalidRequest({ code: 'invalid_json', message }),
      });
      return;
    }
    const frame = decodeClientFrame(text);
    switch (frame.kind) {
      case 'rejected':
        this.#take({ type: 'frameRejected', error: frame.error });
        return;
      case 'event':
        this.#take({ type: 'clientEvent', event: frame.event });
        return;
      case 'append':
        this.#append(frame.samples);
        return;
      default:
        assertNever(frame, 'client frame');
    }
  }

  #append(samples: Int16Array): void {
    if (this.#state.phase === 'closed') return;
    this.#tape.append(samples);
    // Also while turns are committed by hand: the detector's time line must be the tape's.
    const turns = this.#detector.push(samples).map((event): TurnMark => {
      return event.type === 'speechStarted'
        ? { type: event.type, atSample: msToSamples(event.audioStartMs) }
        : { type: event.type, atSample: msToSamples(event.audioEndMs) };
    });
    this.#take({ type: 'audioAppended', sampleCount: samples.length, turns });
  }

  #take(input: Input): void {
    const { state, effects } = step(this.#state, input, this.#ports);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'send':
        this.#writer.send(effect.event);
        return;
      case 'sendAudio':
        this.#writer.sendAudio(effect);
        return;
      case 'sendItem':
        this.#sendItem(effect.item);
        return;
      case 'startResponse':
        this.#startResponse(effect);
        return;
      case 'stopResponse':
        this.#running.get(effect.responseId)?.abort();
        this.#running.delete(effect.responseId);
        return;
      case 'keepAudio':
        this.#sounds.keep(effect.itemId, this.#tape.cut(effect.fromSample, effect.toSample));
        return;
      case 'storeAudio': {
        const samples = decodePcm16(effect.audio);
        if (typeof samples !== 'string') this.#sounds.keep(effect.itemId, samples);
        return;
      }
      case 'forgetAudio':
        this.#sounds.forget(effect.itemId);
        return;
      case 'dropInput':
        this.#tape.dropBefore(effect.beforeSample);
        return;
      case 'restartTurnDetector':
        this.#restartTurnDetector();
        return;
      case 'transcribe':
        void this.#transcribe(effect.itemId);
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
        this.#writer.close(effect.code, effect.reason);
        return;
      default:
        assertNever(effect, 'session effect');
    }
  }

  #startResponse(start: Extract<Effect, { type: 'startResponse' }>): void {
    const { responseId } = start;
    const { brain, voice } = this.#options;
    const abort = new AbortController();
    this.#running.set(responseId, abort);
    void runResponse({
      responseId,
      brain,
      voice,
      context: describeContext(start, this.#sounds),
      signal: abort.signal,
      ready: () => this.#writer.ready(),
      deliver: (input) => {
        this.#take(input);
      },
    });
  }

  #sendItem(item: StoredItem): void {
    const samples = this.#sounds.get(item.id);
    if (samples === undefined || item.type !== 'message') {
      this.#writer.send({ type: 'conversation.item.retrieved', item });
      return;
    }
    const audio = encodePcm(samples);
    const content = item.content.map((part) =>
      part.type === 'input_audio' ? { ...part, audio } : part,
    );
    this.#writer.send({ type: 'conversation.item.retrieved', item: { ...item, content } });
  }

  #restartTurnDetector(): void {
    const { turnDetection } = this.#state.session.input;
    if (turnDetection !== null) this.#detector.configure(detectorOptions(turnDetection));
    this.#detector.reset();
  }

  async #transcribe(itemId: string): Promise<void> {
    const samples = this.#sounds.get(itemId) ?? new Int16Array();
    try {
      const text = await this.#options.transcriber?.transcribe(samples, this.#over.signal);
      this.#take({ type: 'transcribed', itemId, text: text ?? '' });
    } catch (error) {
      const message = `The speech could not be recognised: ${errorText(error)}`;
      this.#take({ type: 'transcriptionFailed', itemId, code: 'recogniser_failed', message });
    }
  }

  #disconnect(): void {
    this.#take({ type: 'disconnected' });
    this.#limit.cancel();
    this.#writer.release();
    this.#over.abort();
  }
}

function frameText(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}
