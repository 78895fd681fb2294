export { BrowserMedia, listMicrophones } from './browserMedia.ts';
export { decodePcm, encodePcm, FRAME_MS, joinSamples, SAMPLE_RATE_HZ, samplesToMs } from './pcm.ts';
export { type StripColumn, StripTimeline } from './stripTimeline.ts';
export {
  type MediaEvents,
  type Microphone,
  MicrophoneError,
  type PlayPosition,
  type VoiceMedia,
} from './voiceMedia.ts';
