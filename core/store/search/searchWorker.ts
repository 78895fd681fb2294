import { parentPort, workerData } from 'node:worker_threads';

import type { SearchRequest, SearchWorkerData } from './messages.ts';
import { Searcher } from './searcher.ts';

// The thread's whole life: what is asked of it, one after the other. Its owner ends it.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- SearchThread starts it with exactly this
const data = workerData as SearchWorkerData;
const searcher = new Searcher(data, (reply) => {
  parentPort?.postMessage(reply);
});
parentPort?.on('message', (request: SearchRequest) => {
  searcher.take(request);
});
