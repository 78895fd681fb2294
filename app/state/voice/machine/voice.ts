import { assertNever } from '../../../../core/base/index.ts';
import { isOneOf, type ServerNotification } from '../../../../core/protocol/index.ts';
import type { UserError } from '../../userError.ts';

/** `sound` comes last and in calls only: both sides are known, and look for a way to each other. */
export type StartStage = 'microphone' | 'connecting' | 'configuring' | 'ready' | 'sound';

/** Why there is a new connection to be made, in words, and which try this is. */
export type Relink = { readonly cause: string | undefined; readonly attempt: number | undefined };

/** Where a voice conversation stands. Mute is not here: it is a flag beside any state. */
export type VoiceState =
  | { readonly phase: 'off' }
  | { readonly phase: 'starting'; readonly stage: StartStage }
  | {
      readonly phase: 'live';
      /** The server hears the user speak. */
      readonly hearing: boolean;
      /** The user's turn is in and no answer has begun. */
      readonly awaiting: boolean;
      /** The answer being made, by id. */
      readonly responseId: string | undefined;
      /** Sound is coming out of the loudspeaker. */
      readonly playing: boolean;
      /** Set while the engine has lost the voice provider and is getting a new connection. */
      readonly relink: Relink | undefined;
    }
  /** The wire to the engine is gone; the microphone is kept open for a short while. */
  | { readonly phase: 'reconnecting' }
  | { readonly phase: 'ended' }
  | { readonly phase: 'failed'; readonly error: UserError };

/** Facts that change it, in the past tense. */
export type VoiceInput =
  | { readonly type: 'startPressed' }
  | { readonly type: 'microphoneOpened' }
  | { readonly type: 'stageReached'; readonly stage: StartStage }
  | { readonly type: 'relinkTried'; readonly relink: Relink }
  | { readonly type: 'sessionStarted' }
  | { readonly type: 'speechStarted' }
  | { readonly type: 'speechStopped' }
  | { readonly type: 'turnTaken' }
  | { readonly type: 'responseStarted'; readonly responseId: string }
  | { readonly type: 'responseCompleted'; readonly responseId: string }
  | { readonly type: 'playingChanged'; readonly playing: boolean }
  | { readonly type: 'sessionClosed'; readonly error: UserError | undefined }
  | { readonly type: 'failed'; readonly error: UserError }
  | { readonly type: 'connectionLost' }
  | { readonly type: 'endPressed' };

export const voiceOff: VoiceState = { phase: 'off' };

const STAGES: readonly StartStage[] = ['microphone', 'connecting', 'configuring', 'ready', 'sound'];

/** True while the microphone belongs to a conversation. */
export function isVoiceOn(state: VoiceState): boolean {
  return state.phase === 'starting' || state.phase === 'live' || state.phase === 'reconnecting';
}

export function stepVoice(state: VoiceState, input: VoiceInput): VoiceState {
  switch (input.type) {
    case 'startPressed':
      return isVoiceOn(state) && state.phase !== 'reconnecting'
        ? state
        : { phase: 'starting', stage: 'microphone' };
    case 'microphoneOpened':
      return later(state, 'connecting');
    case 'stageReached':
      return state.phase === 'live' ? relinked(state, input.stage) : later(state, input.stage);
    case 'relinkTried':
      // What the old connection was about to say will not come; what has come plays to its end.
      return state.phase === 'live'
        ? { ...state, hearing: false, awaiting: false, responseId: undefined, relink: input.relink }
        : state;
    case 'sessionStarted':
      return state.phase === 'starting'
        ? {
            phase: 'live',
            hearing: false,
            awaiting: false,
            responseId: undefined,
            playing: false,
            relink: undefined,
          }
        : state;
    case 'sessionClosed':
      // A second start closes the first session; its late farewell must not end the new one.
      if (state.phase === 'off' || state.phase === 'ended' || state.phase === 'failed')
        return state;
      if (input.error !== undefined) return { phase: 'failed', error: input.error };
      return state.phase === 'live' ? { phase: 'ended' } : state;
    case 'failed':
      return isVoiceOn(state) ? { phase: 'failed', error: input.error } : state;
    case 'connectionLost':
      return isVoiceOn(state) ? { phase: 'reconnecting' } : state;
    case 'endPressed':
      return isVoiceOn(state) ? { phase: 'ended' } : state;
    case 'speechStarted':
    case 'speechStopped':
    case 'turnTaken':
    case 'responseStarted':
    case 'responseCompleted':
    case 'playingChanged':
      return stepLive(state, input);
  }
}

type LiveInput = Extract<
  VoiceInput,
  {
    type:
      | 'speechStarted'
      | 'speechStopped'
      | 'turnTaken'
      | 'responseStarted'
      | 'responseCompleted'
      | 'playingChanged';
  }
>;

function stepLive(state: VoiceState, input: LiveInput): VoiceState {
  if (state.phase !== 'live') return state;
  switch (input.type) {
    case 'speechStarted':
      return { ...state, hearing: true, awaiting: false };
    case 'speechStopped':
      // Told twice in a call; the second time says nothing about what has begun since.
      return state.hearing
        ? { ...state, hearing: false, awaiting: state.responseId === undefined }
        : state;
    case 'turnTaken':
      return { ...state, hearing: false, awaiting: state.responseId === undefined };
    case 'responseStarted':
      return { ...state, awaiting: false, responseId: input.responseId };
    case 'responseCompleted':
      // The late end of an earlier answer says nothing about the one being made now.
      return state.responseId === input.responseId ? { ...state, responseId: undefined } : state;
    case 'playingChanged':
      return state.playing === input.playing ? state : { ...state, playing: input.playing };
    default:
      return assertNever(input, 'voice input');
  }
}

/** What tells something about the state by itself. */
const TELLING = [
  'thread/realtime/stage',
  'thread/realtime/speech/started',
  'thread/realtime/speech/stopped',
  'thread/realtime/input/committed',
  'thread/realtime/response/started',
  'thread/realtime/response/completed',
] as const;

/** What the engine says about the state, where its words are enough for that. */
export function voiceInputOf(notice: ServerNotification): VoiceInput | undefined {
  if (!isOneOf(notice, TELLING)) return undefined;
  switch (notice.method) {
    case 'thread/realtime/stage': {
      const { stage, detail, attempt } = notice.params;
      if (stage !== 'reconnecting') return { type: 'stageReached', stage };
      const relink = { cause: detail ?? undefined, attempt: attempt ?? undefined };
      return { type: 'relinkTried', relink };
    }
    case 'thread/realtime/speech/started':
      return { type: 'speechStarted' };
    case 'thread/realtime/speech/stopped':
      return { type: 'speechStopped' };
    case 'thread/realtime/input/committed':
      return { type: 'turnTaken' };
    case 'thread/realtime/response/started':
      return { type: 'responseStarted', responseId: notice.params.responseId };
    case 'thread/realtime/response/completed':
      return { type: 'responseCompleted', responseId: notice.params.responseId };
  }
}

/** A live conversation is whole again when its new connection is ready. */
function relinked(state: VoiceState & { phase: 'live' }, stage: StartStage): VoiceState {
  return state.relink !== undefined && stage === 'ready' ? { ...state, relink: undefined } : state;
}

/** Stages only go forward: a late report of an earlier one is passed over. */
function later(state: VoiceState, stage: StartStage): VoiceState {
  if (state.phase !== 'starting') return state;
  return STAGES.indexOf(stage) > STAGES.indexOf(state.stage) ? { ...state, stage } : state;
}

export type VoiceWord =
  | 'Off'
  | 'Starting'
  | 'Listening'
  | 'Hearing you'
  | 'Taking dictation'
  | 'Thinking'
  | 'Working'
  | 'Speaking'
  | 'Reconnecting'
  | 'Ended'
  | 'Failed';

/** What names a state beside the state itself. */
export type VoiceNaming = {
  /** The agent has something to do. */
  readonly working: boolean;
  readonly isDictation: boolean;
};

/** The one word that names the state. */
export function voiceWord(state: VoiceState, { working, isDictation }: VoiceNaming): VoiceWord {
  switch (state.phase) {
    case 'off':
      return 'Off';
    case 'starting':
      return 'Starting';
    case 'live':
      if (state.relink !== undefined) return 'Reconnecting';
      if (state.hearing) return 'Hearing you';
      if (state.playing) return 'Speaking';
      // What is dictated has no answer to come.
      if (isDictation) return 'Taking dictation';
      if (state.awaiting || state.responseId !== undefined) return 'Thinking';
      return working ? 'Working' : 'Listening';
    case 'reconnecting':
      return 'Reconnecting';
    case 'ended':
      return 'Ended';
    case 'failed':
      return 'Failed';
    default:
      return assertNever(state, 'voice state');
  }
}

/** What the current stage of a start is doing, for a person. */
export const STAGE_WORDS: Readonly<Record<StartStage, string>> = {
  microphone: 'opening the microphone',
  connecting: 'calling the voice model',
  configuring: 'agreeing on the session',
  ready: 'ready',
  sound: 'opening a way for the sound',
};
