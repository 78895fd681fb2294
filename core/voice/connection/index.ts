export {
  type CallRequest,
  type CallsPort,
  type CreatedCall,
  type Listener,
  type VoiceConnection,
  type WireTarget,
  connectVoice,
  startProblem,
} from './connect.ts';
export { Reconnect } from './reconnect.ts';
