export { FLITE_VOICES } from './fliteVoices.ts';
export { createFliteVoice, type FliteVoiceOptions } from './fliteVoice.ts';
export { SpeechError, type SpeechErrorCode } from './speechError.ts';
