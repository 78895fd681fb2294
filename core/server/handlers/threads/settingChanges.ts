import { isAbsolute, resolve } from 'node:path';

import type { ThreadResumeParams, ThreadSettingsUpdateParams } from '../../../protocol/index.ts';
import type { SettingChanges, ThreadSettings } from '../../../threads/index.ts';
import type { ThreadConfig } from '../../threads/index.ts';
import { placeAsked } from './opening.ts';
import { requestedPermissions } from '../permissions.ts';

export const isGiven = <Value>(value: Value | null | undefined): value is Value =>
  value !== null && value !== undefined;

/** What a request says about the settings of a thread; only the tier can be taken back with null. */
export function changesOf(
  params: Omit<ThreadSettingsUpdateParams, 'threadId'>,
  settings: ThreadSettings,
): SettingChanges {
  const { summary, verbosity, serviceTier, collaborationMode } = params;
  const model = collaborationMode?.settings.model ?? params.model;
  const effort = collaborationMode?.settings.reasoning_effort ?? params.effort;
  return {
    ...(isGiven(model) && { model }),
    ...(isGiven(effort) && { reasoningEffort: effort }),
    ...(isGiven(summary) && { reasoningSummary: summary }),
    ...(isGiven(verbosity) && { verbosity }),
    ...(serviceTier !== undefined && { serviceTier }),
    ...placeChanges(params, settings),
    permissions: requestedPermissions(settings.permissions, params),
  };
}

/**
 * What resuming a thread says that is loaded already: what the request names, itself or by a key of its `config`.
 * All else goes on as it was, whatever the settings file says by now.
 */
export function resumeChanges(
  params: ThreadResumeParams,
  { settings: opened, asked }: ThreadConfig,
  settings: ThreadSettings,
): SettingChanges {
  const { serviceTier, baseInstructions, developerInstructions } = params;
  const has = (...keys: readonly string[]): boolean =>
    keys.some((key) => isGiven(params.config?.[key]));
  const before = has('approval_policy', 'approvals_reviewer', 'sandbox_mode', 'default_permissions')
    ? opened.permissions
    : settings.permissions;
  return {
    ...((asked.model || has('model')) && { model: opened.model }),
    ...(has('model_reasoning_effort') && { reasoningEffort: opened.reasoningEffort }),
    ...(has('model_reasoning_summary') && { reasoningSummary: opened.reasoningSummary }),
    ...(has('model_verbosity') && { verbosity: opened.verbosity }),
    ...((serviceTier !== undefined || has('service_tier')) && { serviceTier: opened.serviceTier }),
    ...(isGiven(baseInstructions) && { instructions: baseInstructions }),
    ...((isGiven(developerInstructions) || has('developer_instructions')) && {
      developerInstructions: opened.developerInstructions,
    }),
    ...placeChanges(params, settings),
    permissions: requestedPermissions(before, params),
  };
}

type PlaceRequest = Pick<
  ThreadSettingsUpdateParams,
  'cwd' | 'runtimeWorkspaceRoots' | 'environments'
>;

function placeChanges(
  { cwd, runtimeWorkspaceRoots, environments }: PlaceRequest,
  before: ThreadSettings,
): Partial<Pick<ThreadSettings, 'cwd' | 'environments'>> {
  if (!isGiven(cwd) && !isGiven(runtimeWorkspaceRoots) && !isGiven(environments)) return {};
  const given = cwd ?? before.cwd;
  return placeAsked({
    cwd: isAbsolute(given) ? given : resolve(before.cwd, given),
    runtimeWorkspaceRoots,
    environments,
  });
}
