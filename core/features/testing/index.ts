import { NO_REQUIREMENTS } from '../../config/index.ts';
import { type Features, resolveFeatures } from '../resolveFeatures.ts';

/** Features as they are where nobody has fixed or set any; a product asks its requirements instead. */
export const unconstrainedFeatures = (): Features =>
  resolveFeatures({ config: { features: new Map() }, requirements: NO_REQUIREMENTS }).features;
