export { MicrophonePill } from './MicrophonePill.tsx';
export { VoiceDock } from './VoiceDock.tsx';
export { INTERRUPTIONS } from './interruptions.ts';
export { PROCESSING } from './soundProcessing.ts';
