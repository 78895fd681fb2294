import type { SpotterReply, SpotterRequest } from './spotterMessages.ts';
import { Spotting } from './spotting.ts';
import { WordDecoder } from './wordDecoder.ts';

const tell = (reply: SpotterReply): void => {
  postMessage(reply);
};

let spotting: Spotting | undefined;

async function load({ language, modelBase }: SpotterRequest & { type: 'load' }): Promise<void> {
  try {
    const decoder = await WordDecoder.load(language, modelBase);
    spotting = new Spotting((samples) => decoder.decode(samples), tell);
    tell({ type: 'ready' });
  } catch (error) {
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

addEventListener('message', ({ data }: MessageEvent<SpotterRequest>) => {
  if (data.type === 'load') void load(data);
  else spotting?.take(data);
});
