import { TRANSPORTS } from '../voiceBench.ts';
import { startCascadeConversation } from './cascadeConversation.ts';
import type { Conversation, ConversationOptions } from './conversation.ts';
import { startRealtimeConversation } from './realtimeConversation.ts';

export {
  type CascadeConversation,
  startCascadeConversation,
  VOICE_MODEL,
} from './cascadeConversation.ts';
export type { Conversation, ConversationOptions, VoiceReply } from './conversation.ts';

/** What a conversation can be had with: what holds of one has to hold of all. */
export const VOICES = [...TRANSPORTS, 'cascade'] as const;

/** A running conversation of this kind. */
export async function startConversation(
  voice: (typeof VOICES)[number],
  options: ConversationOptions,
): Promise<Conversation> {
  return voice === 'cascade'
    ? startCascadeConversation(options)
    : startRealtimeConversation(voice, options);
}
