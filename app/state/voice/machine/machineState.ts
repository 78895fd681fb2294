import type { ParamsOf } from '../../../../core/protocol/index.ts';
import type { UserError } from '../../userError.ts';
import {
  type Connection,
  type LinkInput,
  type LinkPhase,
  noLink,
  type VoiceLinkState,
} from './linkStep.ts';
import { voiceOff, type VoiceState } from './voice.ts';
import type { VoiceNotice } from './voiceNotice.ts';

export type Transport = NonNullable<ParamsOf<'thread/realtime/start'>['transport']>;

/** A session that the engine was asked for. */
export type SessionRequest = {
  /** Names it; a later one makes what is said of it old news. */
  readonly number: number;
  /** The engine has said "understood"; what came before that is about an earlier session. */
  readonly isUnderstood: boolean;
  /** It has begun, or never will. */
  readonly isSettled: boolean;
  /** Another session of this conversation was asked for before and may still say farewell. */
  readonly isSwap: boolean;
  /** What the engine complained of meanwhile without giving up the conversation. */
  readonly complaint: string | undefined;
};

/** Everything that is decided about the voice, from the first press to the end. */
export type VoiceMachine = {
  /** Number of the conversation; what was begun for an earlier one is passed over. */
  readonly run: number;
  /** True while a conversation has the microphone. */
  readonly isRunning: boolean;
  /** What the user is shown. */
  readonly voice: VoiceState;
  /** How the sound travels. */
  readonly link: VoiceLinkState;
  readonly request: SessionRequest | undefined;
  readonly requests: number;
  /** What the engine said was wrong, to explain an end that may follow. */
  readonly fault: UserError | undefined;
};

export const idleMachine: VoiceMachine = {
  run: 0,
  isRunning: false,
  voice: voiceOff,
  link: noLink,
  request: undefined,
  requests: 0,
  fault: undefined,
};

/** Facts, in the past tense. */
export type MachineInput =
  | { readonly type: 'startPressed' }
  | { readonly type: 'microphoneOpened'; readonly run: number }
  /** The microphone, or the thread to talk in, could not be had. */
  | { readonly type: 'startFailed'; readonly run: number; readonly error: UserError }
  | { readonly type: 'threadReady'; readonly run: number; readonly policy: Connection }
  | { readonly type: 'understood'; readonly request: number }
  | {
      readonly type: 'requestFailed';
      readonly request: number;
      readonly attempt: number;
      readonly cause: string;
      readonly error: UserError;
      /** True where the engine could not be asked at all. */
      readonly isUnreachable: boolean;
    }
  | { readonly type: 'told'; readonly notice: VoiceNotice }
  | { readonly type: 'playingChanged'; readonly playing: boolean }
  | { readonly type: 'unplayable'; readonly error: UserError }
  | { readonly type: 'endPressed' }
  | { readonly type: 'connectionLost' }
  | { readonly type: 'connectionBack' }
  /** The engine stayed away for as long as an open microphone may wait. */
  | { readonly type: 'patienceEnded' }
  | Exclude<LinkInput, { readonly type: 'begun' | 'ended' | 'refused' | 'answered' }>;

export type MachineEffect =
  | { readonly type: 'openMicrophone' }
  | { readonly type: 'findThread' }
  | { readonly type: 'makeOffer'; readonly attempt: number }
  | { readonly type: 'acceptAnswer'; readonly attempt: number; readonly sdp: string }
  | { readonly type: 'check'; readonly attempt: number }
  | { readonly type: 'closeCall' }
  | {
      readonly type: 'requestSession';
      readonly request: number;
      readonly attempt: number;
      readonly transport: Transport;
    }
  | { readonly type: 'stopSession' }
  /** Where the microphone's sound goes: to the engine, past it in a call, or nowhere yet. */
  | { readonly type: 'routeSound'; readonly way: 'engine' | 'call' | 'kept' }
  | { readonly type: 'followChoices' }
  /** What has come in will not be heard any more. */
  | { readonly type: 'dropSound' }
  /** The conversation is over: let go of microphone and loudspeaker. */
  | { readonly type: 'release' }
  | { readonly type: 'announce'; readonly text: string }
  | {
      readonly type: 'watchTime';
      readonly limitMs: number | undefined;
      readonly attempt: number;
      readonly phase: LinkPhase;
    };

export type MachineStep = {
  readonly machine: VoiceMachine;
  readonly effects: readonly MachineEffect[];
  /** True of news about a connection that is being replaced: it is no news for anybody else. */
  readonly isTaken: boolean;
};
