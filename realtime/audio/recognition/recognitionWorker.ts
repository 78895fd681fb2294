import { parentPort, workerData } from 'node:worker_threads';

import { errorText } from '../../../core/base/index.ts';
import { DecoderPool } from './decoderPool.ts';
import type { SpeechLanguage } from './grammar/index.ts';
import { UtteranceRun } from './utteranceRun.ts';
import type {
  RecognitionReply,
  RecognitionRequest,
  RecognitionWorkerData,
} from './workerMessages.ts';

// The thread's whole life: utterances, each with a decoder while it is open. It ends when its owner
// terminates it.

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one owner of this thread passes exactly this
const data = workerData as RecognitionWorkerData;
const pools: Readonly<Record<SpeechLanguage, DecoderPool>> = {
  en: new DecoderPool(data, 'en'),
  fr: new DecoderPool(data, 'fr'),
};
const runs = new Map<number, UtteranceRun>();

parentPort?.on('message', (request: RecognitionRequest) => {
  handle(request);
});

function handle(request: RecognitionRequest): void {
  switch (request.type) {
    case 'prepare':
      void pools[request.language].prepare(request.grammar);
      return;
    case 'begin': {
      const { id } = request;
      const onPartial = (text: string): void => {
        reply({ type: 'partial', id, text });
      };
      runs.set(id, new UtteranceRun(pools[request.language], request, onPartial));
      return;
    }
    case 'push':
      runs.get(request.id)?.push(request.samples);
      return;
    case 'end':
      void finish(request.id);
      return;
    case 'cancel':
      runs.get(request.id)?.cancel();
      runs.delete(request.id);
      return;
  }
}

async function finish(id: number): Promise<void> {
  const run = runs.get(id);
  runs.delete(id);
  if (run === undefined) return;
  try {
    reply({ type: 'result', id, recognition: await run.end() });
  } catch (error) {
    reply({ type: 'failed', id, error: errorText(error) });
  }
}

function reply(message: RecognitionReply): void {
  parentPort?.postMessage(message);
}
