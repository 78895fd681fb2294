import type { ResponseOptions } from '../../realtime/protocol/index.ts';
import type { ConversationConfig, SessionChange } from '../../realtime/session/index.ts';
import type { FollowUp, Interruption, OutputModality } from '../protocol/index.ts';
import { agentTools } from './agent/index.ts';

/** How a voice session is set: what the user chose, apart from what follows from it. */
export type VoiceMode = {
  readonly outputModality: OutputModality;
  /** Listens, works and writes, but does not speak; the chosen modality comes back afterwards. */
  readonly quiet: boolean;
  readonly interruption: Interruption;
  /**
   * What becomes of a task that comes while one runs, where the voice model does not say. Absent it is as with
   * the peer: it steers the running one, and the model is not asked.
   */
  readonly followUp?: FollowUp;
};

/** What the provider's session is configured with where it is a conversation. */
export function conversationConfig(
  mode: VoiceMode,
  settled: Pick<
    ConversationConfig,
    'instructions' | 'voice' | 'speed' | 'transcriptionModel' | 'language' | 'tellsPhrases'
  >,
): ConversationConfig {
  return {
    type: 'realtime',
    ...settled,
    outputModality: effectiveModality(mode),
    interruption: mode.interruption,
    tools: agentTools({ asksIfBusy: mode.followUp !== undefined }),
  };
}

/** What the provider's session has to be told of a change; undefined when that is nothing. */
export function changesBetween(before: VoiceMode, after: VoiceMode): SessionChange | undefined {
  const outputModality = effectiveModality(after);
  const { interruption } = after;
  const changes = {
    ...(outputModality === effectiveModality(before) ? {} : { outputModality }),
    ...(interruption === before.interruption ? {} : { interruption }),
  };
  return Object.keys(changes).length === 0 ? undefined : changes;
}

/** Who asks for speech wants to hear it, also where answers are written; quiet stays quiet. */
export function aloud({ quiet, outputModality }: VoiceMode): ResponseOptions | undefined {
  return quiet || outputModality === 'audio' ? undefined : { output_modalities: ['audio'] };
}

/** What the provider is told to answer with. */
function effectiveModality({ outputModality, quiet }: VoiceMode): OutputModality {
  return quiet ? 'text' : outputModality;
}
