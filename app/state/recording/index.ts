export { RecordingControl } from './recording.ts';
export { readRecording } from './recordingReader.ts';
