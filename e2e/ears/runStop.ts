import process from 'node:process';
import { parseArgs } from 'node:util';

import { SAMPLE_RATE_HZ } from '../../realtime/audio/index.ts';
import type { SpeechLanguage } from '../../realtime/audio/recognition/index.ts';
import { type Clip, shareOfRealTime } from './measure.ts';
import { PROMPT_PACKAGES, promptsOf, READINGS_PACKAGE, readings } from './recordings.ts';
import { each, percent, percentileMs, row, shortened, skip, wholeNumber } from './report.ts';
import { espeakSpeakers, fliteSpeakers } from './speakers.ts';
import { LISTENING_SOUNDS, STOP_WORDS, StopEars } from './stopWords.ts';

// `npm run ears:stop -- [--every N] [--misses]`: how well the page knows "stop", what it takes for it, and how
// soon, as the table of the README. `--every 10` takes each tenth of the recordings only.

const LANGUAGES = ['en', 'fr'] as const;
const RATIOS_DB = [undefined, 20, 10] as const;

const { values } = parseArgs({
  options: { every: { type: 'string', default: '1' }, misses: { type: 'boolean', default: false } },
});
const every = wholeNumber('every', values.every);

await using owned = new AsyncDisposableStack();
const speakers = [...fliteSpeakers(owned), ...(await espeakSpeakers())];
if (speakers.every(({ name }) => name.startsWith('flite'))) skip('espeak-ng', 'no French voices');
for (const language of LANGUAGES) {
  if (promptsOf(language).length === 0) skip(PROMPT_PACKAGES[language], `no people (${language})`);
}
if (readings().length === 0) skip(READINGS_PACKAGE, 'no novel read aloud');
const lateMs: number[] = [];

row(['who says "stop"', 'clips', 'clean', '20 dB', '10 dB']);
row(['---', '---', '---', '---', '---']);
for (const language of LANGUAGES) await wordRows(language);

process.stdout.write('\n');
row(['what is no stop word', 'clips', 'stops', 'of real time']);
row(['---', '---', '---', '---']);
for (const language of LANGUAGES) await otherRows(language);

process.stdout.write(
  `\nKnown after the end of a word: ${percentileMs(lateMs, 0.5)} ms (median), ` +
    `${percentileMs(lateMs, 0.95)} ms (95 %), ${lateMs.length} words.\n`,
);

async function wordRows(language: SpeechLanguage): Promise<void> {
  const ears = await StopEars.load(language);
  const ours = speakers.filter((speaker) => speaker.language === language);
  for (const [kind, group] of Map.groupBy(ours, ({ name }) => name.split(' ', 1)[0])) {
    const clips: { readonly name: string; readonly clip: Clip }[] = [];
    for (const speaker of group) {
      for (const word of STOP_WORDS[language])
        clips.push({ name: `${speaker.name}: ${word}`, clip: said(await speaker.say(word)) });
    }
    const shares = RATIOS_DB.map((ratioDb) => {
      const known = clips.filter(({ name, clip }, index) => {
        const spotted = ears.listen(clip, ratioDb, index + 1);
        if (spotted.word === 'stop') lateMs.push(spotted.lateMs);
        else miss(`${name}, ${ratioDb ?? 'clean'}: not known`);
        return spotted.word === 'stop';
      });
      return percent(known.length, clips.length);
    });
    row([`${kind} (${language})`, String(clips.length), ...shares]);
  }
}

async function otherRows(language: SpeechLanguage): Promise<void> {
  const ears = await StopEars.load(language);
  const sounds: { readonly name: string; readonly clip: Clip }[] = [];
  for (const speaker of speakers.filter((one) => one.language === language)) {
    for (const sound of LISTENING_SOUNDS[language])
      sounds.push({ name: `${speaker.name}: ${sound}`, clip: said(await speaker.say(sound)) });
  }
  await otherRow(`"mm-hmm", "okay" and the like (${language})`, ears, sounds);
  // Who speaks the other language says no word of this one either.
  const people = each([...promptsOf('en'), ...promptsOf('fr'), ...readings()], every);
  const clips = people.map((person) => ({ name: person.name, clip: shortened(person.load()) }));
  await otherRow(`people saying something else (${language})`, ears, clips);
}

async function otherRow(
  name: string,
  ears: StopEars,
  clips: readonly { readonly name: string; readonly clip: Clip }[],
): Promise<void> {
  const { share, result: heard } = await shareOfRealTime(
    clips.map(({ clip }) => clip),
    async () =>
      clips.map(({ name: clipName, clip }, index) => ({
        name: clipName,
        spotted: ears.listen(clip, undefined, index + 1),
      })),
  );
  const stops = heard.filter(({ spotted }) => spotted.word === 'stop');
  for (const stop of stops) miss(`${stop.name} taken for a stop word`);
  const cells = [String(clips.length), percent(stops.length, clips.length), share.toFixed(3)];
  row([name, ...cells]);
}

function said(samples: Int16Array): Clip {
  return { samples, sampleRateHz: SAMPLE_RATE_HZ };
}

function miss(sentence: string): void {
  if (values.misses) process.stderr.write(`${sentence}\n`);
}
