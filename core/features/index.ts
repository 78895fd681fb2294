export type { FeatureChange } from './featureSet.ts';
export {
  canonicalName,
  type FeatureName,
  features,
  type FeatureSpec,
  type FeatureStage,
} from './registry.ts';
export {
  type Features,
  type FeatureSource,
  type FeatureWarning,
  type ForbiddenSwitch,
  forbiddenSwitches,
  type ResolvedFeatures,
  resolveFeatures,
} from './resolveFeatures.ts';
