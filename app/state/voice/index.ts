export {
  type Connection,
  isCall,
  type VoiceLinkState,
  isVoiceOn,
  STAGE_WORDS,
  type VoiceState,
  voiceWord,
} from './machine/index.ts';
export type { MicrophoneState } from './microphoneControl.ts';
export { quietWish } from './quietWish.ts';
export { endsSoon, isDictating, type SessionFacts } from './sessionFacts.ts';
export type { StopListening } from './stopWord/index.ts';
export { VoiceController } from './voiceController.ts';
