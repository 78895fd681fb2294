export { ManualClock } from './manualClock.ts';
