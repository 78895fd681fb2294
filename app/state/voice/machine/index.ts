export { type Connection, type VoiceLinkState, isCall, noLink } from './linkStep.ts';
export {
  type MachineEffect,
  type MachineInput,
  type Transport,
  idleMachine,
} from './machineState.ts';
export { STAGE_WORDS, type VoiceState, isVoiceOn, voiceOff, voiceWord } from './voice.ts';
export { startError } from './voiceErrors.ts';
export { stepMachine } from './voiceMachine.ts';
export { type VoiceNotice, isVoiceNotice } from './voiceNotice.ts';
