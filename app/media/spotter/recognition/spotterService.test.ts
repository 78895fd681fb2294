import { expect, test, vi } from 'vitest';

import { FRAME_SAMPLES } from '../../pcm.ts';
import type { SpotterReply } from '../spotterMessages.ts';
import { SpotterService } from './spotterService.ts';
import type { Decode } from './spotting.ts';

const load = { type: 'load', language: 'en', modelBase: 'https://models.test/' } as const;

function hear(service: SpotterService, frames: number, level: number): void {
  for (let at = 0; at < frames; at += 1) {
    const frame = new Int16Array(FRAME_SAMPLES).map((_, index) => (index % 9) * level);
    service.take({ type: 'heard', frame });
  }
}

test.each([
  { before: [true], told: ['ready', 'speechBegan'] },
  { before: [true, false], told: ['ready'] },
  { before: [], told: ['ready'] },
])('what is asked of it while it loads holds once it has: listening $before', async (row) => {
  const told: SpotterReply['type'][] = [];
  const { promise, resolve } = Promise.withResolvers<Decode>();
  const service = new SpotterService(
    async () => promise,
    ({ type }) => told.push(type),
  );
  service.take(load);
  for (const isListening of row.before) service.take({ type: 'listen', isListening });
  hear(service, 10, 1);
  resolve(() => undefined);
  await vi.waitFor(() => {
    expect(told).toEqual(['ready']);
  });

  hear(service, 20, 1);
  hear(service, 5, 800);

  expect(told).toEqual(row.told);
});

test('models that cannot be had are told', async () => {
  const told: SpotterReply[] = [];
  const service = new SpotterService(
    async () => Promise.reject(new Error('404')),
    (reply) => told.push(reply),
  );

  service.take(load);

  await vi.waitFor(() => {
    expect(told).toEqual([{ type: 'failed', message: '404' }]);
  });
});
