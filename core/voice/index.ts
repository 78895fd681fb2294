export type { CallRequest, CallsPort, CreatedCall, WireTarget } from './reaching.ts';
export { VoiceConversation, type VoicePorts, type VoiceSettings } from './conversation.ts';
