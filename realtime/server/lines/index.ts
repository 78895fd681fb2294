export { ChannelWriter } from './channelWriter.ts';
export {
  type NonAudioClientEvent,
  decodeClientEvent,
  decodeClientFrame,
  decodePcm16,
} from './clientFrame.ts';
export {
  type AudioDelta,
  type EventLine,
  type ServerEventBody,
  audioFrame,
  eventFrame,
} from './eventLine.ts';
export { SocketWriter } from './socketWriter.ts';
