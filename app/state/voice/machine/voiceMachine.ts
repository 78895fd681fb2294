import { assertNever } from '../../../../core/base/index.ts';
import { isOneOf, type NotificationParamsOf } from '../../../../core/protocol/index.ts';
import type { UserError } from '../../userError.ts';
import { isCall, limitMsOf, type LinkEffect, type LinkInput, stepLink } from './linkStep.ts';
import type {
  MachineEffect,
  MachineInput,
  MachineStep,
  SessionRequest,
  Transport,
  VoiceMachine,
} from './machineState.ts';
import { isVoiceOn, stepVoice, type VoiceInput, voiceInputOf } from './voice.ts';
import { closeError } from './voiceErrors.ts';
import type { VoiceNotice } from './voiceNotice.ts';

/** What may be about the way the voice travels before it is about the conversation. */
const LINK_MATTERS = [
  'thread/realtime/error',
  'thread/realtime/closed',
  'thread/realtime/stage',
] as const;

const TALK_AGAIN = 'Start again, or go on by typing.';

/** The next state of the voice, and what has to be done. */
export function stepMachine(
  machine: VoiceMachine,
  input: MachineInput,
  nowMs: number,
): MachineStep {
  return new Change(machine, nowMs).take(input);
}

/** One step in the making: what changes is collected in order, and handed out whole. */
class Change {
  readonly #nowMs: number;
  readonly #effects: MachineEffect[] = [];
  #machine: VoiceMachine;

  constructor(machine: VoiceMachine, nowMs: number) {
    this.#machine = machine;
    this.#nowMs = nowMs;
  }

  take(input: MachineInput): MachineStep {
    const isTaken = input.type === 'told' && this.#isOldNews(input.notice);
    if (!isTaken) this.#apply(input);
    return { machine: this.#machine, effects: this.#effects, isTaken };
  }

  #apply(input: MachineInput): void {
    const { run, isRunning, voice, request } = this.#machine;
    switch (input.type) {
      case 'startPressed':
        if (isRunning) return;
        this.#set({ run: run + 1, isRunning: true, fault: undefined });
        this.#voice(input);
        this.#do({ type: 'openMicrophone' });
        return;
      case 'microphoneOpened':
        if (!isRunning || input.run !== run) return;
        this.#voice({ type: 'microphoneOpened' });
        this.#do({ type: 'findThread' });
        return;
      case 'startFailed':
        if (isRunning && input.run === run) this.#fail(input.error);
        return;
      case 'threadReady':
        if (!isRunning || input.run !== run) return;
        this.#set({ request: undefined });
        this.#link({ type: 'begun', policy: input.policy });
        return;
      case 'understood':
        if (request?.number === input.request) this.#ask({ ...request, isUnderstood: true });
        return;
      case 'requestFailed':
        this.#requestFailed(input);
        return;
      case 'told':
        this.#told(input.notice);
        return;
      case 'playingChanged':
        this.#voice(input);
        return;
      case 'unplayable':
        if (isRunning) this.#fail(input.error);
        return;
      case 'endPressed':
        this.#voice(input);
        if (isRunning) this.#leaveLink();
        this.#set({ isRunning: false });
        return;
      case 'connectionLost':
        if (!isRunning) return;
        this.#do({ type: 'routeSound', way: 'kept' });
        this.#leaveLink();
        this.#voice(input);
        return;
      case 'connectionBack':
        if (!isRunning || voice.phase !== 'reconnecting') return;
        this.#voice({ type: 'startPressed' });
        this.#voice({ type: 'microphoneOpened' });
        this.#do({ type: 'findThread' });
        return;
      case 'patienceEnded':
        if (voice.phase === 'reconnecting')
          this.#fail({
            message: 'The connection did not come back, so the microphone was closed.',
            hint: 'Talk again when it has.',
          });
        return;
      case 'offerMade':
      case 'offerFailed':
      case 'answerFailed':
      case 'connected':
      case 'disconnected':
      case 'broke':
      case 'networkChanged':
      case 'checked':
      case 'limitReached':
        if (isRunning) this.#link(input);
    }
  }

  #requestFailed(input: Extract<MachineInput, { type: 'requestFailed' }>): void {
    const { isRunning, link, request } = this.#machine;
    if (!isRunning) return;
    // Without the engine there is nothing to fall back to; its return begins anew.
    if (input.isUnreachable || !isCall(link.phase)) {
      if (request?.number === input.request) this.#fail(input.error);
      return;
    }
    this.#link({ type: 'refused', attempt: input.attempt, cause: input.cause });
  }

  /** What the engine says of the session. */
  #told(notice: VoiceNotice): void {
    const input = voiceInputOf(notice);
    if (input !== undefined) this.#voice(input);
    if (notice.method === 'thread/realtime/closed') {
      this.#closed(notice.params);
      return;
    }
    const { isRunning, link, request } = this.#machine;
    if (!isRunning) return;
    if (notice.method === 'thread/realtime/started') {
      if (request !== undefined) this.#ask({ ...request, isSettled: true });
      // A call begins when its sound has found a way.
      if (isCall(link.phase)) return;
      this.#voice({ type: 'sessionStarted' });
      this.#do({ type: 'routeSound', way: 'engine' }, { type: 'followChoices' });
    } else if (notice.method === 'thread/realtime/sdp') {
      this.#voice({ type: 'stageReached', stage: 'sound' });
      const { attempt } = link;
      if (request?.isUnderstood === true)
        this.#link({ type: 'answered', attempt, sdp: notice.params.sdp });
    } else if (notice.method === 'thread/realtime/stage') {
      // What ended the old connection has been dealt with and would not explain a later end.
      if (notice.params.stage === 'reconnecting') this.#set({ fault: undefined });
    } else if (notice.method === 'thread/realtime/error') {
      this.#faulted(notice.params);
    }
  }

  #faulted({ message, fatal }: NotificationParamsOf<'thread/realtime/error'>): void {
    if (fatal === false) return;
    const fault: UserError = { message, hint: TALK_AGAIN };
    this.#set({ fault });
    // A running session may go on in a new connection; the engine closes it when it cannot.
    if (fatal === true && this.#machine.voice.phase === 'starting') this.#fail(fault);
  }

  #closed(closed: NotificationParamsOf<'thread/realtime/closed'>): void {
    const { isRunning, fault } = this.#machine;
    const error = closeError(closed, isRunning ? fault : undefined);
    this.#voice({ type: 'sessionClosed', error });
    if (isRunning && !isVoiceOn(this.#machine.voice)) this.#leave();
  }

  /** Whether a message is about a connection that is being replaced, or a call that was asked for. */
  #isOldNews(notice: VoiceNotice): boolean {
    if (!this.#machine.isRunning || !isOneOf(notice, LINK_MATTERS)) return false;
    switch (notice.method) {
      case 'thread/realtime/error':
        return this.#takesError(notice.params);
      case 'thread/realtime/closed':
        return this.#takesClose(notice.params);
      case 'thread/realtime/stage':
        return this.#takesStage(notice.params);
      default:
        return assertNever(notice, 'notification');
    }
  }

  /** An error about a call that was asked for is dealt with by the way the voice takes. */
  #takesError({ message, fatal }: NotificationParamsOf<'thread/realtime/error'>): boolean {
    const { link, request } = this.#machine;
    if (link.phase === 'offering' || request === undefined) return true;
    if (fatal === false) {
      this.#ask({ ...request, complaint: message });
      return request.isUnderstood && !request.isSettled;
    }
    if (link.phase !== 'asking' && link.phase !== 'joining') return false;
    this.#link({ type: 'refused', attempt: link.attempt, cause: message });
    return true;
  }

  /** The end of an earlier session, or of a call that was refused, ends nothing. */
  #takesClose({ reason, detail }: NotificationParamsOf<'thread/realtime/closed'>): boolean {
    const { link, request } = this.#machine;
    // Nothing was asked for yet that could end: it is the farewell of the conversation before.
    if (link.phase === 'offering' || request === undefined) return true;
    if (request.isSettled) return false;
    if (link.phase !== 'asking')
      return !request.isUnderstood || (request.isSwap && reason === 'requested');
    // What is not answered yet has not begun, and what was answered first has nothing before it to end.
    if (!request.isSwap && request.isUnderstood && reason !== 'requested') {
      const cause = request.complaint ?? detail ?? 'the provider closed the connection';
      this.#link({ type: 'refused', attempt: link.attempt, cause });
    }
    return request.isSwap || !request.isUnderstood || reason !== 'requested';
  }

  /** A stage is not shown while the call it belongs to is not there yet. */
  #takesStage({ stage }: NotificationParamsOf<'thread/realtime/stage'>): boolean {
    const { link, request } = this.#machine;
    const isSettled = stage === 'configuring' || stage === 'ready';
    // After a complaint a session that runs tells its stage again: the engine goes on with that one.
    if (isSettled && request?.complaint !== undefined && request.isUnderstood && !request.isSettled)
      this.#startRefused(request, request.complaint);
    return link.isRenewal && stage !== 'reconnecting';
  }

  #startRefused(request: SessionRequest, cause: string): void {
    const { phase, attempt } = this.#machine.link;
    this.#ask({ ...request, isSettled: true });
    if (phase === 'socket') this.#fail({ message: cause, hint: TALK_AGAIN });
    else this.#link({ type: 'refused', attempt, cause });
  }

  #fail(error: UserError): void {
    this.#voice({ type: 'failed', error });
    if (!this.#machine.isRunning) return;
    this.#do({ type: 'stopSession' });
    this.#leave();
  }

  #leave(): void {
    this.#set({ isRunning: false });
    this.#leaveLink();
    this.#do({ type: 'release' });
  }

  #leaveLink(): void {
    this.#link({ type: 'ended' });
    this.#set({ request: undefined });
  }

  #link(input: LinkInput): void {
    const before = this.#machine.link;
    const { state, effects } = stepLink(before, input, this.#nowMs);
    this.#set({ link: state });
    const { phase, attempt } = state;
    if (phase !== before.phase || attempt !== before.attempt)
      this.#do({ type: 'watchTime', limitMs: limitMsOf(phase), attempt, phase });
    for (const effect of effects) this.#linkEffect(effect, attempt);
  }

  #linkEffect(effect: LinkEffect, attempt: number): void {
    switch (effect.type) {
      case 'makeOffer':
        this.#do({ type: 'makeOffer', attempt });
        return;
      case 'requestCall':
        this.#request(attempt, { type: 'webrtc', sdp: effect.sdp });
        return;
      case 'requestSocket':
        this.#request(attempt, { type: 'websocket' });
        return;
      case 'acceptAnswer':
        this.#do({ type: 'acceptAnswer', attempt, sdp: effect.sdp });
        return;
      case 'closeCall':
        this.#do({ type: 'closeCall' });
        return;
      case 'check':
        this.#do({ type: 'check', attempt });
        return;
      case 'joined':
        this.#do({ type: 'routeSound', way: 'call' });
        this.#voice({ type: 'sessionStarted' });
        this.#voice({ type: 'stageReached', stage: 'ready' });
        this.#do({ type: 'followChoices' });
        return;
      case 'doubted':
        // What is said from now on may not arrive.
        this.#do({ type: 'routeSound', way: 'kept' });
        return;
      case 'healed':
        this.#do({ type: 'routeSound', way: 'call' });
        return;
      case 'renewing':
        this.#do({ type: 'routeSound', way: 'kept' }, { type: 'dropSound' });
        this.#voice({ type: 'playingChanged', playing: false });
        this.#voice({
          type: 'relinkTried',
          relink: { cause: effect.cause, attempt: undefined },
        });
        return;
      case 'fellBack':
        this.#do({ type: 'announce', text: `Talking over WebSocket, because ${effect.why}.` });
        return;
      case 'failed':
        this.#fail(effect.error);
    }
  }

  #request(attempt: number, transport: Transport): void {
    const { request, requests } = this.#machine;
    const number = requests + 1;
    this.#set({ requests: number, fault: undefined });
    this.#ask({
      number,
      isUnderstood: false,
      isSettled: false,
      isSwap: request !== undefined,
      complaint: undefined,
    });
    this.#do({ type: 'requestSession', request: number, attempt, transport });
  }

  #ask(request: SessionRequest): void {
    this.#set({ request });
  }

  #voice(input: VoiceInput): void {
    this.#set({ voice: stepVoice(this.#machine.voice, input) });
  }

  #set(change: Partial<VoiceMachine>): void {
    this.#machine = { ...this.#machine, ...change };
  }

  #do(...effects: readonly MachineEffect[]): void {
    this.#effects.push(...effects);
  }
}
