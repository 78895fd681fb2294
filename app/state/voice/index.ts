export { type Connection, isCall, type VoiceLinkState } from './linkStep.ts';
export type { MicrophoneState } from './microphoneControl.ts';
export { endsSoon, type SessionFacts } from './sessionFacts.ts';
export { isVoiceOn, STAGE_WORDS, type VoiceState, voiceWord } from './voice.ts';
export { VoiceController } from './voiceController.ts';
