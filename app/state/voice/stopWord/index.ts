export { type StopListening, type StopPorts, StopWatch } from './stopWatch.ts';
