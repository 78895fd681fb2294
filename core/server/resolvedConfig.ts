import type { Config, ResolvedProvider } from '../config/index.ts';
import type { ResolvedFeatures } from '../features/index.ts';

/** The configuration as it stands, and what follows from it. Getting it throws ProductError. */
export type ResolvedConfig = {
  readonly config: Config;
  readonly provider: ResolvedProvider;
  readonly features: ResolvedFeatures;
};
