export type { CallRequest, CallsPort, CreatedCall, WireTarget } from './connection/index.ts';
export { VoiceConversation, type VoicePorts, type VoiceSettings } from './conversation.ts';
