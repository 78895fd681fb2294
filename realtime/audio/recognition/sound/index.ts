export { ComfortNoise } from './comfortNoise.ts';
export { loudnessRangeDb } from './loudness.ts';
export { reduceNoise } from './noiseReduction.ts';
export { PauseDetector, type PauseEvent } from './pauseDetector.ts';
export { spokenPart } from './spokenPart.ts';
