import { type Clock, errorText, type Timer } from '../../../core/base/index.ts';
import {
  ConnectionClosedError,
  type NotificationParamsOf,
  type ParamsOf,
} from '../../../core/protocol/index.ts';
import type { CallState, CallWord, VoiceCall } from '../../media/index.ts';
import { Store } from '../store.ts';
import {
  type Connection,
  isCall,
  limitMsOf,
  type LinkEffect,
  type LinkInput,
  noLink,
  stepLink,
  type VoiceLinkState,
} from './linkStep.ts';
import type { UserError } from '../userError.ts';

export type Transport = NonNullable<ParamsOf<'thread/realtime/start'>['transport']>;

/** What a conversation lends the link, and what it wants to hear from it. */
export type LinkPorts = {
  /** Throws `CallError` where calls cannot be made. */
  readonly openCall: () => VoiceCall;
  /** Asks the engine for a session; resolves with its "understood". */
  readonly request: (transport: Transport) => Promise<void>;
  /** A call's media flows. */
  readonly onJoined: () => void;
  /** The call may be lost: what is said from now on may not arrive. */
  readonly onDoubted: () => void;
  /** It was not. */
  readonly onHealed: () => void;
  readonly onRenewing: (cause: string) => void;
  readonly onFellBack: (why: string) => void;
  readonly onFailed: (trouble: UserError) => void;
  /** The engine could not be asked for the session without a call. */
  readonly onRefused: (error: unknown) => void;
  readonly onWord: (word: CallWord) => void;
};

/** A session that the engine was asked for. */
type Asked = {
  /** It has said "understood"; what came before that is about an earlier session. */
  understood: boolean;
  /** It has begun, or never will. */
  isSettled: boolean;
  /** Another session of this conversation was asked for before and may still say farewell. */
  readonly isSwap: boolean;
  /** What the engine complained of meanwhile without giving up the conversation. */
  complaint: string | undefined;
};

/** Carries out what `stepLink` decides, and tells it what happened. One for all conversations. */
export class VoiceLink {
  readonly state = new Store<VoiceLinkState>(noLink);
  readonly #clock: Clock;
  #ports: LinkPorts | undefined;
  #call: VoiceCall | undefined;
  #asked: Asked | undefined;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True while the conversation goes, or is about to go, by a call. */
  get isCall(): boolean {
    return isCall(this.state.getSnapshot().phase);
  }

  /** Starts a conversation, or starts it anew; resolves when the first request is on its way back. */
  async begin(ports: LinkPorts, policy: Connection): Promise<void> {
    this.#ports = ports;
    this.#asked = undefined;
    await this.#feed({ type: 'begun', policy });
  }

  /** The conversation is over, or out of reach; twice is harmless. */
  end(): void {
    void this.#feed({ type: 'ended' });
    this.#ports = undefined;
    this.#asked = undefined;
  }

  networkChanged(): void {
    void this.#feed({ type: 'networkChanged' });
  }

  /** The engine has begun a session. */
  started(): void {
    if (this.#asked !== undefined) this.#asked.isSettled = true;
  }

  answered(sdp: string): void {
    if (this.#asked?.understood !== true) return;
    const { attempt } = this.state.getSnapshot();
    void this.#feed({ type: 'answered', attempt, sdp });
  }

  /** True when an error of the engine is about a call that was asked for, and so has been dealt with. */
  takesError({ message, fatal }: NotificationParamsOf<'thread/realtime/error'>): boolean {
    const { phase, attempt } = this.state.getSnapshot();
    const asked = this.#asked;
    if (phase === 'offering') return true;
    if (asked === undefined) return false;
    if (fatal === false) {
      asked.complaint = message;
      return this.#isAwaited;
    }
    if (phase !== 'asking' && phase !== 'joining') return false;
    void this.#feed({ type: 'refused', attempt, cause: message });
    return true;
  }

  /** True when the end of a session is that of an earlier one, or of a call that was refused. */
  takesClose({ reason, detail }: NotificationParamsOf<'thread/realtime/closed'>): boolean {
    const { phase, attempt } = this.state.getSnapshot();
    if (phase === 'offering') return true;
    const asked = this.#asked;
    if (asked === undefined || asked.isSettled) return false;
    if (phase === 'asking') {
      // Before a first call there was nothing that could have ended but this very start.
      if (!asked.isSwap && reason !== 'requested') {
        const cause = asked.complaint ?? detail ?? 'the provider closed the connection';
        void this.#feed({ type: 'refused', attempt, cause });
      }
      return asked.isSwap || reason !== 'requested';
    }
    return asked.isSwap && (!asked.understood || reason === 'requested');
  }

  /** True when a stage is not to be shown, because the call it belongs to is not there yet. */
  takesStage({ stage }: NotificationParamsOf<'thread/realtime/stage'>): boolean {
    const { isRenewal } = this.state.getSnapshot();
    const isSettled = stage === 'configuring' || stage === 'ready';
    const complaint = this.#isAwaited ? this.#asked?.complaint : undefined;
    // After a complaint a session that runs tells its stage again: the engine goes on with that one.
    if (isSettled && complaint !== undefined) this.#startRefused(complaint);
    return isRenewal && stage !== 'reconnecting';
  }

  /** The engine has understood what it was asked for, and has not begun it. */
  get #isAwaited(): boolean {
    const asked = this.#asked;
    return asked?.understood === true && !asked.isSettled;
  }

  #startRefused(cause: string): void {
    const { phase, attempt } = this.state.getSnapshot();
    if (this.#asked !== undefined) this.#asked.isSettled = true;
    if (phase === 'socket')
      this.#ports?.onFailed({ message: cause, hint: 'Start again, or go on by typing.' });
    else void this.#feed({ type: 'refused', attempt, cause });
  }

  async #feed(input: LinkInput): Promise<void> {
    const before = this.state.getSnapshot();
    const { state, effects } = stepLink(before, input, this.#clock.nowMs());
    this.state.update(() => state);
    if (state.phase !== before.phase || state.attempt !== before.attempt) this.#watchTime(state);
    // Taken once: an effect may end the conversation, and the rest belongs to it all the same.
    const ports = this.#ports;
    if (ports === undefined) return;
    await Promise.all(effects.map(async (effect) => this.#run(effect, ports, state.attempt)));
  }

  #watchTime({ phase, attempt }: VoiceLinkState): void {
    this.#timer?.cancel();
    const limitMs = limitMsOf(phase);
    this.#timer =
      limitMs === undefined
        ? undefined
        : this.#clock.after(limitMs, () => {
            void this.#feed({ type: 'limitReached', attempt, phase });
          });
  }

  async #run(effect: LinkEffect, ports: LinkPorts, attempt: number): Promise<void> {
    switch (effect.type) {
      case 'makeOffer':
        return this.#offer(ports, attempt);
      case 'requestCall':
        return this.#requestCall(ports, attempt, effect.sdp);
      case 'acceptAnswer':
        return this.#accept(attempt, effect.sdp);
      case 'requestSocket':
        return this.#requestSocket(ports);
      case 'closeCall':
        this.#call?.close();
        this.#call = undefined;
        return undefined;
      case 'check':
        return this.#check(attempt);
      case 'joined':
        ports.onJoined();
        return undefined;
      case 'healed':
        ports.onHealed();
        return undefined;
      case 'doubted':
        ports.onDoubted();
        return undefined;
      case 'renewing':
        ports.onRenewing(effect.cause);
        return undefined;
      case 'fellBack':
        ports.onFellBack(effect.why);
        return undefined;
      case 'failed':
        ports.onFailed(effect.trouble);
        return undefined;
    }
  }

  async #offer(ports: LinkPorts, attempt: number): Promise<void> {
    try {
      const call = ports.openCall();
      this.#call = call;
      call.on('state', (state) => {
        void this.#hearState(attempt, state);
      });
      call.on('word', (word) => {
        if (this.#call === call) ports.onWord(word);
      });
      const sdp = await call.offer();
      await this.#feed({ type: 'offerMade', attempt, sdp });
    } catch (error) {
      await this.#feed({ type: 'offerFailed', attempt, cause: errorText(error) });
    }
  }

  async #requestCall(ports: LinkPorts, attempt: number, sdp: string): Promise<void> {
    const asked = this.#ask();
    try {
      await ports.request({ type: 'webrtc', sdp });
      asked.understood = true;
    } catch (error) {
      // Without the engine there is nothing to fall back to; its return begins anew.
      if (error instanceof ConnectionClosedError && this.#ports === ports) ports.onRefused(error);
      else await this.#feed({ type: 'refused', attempt, cause: errorText(error) });
    }
  }

  async #requestSocket(ports: LinkPorts): Promise<void> {
    const asked = this.#ask();
    try {
      await ports.request({ type: 'websocket' });
      asked.understood = true;
    } catch (error) {
      if (this.#asked === asked) ports.onRefused(error);
    }
  }

  #ask(): Asked {
    const asked: Asked = {
      understood: false,
      isSettled: false,
      isSwap: this.#asked !== undefined,
      complaint: undefined,
    };
    this.#asked = asked;
    return asked;
  }

  async #accept(attempt: number, sdp: string): Promise<void> {
    try {
      await this.#call?.accept(sdp);
    } catch (error) {
      await this.#feed({ type: 'answerFailed', attempt, cause: errorText(error) });
    }
  }

  async #check(attempt: number): Promise<void> {
    const isAlive = await this.#call?.isAlive().catch(() => false);
    await this.#feed({ type: 'checked', attempt, isAlive: isAlive === true });
  }

  async #hearState(attempt: number, state: CallState): Promise<void> {
    switch (state) {
      case 'connected':
        return this.#feed({ type: 'connected', attempt });
      case 'disconnected':
        return this.#feed({ type: 'disconnected', attempt });
      case 'failed':
      case 'closed':
        // Our own hanging up is no news: the attempt it belonged to is over by then.
        return this.#feed({ type: 'broke', attempt });
      case 'connecting':
        return undefined;
    }
  }
}
