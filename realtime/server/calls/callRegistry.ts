import { errorText, ProductError } from '../../../core/base/index.ts';
import { Call, type CallSummary } from './call.ts';
import type { CallMedia } from './callMedia.ts';
import type { KeyHolder } from '../admission/index.ts';
import type { SessionPorts } from '../session/index.ts';
import type { SessionObject } from '../config/index.ts';

export type CallRegistryOptions = SessionPorts & {
  /** How many calls there may be at once, those being answered included. */
  readonly maxCalls: number;
  /** Loads what carries calls; asked when the first one is coming, so that others never pay for it. */
  readonly loadMedia: () => Promise<CallMedia>;
  readonly note: (message: string) => void;
};

export type CallOrder = {
  readonly offerSdp: string;
  readonly session: SessionObject;
  readonly holder: KeyHolder;
  /** The caller is on this machine. */
  readonly sameMachine: boolean;
};

class TooManyCallsError extends ProductError {
  readonly code = 'tooManyCalls';
  readonly retryable = true;
}

class ServerClosingError extends ProductError {
  readonly code = 'serverClosing';
  readonly retryable = false;
}

/** Keeps the calls of one server, from their offer to their end. */
export class CallRegistry {
  readonly #options: CallRegistryOptions;
  readonly #calls = new Map<string, Call>();
  #media: Promise<CallMedia> | undefined;
  #closing = false;

  constructor(options: CallRegistryOptions) {
    this.#options = options;
  }

  /** Gets ready for a first call that seems to be coming. */
  async warmUp(): Promise<void> {
    try {
      const media = await this.#load();
      await media.warmUp();
    } catch (error) {
      this.#options.log(`calls cannot be prepared: ${errorText(error)}`);
    }
  }

  /**
   * Answers an offer; the call can be joined from then on. Throws `TooManyCallsError`,
   * `ServerClosingError`, or what the media throw, `invalidOffer` for an unusable offer.
   */
  async open(order: CallOrder): Promise<{ readonly id: string; readonly answerSdp: string }> {
    const { maxCalls, newId } = this.#options;
    if (this.#closing) throw new ServerClosingError('The server is closing.');
    if (this.#calls.size >= maxCalls) {
      throw new TooManyCallsError(
        `There are ${maxCalls} calls already, as many as this server takes. End one and try again.`,
      );
    }
    const { session, holder } = order;
    const call = new Call({
      ...this.#options,
      id: newId('rtc'),
      session,
      owner: holder.kind === 'ephemeral' ? holder.key.id : undefined,
      onOver: (over, summary) => {
        this.#calls.delete(over.id);
        this.#options.note(`call ${over.id} ended: ${describeEnd(summary)}`);
      },
    });
    this.#calls.set(call.id, call);
    const media = await this.#loadFor(call);
    const answerSdp = await call.answer(media, order.offerSdp, order.sameMachine);
    this.#options.note(`call ${call.id} answered`);
    return { id: call.id, answerSdp };
  }

  /** A running call, if whoever asks may know of it: ephemeral keys see the calls they made. */
  find(id: string, holder: KeyHolder): Call | undefined {
    const call = this.#calls.get(id);
    return holder.kind === 'account' || call?.owner === holder.key.id ? call : undefined;
  }

  /** Ends every call, and those being answered. Resolves when all media are closed. */
  async close(): Promise<void> {
    this.#closing = true;
    const calls = [...this.#calls.values()];
    for (const call of calls) call.end(1001, 'server is closing');
    await Promise.allSettled(calls.map(async (call) => call.closed()));
  }

  async #loadFor(call: Call): Promise<CallMedia> {
    try {
      return await this.#load();
    } catch (error) {
      call.end(1011, 'call failed');
      throw error;
    }
  }

  async #load(): Promise<CallMedia> {
    const loading = (this.#media ??= this.#options.loadMedia());
    try {
      return await loading;
    } catch (error) {
      // The next call may fare better.
      if (this.#media === loading) this.#media = undefined;
      throw error;
    }
  }
}

function describeEnd({ detail, stats }: CallSummary): string {
  if (stats === undefined) return detail;
  const { received, lost, concealed, late, sent, skipped, droppedEvents } = stats;
  return `${detail} (sound: ${received} packets in, ${lost} lost, ${late} late, ${concealed} made up, ${sent} out, ${skipped} skipped; ${droppedEvents} events dropped)`;
}
