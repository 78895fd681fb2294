import type { Clock } from '../../../../core/base/index.ts';
import type { AppServerClient } from '../../../../core/protocol/index.ts';
import { InputNormaliser } from '../../../../realtime/audio/index.ts';
import { FileMicrophone } from './fileMicrophone.ts';
import type { OutputAudio, MediaConnection, MediaEvents } from './mediaConnection.ts';
import { Uplink } from './uplink.ts';

/** Sound that travels by the engine, in both directions. */
export class SocketMedia implements MediaConnection {
  readonly transport = { type: 'websocket' } as const;
  readonly #events: MediaEvents;
  readonly #microphone: FileMicrophone;
  readonly #normaliser = new InputNormaliser();

  constructor(
    parts: {
      readonly client: AppServerClient;
      readonly clock: Clock;
      readonly threadId: string;
      /** What is spoken, mono 24 kHz. */
      readonly samples: Int16Array;
    },
    events: MediaEvents,
  ) {
    const { client, clock, threadId, samples } = parts;
    this.#events = events;
    const uplink = new Uplink({
      client,
      threadId,
      onProblem: (message, cause) => {
        events.onProblem(message, cause);
      },
    });
    this.#microphone = new FileMicrophone({
      samples,
      clock,
      onChunk: (chunk) => {
        events.onSpoken(chunk);
        uplink.send(chunk);
      },
      onInputOver: () => {
        events.onInputOver();
      },
    });
  }

  begin(): void {
    this.#microphone.open();
  }

  takeAudio({ data, sampleRate, numChannels }: OutputAudio): void {
    if (data === '') return;
    const result = this.#normaliser.normalise({ data, sampleRate, numChannels });
    if (result.ok) this.#events.onHeard(result.samples);
    else this.#events.onWarning(`A part of the answer was lost: ${result.message}`);
  }

  takeAnswer(): void {
    // Nothing was offered.
  }

  listen(): void {
    // What comes is the answer and nothing else.
  }

  async close(): Promise<void> {
    this.#microphone.close();
  }
}
