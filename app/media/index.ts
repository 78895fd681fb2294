export { BrowserMedia } from './browserMedia.ts';
export { listMicrophones } from './microphoneStream.ts';
export {
  decodePcm,
  encodeBytes,
  encodePcm,
  decodeBytes,
  FRAME_MS,
  joinSamples,
  SAMPLE_RATE_HZ,
  samplesToMs,
} from './pcm.ts';
export { type WaveformColumn, WaveformTimeline } from './waveform.ts';
export {
  CallError,
  type CallEvents,
  type CallState,
  type CallWord,
  type VoiceCall,
} from './voiceCall.ts';
export {
  type MediaEvents,
  type Microphone,
  type MicrophoneChoice,
  MicrophoneError,
  type PlayPosition,
  RecorderError,
  type RecordingSink,
  type SoundPlayer,
  type SoundProcessing,
  type SoundRecording,
  type VoiceMedia,
} from './voiceMedia.ts';
