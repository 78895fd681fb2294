import type { Config } from '../../../core/config/index.ts';
import { describedModels, endingModels, retirementOf } from '../../../core/models/index.ts';
import { type Finding, note } from './findings.ts';

/** Models a new conversation would use that end soon or have ended, by the provider's own list if there is one. */
export function checkModels(
  config: Config,
  providerKind: string,
  list: unknown,
  nowMs: number,
): readonly Finding[] {
  const entries = describedModels(list, providerKind);
  const catalogue = {
    providerKind,
    retirement: (model: string) => retirementOf(model, entries, providerKind),
  };
  return endingModels(config, catalogue, nowMs).map((sentence) => note('Model', sentence));
}
