import type { ServerNotification } from '../../../core/protocol/index.ts';
import type { Playback } from '../playback/index.ts';
import type { Settings } from '../settings.ts';
import type { Store } from '../store.ts';
import type { MicrophoneControl } from './microphoneControl.ts';
import type { VoiceState } from './voice.ts';
import type { VoiceLink } from './voiceLink.ts';

/** What lasts from one voice conversation to the next, and what each of them works with. */
export type VoiceParts = {
  readonly state: Store<VoiceState>;
  readonly settings: Store<Settings>;
  readonly microphone: MicrophoneControl;
  readonly playback: Playback;
  readonly link: VoiceLink;
  /** Something that was asked for did not work, while the conversation goes on. */
  readonly report: (message: string, hint?: string) => void;
  /** Says something once to who cannot see it. */
  readonly announce: (text: string) => void;
};

export type VoiceNotice = Extract<ServerNotification, { method: `thread/realtime/${string}` }>;

export type NoticeParams<Name extends string> = Extract<
  VoiceNotice,
  { method: `thread/realtime/${Name}` }
>['params'];
