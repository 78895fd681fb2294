export { callRetryDelayMs } from './connection/index.ts';
export type { CallRequest, CallsPort, CreatedCall, WireTarget } from './connection/index.ts';
export { VoiceConversation, type VoicePorts } from './conversation.ts';
export type { VoiceSettings } from './instructions.ts';
export { voicesOf, type ProviderVoices } from './voices.ts';
