export { SpotterError, type SpotterListener, type StopSpotter } from './stopSpotter.ts';
export { spotterLanguage, type SpotterLanguage, type StopWord } from './stopWords.ts';
export { WorkerSpotter } from './workerSpotter.ts';
