export {
  type WavAudio,
  WavError,
  type WavErrorCode,
  parseWav,
  wavHeader,
  writeWav,
} from './wav.ts';
export { WavReader } from './wavReader.ts';
export { type ByteSink, WavWriter } from './wavWriter.ts';
