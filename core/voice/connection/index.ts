export {
  type CallRequest,
  type CallsPort,
  type CreatedCall,
  type Listener,
  type VoiceConnection,
  type WireTarget,
  connectVoice,
} from './connect.ts';
export { callRetryDelayMs, Reconnect } from './reconnect.ts';
