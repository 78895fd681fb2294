export { ChannelWriter } from './channelWriter.ts';
export { type NonAudioClientEvent, decodeClientEvent, decodeClientFrame } from './clientFrame.ts';
export {
  type AudioDelta,
  type EventLine,
  type ServerEventBody,
  audioFrame,
  eventFrame,
} from './eventLine.ts';
export {
  decodeWholeSound,
  encodeWholeSound,
  type SoundFormat,
  soundFormat,
  SoundReader,
  SoundWriter,
} from './soundFormat.ts';
export { SocketWriter } from './socketWriter.ts';
