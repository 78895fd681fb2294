import type { Config, ResolvedProvider } from '../../config/index.ts';
import type { ModelCatalogue } from '../../models/index.ts';
import type { Permissions } from '../../permissions/index.ts';
import type { TraceContext } from '../../protocol/index.ts';
import {
  type latestSettings,
  localEnvironments,
  type ThreadSettings,
} from '../../threads/index.ts';
import type { ThreadMeta } from '../../store/index.ts';
import type { ResolvedConfig } from '../resolvedConfig.ts';

/** What a thread is opened with, after configuration and request have been put together. */
export type ThreadConfig = {
  readonly settings: ThreadSettings;
  /** What the request itself said; the rest of `settings` came from configuration and defaults. */
  readonly asked: {
    readonly model: boolean;
    readonly cwd: boolean;
  };
  readonly catalogue: ModelCatalogue;
  readonly config: Config;
  /** What of it the request itself brought, which stays with the thread when the settings are read again. */
  readonly requestConfig: Readonly<Record<string, unknown>> | undefined;
  readonly provider: ResolvedProvider;
  readonly originator: string;
  readonly userAgent: string;
  /** Of the request that the thread was opened with. */
  readonly trace: TraceContext | undefined;
};

/**
 * A thread goes on as it was left: with its folder, and with its model and how that was asked where it
 * is still the same provider's, unless the request says otherwise. Fast is one switch for all threads
 * and comes from the configuration.
 */
export function resumedSettings(
  { settings, asked }: ThreadConfig,
  meta: Pick<ThreadMeta, 'cwd' | 'model' | 'modelProvider'>,
  kept: ReturnType<typeof latestSettings>,
): ThreadSettings {
  const keepsModel = !asked.model && settings.modelProvider === meta.modelProvider;
  return {
    ...settings,
    ...(keepsModel && { model: meta.model }),
    ...(keepsModel &&
      kept !== undefined && {
        model: kept.model,
        reasoningEffort: kept.reasoningEffort ?? settings.reasoningEffort,
        reasoningSummary: kept.reasoningSummary ?? settings.reasoningSummary,
        verbosity: kept.verbosity ?? settings.verbosity,
      }),
    ...(!asked.cwd && placeOf(meta, kept)),
  };
}

/** Where a thread was left. */
export function placeOf(
  meta: Pick<ThreadMeta, 'cwd'>,
  kept: ReturnType<typeof latestSettings>,
): Pick<ThreadSettings, 'cwd' | 'environments'> {
  const cwd = kept?.cwd ?? meta.cwd;
  return { cwd, environments: kept?.environments ?? localEnvironments(cwd) };
}

/** How a thread's settings come about: what the request asks for over the configuration. */
export function threadSettings(
  values: Pick<ThreadSettings, 'cwd' | 'environments' | 'model' | 'modelProvider' | 'instructions'>,
  { config, features }: ResolvedConfig,
  catalogue: ModelCatalogue,
  asked: {
    readonly developerInstructions: string | undefined;
    /** undefined = as configured, null = none. */
    readonly serviceTier: string | null | undefined;
    readonly permissions: Permissions;
  },
): ThreadSettings {
  const configuredTier = config.serviceTier ?? null;
  return {
    ...values,
    reasoningEffort: config.modelReasoningEffort ?? null,
    reasoningSummary: config.modelReasoningSummary ?? null,
    verbosity: config.modelVerbosity ?? null,
    serviceTier: asked.serviceTier === undefined ? configuredTier : asked.serviceTier,
    factsOf: (model) =>
      catalogue.facts(model, {
        contextWindow: config.modelContextWindow,
        compactLimit: config.modelAutoCompactTokenLimit,
      }),
    developerInstructions: asked.developerInstructions ?? config.developerInstructions,
    threadSource: undefined,
    features,
    permissions: asked.permissions,
  };
}
