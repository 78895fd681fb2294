import { expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import { hears, sounds, startCascade } from '../../testing/index.ts';

const THREE = [[{ events: messageAnswer('One is here. Two is here. Three is here.') }]];
const [head = { stall: true }, bytes = { stall: true }] = sounds(200);

test('the next sentence is made while the one before is still coming, and none after that', async () => {
  await using bench = await startCascade({
    ears: [hears('Count.')],
    mouth: [[head, bytes, { until: 'said' }, bytes], sounds(), sounds()],
    scripts: THREE,
  });
  const { probe, mouth } = bench;
  await bench.speak();
  await mouth.request(2);
  await probe.notification('thread/realtime/outputAudio/delta');
  expect(mouth.requests).toHaveLength(2);
  mouth.open('said');
  await probe.notification('thread/realtime/response/completed');

  expect(mouth.requests.map(({ body }) => body)).toMatchObject(
    ['One is here.', 'Two is here.', 'Three is here.'].map((input) => ({ input })),
  );
  expect(probe.all('thread/realtime/transcript/done').at(-1)).toMatchObject({
    text: 'One is here. Two is here. Three is here.',
  });
});

test('the first sound has the voice to itself: nothing is asked for ahead until it is there', async () => {
  await using bench = await startCascade({
    ears: [hears('Count.')],
    mouth: [[{ until: 'written' }, head, bytes], sounds(), sounds()],
    scripts: THREE,
  });
  const { probe, mouth, engine } = bench;
  await bench.speak();
  await mouth.request(1);
  const writing = await engine.upstream.request(1);
  await writing.closed;
  // All sentences are written by then, and a request for the next would be as fast as these.
  for (let n = 0; n < 3; n += 1) await (await fetch(engine.upstream.url)).text();
  expect(mouth.requests).toHaveLength(1);
  mouth.open('written');
  await probe.notification('thread/realtime/response/completed');

  expect(mouth.requests).toHaveLength(3);
});

test('an interruption ends the sentence that is heard and the one that was made ahead', async () => {
  await using bench = await startCascade({
    ears: [hears('Count.')],
    mouth: [
      [head, bytes, { stall: true }],
      [head, bytes, { stall: true }],
    ],
    scripts: THREE,
  });
  const { probe, mouth, threadId } = bench;
  await bench.speak();
  const [first, second] = await Promise.all([mouth.request(1), mouth.request(2)]);
  await probe.notification('thread/realtime/outputAudio/delta');
  await probe.call('thread/realtime/interrupt', { threadId, heard: [] });
  await Promise.all([first.closed, second.closed]);

  expect(await probe.notification('thread/realtime/response/completed')).toMatchObject({
    status: 'cancelled',
  });
  expect(mouth.requests).toHaveLength(2);
});

test('a sentence that cannot be made ends what was made ahead, and is told once', async () => {
  await using bench = await startCascade({
    ears: [hears('Count.')],
    mouth: [
      [head, { bytes: new Uint8Array(4_800) }, { until: 'asked' }, { cut: true }],
      [head, bytes, { stall: true }],
    ],
    scripts: THREE,
  });
  const { probe, mouth } = bench;
  await bench.speak();
  const second = await mouth.request(2);
  mouth.open('asked');
  await second.closed;
  await probe.notification('thread/realtime/response/completed');

  expect(probe.all('thread/realtime/warning')).toMatchObject([
    { message: expect.stringContaining('Text to speech: mouth: ') },
  ]);
  expect(mouth.requests).toHaveLength(2);
});

test('a short answer, and a name with a title, is one sentence to the voice', async () => {
  await using bench = await startCascade({
    ears: [hears('Is it Smith?')],
    scripts: [[{ events: messageAnswer('No. Ask Dr. Smith.') }]],
  });
  await bench.speak();
  await bench.probe.notification('thread/realtime/response/completed');

  expect(bench.mouth.requests.map(({ body }) => body)).toMatchObject([
    { input: 'No.' },
    { input: 'Ask Dr. Smith.' },
  ]);
});
