export { Message, timeText } from './Message.tsx';
export { NoteView, Note } from './NoteView.tsx';
export { ReadAloud } from './ReadAloud.tsx';
export { RecordingView } from './RecordingView.tsx';
export { VoiceLineView } from './VoiceLineView.tsx';
