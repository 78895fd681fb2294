import { describePermissions } from '../permissions/index.ts';
import type { NotificationParamsOf } from '../protocol/index.ts';
import type { ThreadSettings } from './ports.ts';

/** A thread's settings as clients see them. */
export function describeSettings(
  settings: ThreadSettings,
): NotificationParamsOf<'thread/settings/updated'>['threadSettings'] {
  const { cwd, model, modelProvider, reasoningEffort } = settings;
  return {
    cwd,
    model,
    modelProvider,
    serviceTier: settings.serviceTier,
    effort: reasoningEffort,
    summary: settings.reasoningSummary,
    verbosity: settings.verbosity,
    ...describePermissions(settings.permissions),
    collaborationMode: {
      mode: 'default',
      settings: { model, reasoning_effort: reasoningEffort, developer_instructions: null },
    },
    personality: null,
  };
}
