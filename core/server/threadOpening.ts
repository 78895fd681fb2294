import type { Config, ResolvedProvider } from '../config/index.ts';
import type { ThreadSettings } from '../threads/index.ts';
import type { ThreadMeta } from '../threads/store/index.ts';
import { contextWindowOf } from './models.ts';

/** What a thread is opened with, after configuration and request have been put together. */
export type ThreadOpening = {
  readonly settings: ThreadSettings;
  /** What the request itself said; the rest of `settings` came from configuration and defaults. */
  readonly asked: { readonly model: boolean; readonly cwd: boolean };
  readonly config: Config;
  readonly provider: ResolvedProvider;
  readonly originator: string;
  readonly userAgent: string;
};

/**
 * A thread goes on as it began: with its folder, and with its model where that is still the same
 * provider's, unless the request says otherwise.
 */
export function resumedSettings(
  { settings, asked }: ThreadOpening,
  meta: Pick<ThreadMeta, 'cwd' | 'model' | 'modelProvider'>,
): ThreadSettings {
  const keepsModel = !asked.model && settings.modelProvider === meta.modelProvider;
  return {
    ...settings,
    ...(keepsModel ? { model: meta.model } : {}),
    ...(asked.cwd ? {} : { cwd: meta.cwd }),
  };
}

/** How a thread's settings come about: the request's wishes over the configuration's. */
export function threadSettings(
  values: Pick<ThreadSettings, 'cwd' | 'model' | 'modelProvider' | 'instructions'>,
  config: Config,
  developerInstructions: string | undefined,
): ThreadSettings {
  return {
    ...values,
    reasoningEffort: config.modelReasoningEffort ?? null,
    contextWindowOf: (model) => config.modelContextWindow ?? contextWindowOf(model),
    developerInstructions: developerInstructions ?? config.developerInstructions,
  };
}
