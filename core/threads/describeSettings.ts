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
    approvalPolicy: 'on-request',
    approvalsReviewer: 'user',
    sandboxPolicy: { type: 'readOnly', networkAccess: false },
    activePermissionProfile: { id: ':read-only', extends: null },
    collaborationMode: {
      mode: 'default',
      settings: { model, reasoning_effort: reasoningEffort, developer_instructions: null },
    },
    personality: null,
  };
}
