import type { ParamsOf } from '../../../core/protocol/index.ts';
import type { MicrophoneChoice } from '../../media/index.ts';
import type { Settings } from '../settings.ts';

/** The part of the settings that a voice session is started with and can take over while it runs. */
export type VoiceChoices = Required<
  Pick<ParamsOf<'thread/realtime/start'>, 'outputModality'> &
    Pick<Settings, 'quiet' | 'interruption' | 'followUp'>
>;

export function choicesOf({ output, quiet, interruption, followUp }: Settings): VoiceChoices {
  return { outputModality: output, quiet, interruption, followUp };
}

/** What a session that was told `before` has to be told now; undefined when it knows already. */
export function changedChoices(
  before: VoiceChoices,
  now: VoiceChoices,
): Partial<VoiceChoices> | undefined {
  const changes: Partial<VoiceChoices> = {
    ...(before.outputModality === now.outputModality ? {} : { outputModality: now.outputModality }),
    ...(before.quiet === now.quiet ? {} : { quiet: now.quiet }),
    ...(before.interruption === now.interruption ? {} : { interruption: now.interruption }),
    ...(before.followUp === now.followUp ? {} : { followUp: now.followUp }),
  };
  return Object.keys(changes).length === 0 ? undefined : changes;
}

/** Which microphone the user wants, and how its sound is to be processed. */
export function microphoneChoiceOf(settings: Settings): MicrophoneChoice {
  const { microphoneId, echoCancellation, noiseSuppression, autoGainControl } = settings;
  return { id: microphoneId, echoCancellation, noiseSuppression, autoGainControl };
}
