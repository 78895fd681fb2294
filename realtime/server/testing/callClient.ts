import type { Clock } from '../../../core/base/index.ts';
import { concatPcm, msToSamples } from '../../audio/index.ts';
import {
  type CallEnd,
  type CallHandlers,
  type CallPeer,
  createCaller,
  warmUp,
} from '../../rtc/index.ts';
import { EventLog } from './eventLog.ts';
import { type MemoryNet, MemoryPeer } from './memoryCall.ts';
import { realClock } from './testServer.ts';

export type CallClientOptions = {
  /** As the part `session` of the request; a bare session with a model unless given. */
  readonly session?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** A network in memory instead of WebRTC. */
  readonly net?: MemoryNet;
  readonly clock?: Clock;
};

export const CALL_SESSION = { type: 'realtime', model: 'practice' };

/** Asks a server for a call as a browser would, with a form. */
export async function postOffer(
  baseUrl: URL,
  offerSdp: string,
  { session = CALL_SESSION, headers = {} }: Pick<CallClientOptions, 'session' | 'headers'> = {},
): Promise<Response> {
  const body = new FormData();
  body.set('sdp', offerSdp);
  body.set('session', JSON.stringify(session));
  return fetch(`${baseUrl.href}/realtime/calls`, { method: 'POST', headers, body });
}

/** A caller: keeps the events of its data channel and the sound it hears, and speaks into the call. */
export class CallClient extends EventLog {
  readonly peer: CallPeer;
  /** The id of the call, as its `Location` tells it. */
  readonly callId: string;
  ended: CallEnd | undefined;
  #heard: Int16Array[] = [];
  #toSay: Int16Array = new Int16Array();

  private constructor(peer: CallPeer, callId: string) {
    super();
    this.peer = peer;
    this.callId = callId;
    peer.source = () => this.#nextFrame();
  }

  /** Makes a call and waits until its data channel has brought `session.created`. */
  static async dial(baseUrl: URL, options: CallClientOptions = {}): Promise<CallClient> {
    const { net, clock = realClock } = options;
    const early: ((client: CallClient) => void)[] = [];
    let client: CallClient | undefined;
    const tell = (what: (client: CallClient) => void): void => {
      if (client === undefined) early.push(what);
      else what(client);
    };
    const handlers: CallHandlers = {
      onAudio: (samples) => {
        tell((it) => {
          it.#heard.push(samples);
          it.wake();
        });
      },
      onEvent: (text) => {
        tell((it) => {
          it.add(text);
        });
      },
      onChannelOpen: () => undefined,
      onClosed: (end) => {
        tell((it) => {
          it.ended = end;
          it.end(`The call ended (${end.detail})`);
        });
      },
    };
    const { peer, offerSdp, accept } = await place(net, handlers, clock);
    const response = await postOffer(baseUrl, offerSdp, options);
    const answer = await response.text();
    if (response.status !== 201) {
      await peer.close();
      throw new Error(`The call was refused (${response.status}): ${answer}`);
    }
    await accept(answer);
    client = new CallClient(peer, response.headers.get('location')?.split('/').at(-1) ?? '');
    for (const what of early) what(client);
    await client.next('session.created');
    await client.next('conversation.created');
    return client;
  }

  send(event: Readonly<Record<string, unknown>>): void {
    this.peer.sendEvent(JSON.stringify(event));
  }

  /** Types a message of the user and asks for an answer. */
  ask(text: string): void {
    const content = [{ type: 'input_text', text }];
    this.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content },
    });
    this.send({ type: 'response.create' });
  }

  /** Speaks from now on, in real time, after what is still being said. */
  say(samples: Int16Array): void {
    this.#toSay = concatPcm([this.#toSay, samples]);
  }

  /** All sound so far, from the beginning of the call or from so many samples on. */
  heard(fromSample = 0): Int16Array {
    return concatPcm(this.#heard).subarray(fromSample);
  }

  /** Waits until the sound so far is such; it is looked at again whenever more of it comes. */
  async hears(enough: (heard: Int16Array) => boolean, fromSample = 0): Promise<Int16Array> {
    for (;;) {
      const heard = this.heard(fromSample);
      if (enough(heard)) return heard;
      if (this.ended !== undefined) throw new Error(`The call ended: ${this.ended.detail}`);
      await this.change();
    }
  }

  async whenEnded(): Promise<CallEnd> {
    while (this.ended === undefined) await this.change();
    return this.ended;
  }

  async close(): Promise<void> {
    await this.peer.close();
  }

  #nextFrame(): Int16Array | undefined {
    if (this.#toSay.length === 0) return undefined;
    const frame = new Int16Array(msToSamples(20));
    frame.set(this.#toSay.subarray(0, frame.length));
    this.#toSay = this.#toSay.subarray(frame.length);
    return frame;
  }
}

type Placed = {
  readonly peer: CallPeer;
  readonly offerSdp: string;
  readonly accept: (answerSdp: string) => Promise<void>;
};

async function place(
  net: MemoryNet | undefined,
  handlers: CallHandlers,
  clock: Clock,
): Promise<Placed> {
  if (net === undefined) {
    // A cold process of two ends under load takes longer for its first handshake than it may.
    await warmUp();
    const outgoing = await createCaller({ handlers, clock });
    return {
      peer: outgoing.peer,
      offerSdp: outgoing.offerSdp,
      accept: async (answerSdp) => {
        await outgoing.accept(answerSdp);
        await outgoing.connected;
      },
    };
  }
  const peer = new MemoryPeer(handlers, clock);
  return { peer, offerSdp: net.offer(peer), accept: async () => undefined };
}
