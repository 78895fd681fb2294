import process from 'node:process';

import { errorText } from '../../base/index.ts';
import { runPrepared, type RunRequest } from './runPrepared.ts';

// Started by `ordinaryUser`: runs what it is sent, as whoever it runs as.
process.on('message', (request: RunRequest) => {
  void runPrepared(request)
    .catch((error: unknown) => ({ failed: errorText(error) }))
    .then((answer) => process.send?.(answer));
});
process.send?.('ready');
