import { parentPort } from 'node:worker_threads';

import { sampleOf } from './sample.ts';

// The thread's whole life: one schema after the other. Its owner ends it, at the latest when one takes
// too long.
parentPort?.on('message', (schema: Readonly<Record<string, unknown>>) => {
  parentPort?.postMessage(sampleOf(schema));
});
// Loading takes longer than most schemas, and does not count.
parentPort?.postMessage('ready');
