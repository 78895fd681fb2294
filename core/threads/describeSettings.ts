import { describePermissions } from '../permissions/index.ts';
import type { CollaborationMode, NotificationParamsOf } from '../protocol/index.ts';
import type { ThreadSettings } from './ports.ts';

/** A thread's settings as clients see them. */
export function describeSettings(
  settings: ThreadSettings,
): NotificationParamsOf<'thread/settings/updated'>['threadSettings'] {
  const { cwd, environments, model, modelProvider, reasoningEffort } = settings;
  return {
    cwd,
    environments: [...environments],
    model,
    modelProvider,
    serviceTier: settings.serviceTier,
    effort: reasoningEffort,
    summary: settings.reasoningSummary,
    verbosity: settings.verbosity,
    ...describePermissions(settings.permissions, settings),
    collaborationMode: describeCollaboration(settings),
    personality: null,
    disabledPluginIds: [],
    multiAgentMode: 'explicitRequestOnly',
  };
}

/** There is one mode of working together. */
export function describeCollaboration({
  model,
  reasoningEffort,
}: Pick<ThreadSettings, 'model' | 'reasoningEffort'>): CollaborationMode {
  return {
    mode: 'default',
    settings: { model, reasoning_effort: reasoningEffort, developer_instructions: null },
  };
}
