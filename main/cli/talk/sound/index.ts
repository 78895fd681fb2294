export { AnswerFile } from './answerFile.ts';
export { CallMedia } from './callMedia.ts';
export type { MediaConnection, MediaEvents } from './mediaConnection.ts';
export { prepareInput } from './inputFile.ts';
export { SocketMedia } from './socketMedia.ts';
