export { RecordingError, Recordings, type WholeRecording } from './recordings.ts';
