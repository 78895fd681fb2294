export { type FeatureName, features, type FeatureSpec, type FeatureStage } from './registry.ts';
export {
  type FeatureSource,
  type FeatureWarning,
  type ResolvedFeatures,
  resolveFeatures,
} from './resolveFeatures.ts';
