export { type WavAudio, WavError, type WavErrorCode, parseWav, writeWav } from './wav.ts';
export { type ByteSink, WavWriter } from './wavWriter.ts';
