export { callRetryDelayMs } from './connection/index.ts';
export type { CallRequest, CallsPort, CreatedCall, WireTarget } from './connection/index.ts';
export { VoiceConversation, type VoicePorts } from './conversation.ts';
export type { VoiceSettings } from './instructions.ts';
export { configuredVoices, type ProviderVoices } from './voices.ts';
