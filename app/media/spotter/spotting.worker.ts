import { SpotterService, WordDecoder } from './recognition/index.ts';
import type { SpotterRequest } from './spotterMessages.ts';

const service = new SpotterService(
  async ({ language, modelBase }) => {
    const decoder = await WordDecoder.load(language, modelBase);
    return (samples) => decoder.decode(samples);
  },
  (reply) => {
    postMessage(reply);
  },
);

addEventListener('message', ({ data }: MessageEvent<SpotterRequest>) => {
  service.take(data);
});
