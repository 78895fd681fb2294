import { ManualClock } from '../../../core/base/testing/index.ts';
import type { ResponseOptions } from '../../protocol/index.ts';
import { newSession } from '../config/index.ts';
import type { NonAudioClientEvent, ServerEventBody } from '../lines/index.ts';
import {
  type Effect,
  initialState,
  type Input,
  type SessionState,
  step,
  type StepPorts,
} from '../state/index.ts';
import { countingIds } from './testServer.ts';

/** One session's state under test: no socket, no model, no timer; a test supplies every input. */
export class SessionBench {
  readonly clock = new ManualClock();
  readonly effects: Effect[] = [];
  readonly sent: ServerEventBody[] = [];
  readonly ports: StepPorts;
  state: SessionState;

  /** `words` says who supplies them: a recogniser, the model, nobody. */
  constructor(
    words: 'none' | 'model' | 'recogniser' = 'none',
    playedBy: 'client' | 'call' = 'client',
    wordsWithinMs?: number,
  ) {
    this.ports = {
      newId: countingIds(),
      nowMs: () => this.clock.nowMs(),
      hasRecogniser: words === 'recogniser',
      modelBringsWords: words === 'model',
      wordsWithinMs,
      voices: [],
    };
    const session = newSession('sess', 'practice', this.clock.nowMs() + 3_600_000);
    this.state = initialState(session, 'conv', playedBy);
  }

  /** Takes inputs one after the other and returns the events they made the server send. */
  take(...inputs: readonly Input[]): readonly ServerEventBody[] {
    const before = this.sent.length;
    for (const input of inputs) {
      const { state, effects } = step(this.state, input, this.ports);
      this.state = state;
      this.effects.push(...effects);
      for (const effect of effects) {
        if (effect.type === 'send') this.sent.push(effect.event);
        if (effect.type === 'sendAudio') {
          const { responseId, itemId } = effect;
          const type = 'response.output_audio.delta';
          this.sent.push({ type, response_id: responseId, item_id: itemId });
        }
      }
    }
    return this.sent.slice(before);
  }

  client(...events: readonly NonAudioClientEvent[]): readonly ServerEventBody[] {
    return this.take(...events.map((event) => ({ type: 'clientEvent', event }) as const));
  }

  /** Asks for a response and returns its id. */
  startResponse(response?: ResponseOptions): string {
    this.client({ type: 'response.create', ...(response !== undefined && { response }) });
    const id = this.state.responses.at(-1)?.id;
    if (id === undefined) throw new Error('No response was started');
    return id;
  }

  /** Lets a response say a text in so many ms of sound. */
  say(responseId: string, text: string, audioMs: number): readonly ServerEventBody[] {
    const samples = new Int16Array(audioMs * 24);
    return this.take(
      { type: 'textProduced', responseId, text },
      { type: 'audioProduced', responseId, samples, spoken: true },
    );
  }

  /** Lets a call send so many ms of the response that is being heard. */
  play(audioMs: number): readonly ServerEventBody[] {
    const responseId = this.state.playout?.[0]?.responseId ?? 'resp_none';
    return this.take({ type: 'audioSent', responseId, sampleCount: audioMs * 24 });
  }

  complete(responseId: string): readonly ServerEventBody[] {
    const outcome = { status: 'completed' } as const;
    return this.take({ type: 'responseEnded', responseId, outcome });
  }

  /** Appends silence in which the detector is said to have found these marks, in ms. */
  hear(
    lengthMs: number,
    marks: { readonly startedMs?: number; readonly stoppedMs?: number } = {},
  ): readonly ServerEventBody[] {
    const { startedMs, stoppedMs } = marks;
    return this.take({
      type: 'audioAppended',
      sampleCount: lengthMs * 24,
      turns: [
        ...(startedMs === undefined
          ? []
          : [{ type: 'speechStarted', atSample: startedMs * 24 } as const]),
        ...(stoppedMs === undefined
          ? []
          : [{ type: 'speechStopped', atSample: stoppedMs * 24 } as const]),
      ],
    });
  }

  userSays(text: string, id?: string): readonly ServerEventBody[] {
    const content = [{ type: 'input_text' as const, text }];
    return this.client({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content, ...(id !== undefined && { id }) },
    });
  }

  effectTypes(): readonly Effect['type'][] {
    return this.effects.map(({ type }) => type);
  }
}

export function typesOf(events: readonly ServerEventBody[]): readonly string[] {
  return events.map(({ type }) => type);
}
