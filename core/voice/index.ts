export { VoiceConversation, type VoicePorts, type VoiceSettings } from './conversation.ts';
