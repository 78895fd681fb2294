export {
  type InputAudioChunk,
  type InputAudioErrorCode,
  type InputAudioResult,
  InputNormaliser,
} from './inputAudio.ts';
export {
  concatPcm,
  decodePcm,
  encodePcm,
  fadeIn,
  fadeOut,
  type Level,
  measureLevel,
  mixDown,
  msToSamples,
  SAMPLE_RATE_HZ,
  samplesToMs,
  silence,
} from './pcm.ts';
export { isSupportedRate, Resampler } from './resampler.ts';
export {
  DEFAULT_TURN_DETECTION,
  TurnDetector,
  type TurnDetectorEvent,
  type TurnDetectorOptions,
} from './turns/index.ts';
export type { SpeechStyle, SpeechVoice } from './voice.ts';
export {
  parseWav,
  type WavAudio,
  WavError,
  type WavErrorCode,
  wavHeader,
  writeWav,
} from './wav/index.ts';
export { type ByteSink, WavReader, WavWriter } from './wav/index.ts';
