import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { messageAnswer, type UpstreamStep } from '../../model/testing/index.ts';
import { type CascadeBench, hears, loose, sounds, startCascade } from '../../testing/index.ts';

type Script = readonly UpstreamStep[];

const answers: Script = [{ events: messageAnswer('Hello to you.') }];
const GOOD = { ears: hears('Hello.'), scripts: answers, mouth: sounds() } as const;
type Part = keyof typeof GOOD;

const NAMES = {
  ears: 'Speech to text: ears: ',
  scripts: 'The text model: ',
  mouth: 'Text to speech: mouth: ',
} as const;

const json = { head: { status: 200, headers: { 'content-type': 'application/json' } } } as const;
const audio = { head: { status: 200, headers: { 'content-type': 'audio/pcm' } } } as const;
const page: Script = [
  { head: { status: 200, headers: { 'content-type': 'text/html' } } },
  { bytes: '<!doctype html><title>Welcome to nginx!</title>' },
];

/** Everything that people are told has gone wrong. */
function told({ probe }: CascadeBench): readonly string[] {
  const failed = probe.all('thread/realtime/transcript/failed').map(({ message }) => message);
  const warned = probe.all('thread/realtime/warning').map(({ message }) => message);
  return [...failed, ...warned].map(String);
}

/** One turn in which this part does that, and another one in which all is well. */
async function twoTurns(part: Part, fault: Script, clock?: ManualClock): Promise<CascadeBench> {
  const script = (name: Part): readonly Script[] =>
    name === part ? [fault, GOOD[name]] : [GOOD[name]];
  const bench = await startCascade({
    ears: script('ears'),
    scripts: script('scripts'),
    mouth: script('mouth'),
    ...(clock !== undefined && { clock }),
  });
  const { probe } = bench;
  await bench.speak();
  if (clock !== undefined) {
    const server = part === 'scripts' ? bench.engine.upstream : bench[part];
    await server.request(1);
    clock.advance(part === 'scripts' ? 30_000 : 20_000);
  }
  await probe.notification('thread/realtime/response/completed', 1);
  await bench.speak();
  await probe.notification('thread/realtime/response/completed', 2);
  return bench;
}

const CASES: readonly (readonly [Part, what: string, fault: Script, words: string])[] = [
  [
    'ears',
    'answers with 500',
    [{ head: { status: 500 } }, { bytes: '{"error":{"message":"no GPU"}}' }],
    'answered with status 500: no GPU',
  ],
  ['ears', 'cuts the connection', [json, { bytes: '{"te' }, { cut: true }], 'broke'],
  ['ears', 'answers with a page', page, 'the answer is no transcription'],
  [
    'ears',
    'answers with other JSON',
    [json, { bytes: '{"words":[]}' }],
    'the answer is no transcription',
  ],
  ['scripts', 'answers with 500', [{ head: { status: 500 } }], '500'],
  [
    'scripts',
    'cuts the connection',
    [{ events: messageAnswer('Hello').slice(0, 2) }, { cut: true }],
    '',
  ],
  ['scripts', 'answers with a page', page, ''],
  [
    'mouth',
    'answers with 500',
    [{ head: { status: 500 } }, { bytes: '{"detail":"no voice"}' }],
    'answered with status 500: no voice',
  ],
  [
    'mouth',
    'cuts the connection',
    [audio, { bytes: new Uint8Array(4_800) }, { cut: true }],
    'broke',
  ],
  ['mouth', 'answers with a page', page, 'the answer is text/html, not sound'],
  ['mouth', 'answers with nothing', [audio], 'the answer has no sound in it'],
  [
    'mouth',
    'answers with MP3',
    [audio, { bytes: `ID3${'x'.repeat(100)}` }],
    'the sound is MP3; set format = "wav" or "pcm"',
  ],
];

describe('of the three parts', () => {
  test.for(CASES)(
    '%s that %s is told once in words, and the next turn works',
    async ([part, , fault, words]) => {
      await using bench = await twoTurns(part, fault);
      expect(told(bench)).toEqual([expect.stringContaining(NAMES[part])]);
      expect(told(bench)[0]).toContain(words);
      expect(bench.probe.all('thread/realtime/response/completed').at(-1)).toMatchObject({
        status: 'completed',
      });
      expect(bench.probe.all('thread/realtime/transcript/done').at(-1)).toMatchObject({
        role: 'assistant',
        text: 'Hello to you.',
      });
      await bench.probe.call('thread/realtime/stop', { threadId: bench.threadId });
      await bench.probe.notification('thread/realtime/closed');
      expect(loose(bench.probe)).toEqual([]);
    },
  );

  test.for<Part>(['ears', 'scripts', 'mouth'])(
    '%s that says nothing is given up, told, and the next turn works',
    async (part) => {
      const clock = new ManualClock();
      await using bench = await twoTurns(part, [{ stall: true }], clock);
      expect(told(bench)).toEqual([expect.stringContaining(NAMES[part])]);
    },
  );
});

test.for<'ears' | 'mouth'>(['ears', 'mouth'])(
  '%s in trouble for a moment are asked again, within the retries of their provider',
  async (part) => {
    const busy: Script = [{ head: { status: 503 } }];
    await using bench = await startCascade({
      ears: part === 'ears' ? [busy, GOOD.ears] : [GOOD.ears],
      mouth: part === 'mouth' ? [busy, GOOD.mouth] : [GOOD.mouth],
      scripts: [answers],
      endRetries: 1,
    });
    await bench.speak();
    await bench.probe.notification('thread/realtime/response/completed');
    expect(told(bench)).toEqual([]);
    expect(bench[part].requests).toHaveLength(2);
  },
);
