import { availableParallelism } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';

import {
  createSpeechRecognizer,
  type ExpectedSpeech,
  type SpeechLanguage,
} from '../../realtime/audio/recognition/index.ts';
import { type Clip, decisionMs, shareOfRealTime, turnOf, understand, withEach } from './measure.ts';
import { withNoise } from './noise.ts';
import { COMMANDS, OTHERS, phrasesOf } from './phrases.ts';
import {
  knownWords,
  PROMPT_PACKAGES,
  promptsOf,
  type Recording,
  readings,
  READINGS_PACKAGE,
} from './recordings.ts';
import { each, percent, percentileMs, row, shortened, skip, wholeNumber } from './report.ts';
import { espeakSpeakers, fliteSpeakers, type Speaker } from './speakers.ts';

// `npm run ears -- [--every N] [--misses] [--workers N]`: how well the recogniser understands what its
// grammar has and refuses what it has not, how soon and at what cost, as the tables of the README.
// `--every 10` takes each tenth clip only.

const SAMPLE_RATE_HZ = 24_000;
const RATIOS_DB = [undefined, 20, 10] as const;
const LANGUAGES = ['en', 'fr'] as const;
/** Of the phrases of each voice; another fourth with the next voice. */
const PHRASE_SHARE = 4;
/** In each language. */
const OTHER_CLIPS = 500;
const TIMED_CLIPS = 24;

const { values } = parseArgs({
  options: {
    every: { type: 'string', default: '1' },
    workers: { type: 'string', default: String(Math.min(4, availableParallelism())) },
    misses: { type: 'boolean', default: false },
  },
});
const every = wholeNumber('every', values.every);
const workers = wholeNumber('workers', values.workers);

const startedAt = performance.now();
await using owned = new AsyncDisposableStack();
// A busy machine is no reason to end a measurement.
const ears = Array.from({ length: workers }, () => {
  const one = createSpeechRecognizer({ deadlineMs: 120_000 });
  owned.defer(() => one.close());
  return one;
});

const speakers = [...fliteSpeakers(owned), ...(await espeakSpeakers())];
if (speakers.every(({ name }) => name.startsWith('flite'))) skip('espeak-ng', 'no French voices');

// While nothing else runs.
await decisionLine();
process.stdout.write('\n');

row(['said by', 'clips', 'exact, clean', '20 dB', '10 dB', 'of real time']);
row(['---', '---', '---', '---', '---', '---']);
for (const [name, group] of Map.groupBy(speakers, groupOf)) await phrasesRow(name, group);
for (const language of LANGUAGES) await recordingsRow(language);

process.stdout.write('\n');
row(['none of the commands', 'clips', 'taken for one', 'of real time']);
row(['---', '---', '---', '---']);
for (const language of LANGUAGES) await othersRow(language);

const minutes = (performance.now() - startedAt) / 60_000;
process.stdout.write(`\n${minutes.toFixed(1)} minutes, ${workers} recognisers at a time.\n`);

/** A group of speakers is a kind of voice in one language. */
function groupOf({ name, language }: Speaker): string {
  return `${name.split(' ', 1)[0]} (${language})`;
}

type Said = { readonly text: string; readonly clip: Clip };

async function phrasesRow(name: string, group: readonly Speaker[]): Promise<void> {
  const [first] = group;
  if (first === undefined) return;
  const spoken = commandsIn(first.language);
  const clips: Said[] = [];
  for (const [index, speaker] of group.entries()) {
    for (const text of each(phrasesOf(spoken.language), PHRASE_SHARE * every, index)) {
      clips.push({ text, clip: await turnSaid(speaker, text) });
    }
  }
  await exactRow(name, spoken, clips);
}

async function recordingsRow(language: SpeechLanguage): Promise<void> {
  const prompts = promptsOf(language);
  if (prompts.length === 0) return skip(PROMPT_PACKAGES[language], `no people (${language})`);
  const known = each(
    prompts.filter(({ text }) => text !== undefined),
    every,
  );
  const clips = known.map((prompt) => ({ text: prompt.text ?? '', clip: turnOf(prompt.load()) }));
  await exactRow(`a person (${language})`, { language, grammar: knownWords(language) }, clips);
}

async function exactRow(
  name: string,
  spoken: ExpectedSpeech,
  clips: readonly Said[],
): Promise<void> {
  const shares: string[] = [];
  let cost = 0;
  for (const ratioDb of RATIOS_DB) {
    const heard = await hearAll(
      spoken,
      clips.map(({ clip }, index) =>
        ratioDb === undefined ? clip : noisyClip(clip, ratioDb, index + 1),
      ),
    );
    let exact = 0;
    for (const [index, { text }] of clips.entries()) {
      if (heard.texts[index] === plain(text)) exact += 1;
      else miss(`${name}, ${ratioDb ?? 'clean'}: "${text}" heard as "${heard.texts[index]}"`);
    }
    cost = Math.max(cost, heard.cost);
    shares.push(percent(exact, clips.length));
  }
  row([name, String(clips.length), ...shares, cost.toFixed(3)]);
}

async function othersRow(language: SpeechLanguage): Promise<void> {
  const voices = speakers.filter((speaker) => speaker.language === language);
  // Prompts in the other language are speech that nobody meant for this grammar either.
  const recordings = [...promptsOf('en'), ...promptsOf('fr'), ...readings()].filter(isNoCommand);
  if (readings().length === 0) skip(READINGS_PACKAGE, 'no novel read aloud');
  const synthetic = voices.flatMap((speaker) =>
    OTHERS[language].map((text) => ({
      name: `${speaker.name}: ${text}`,
      load: async (): Promise<Clip> => ({
        samples: await speaker.say(text),
        sampleRateHz: SAMPLE_RATE_HZ,
      }),
    })),
  );
  const others = each(evenly([...synthetic, ...recordings], OTHER_CLIPS), every);
  const clips: Clip[] = [];
  for (const other of others) clips.push(turnOf(shortened(await other.load())));
  const { texts, cost } = await hearAll(commandsIn(language), clips);
  let taken = 0;
  for (const [index, { name }] of others.entries()) {
    if (texts[index] === '') continue;
    taken += 1;
    miss(`(${language}) ${name} taken for "${texts[index]}"`);
  }
  const name = `everything else (${language})`;
  row([name, String(others.length), percent(taken, others.length), cost.toFixed(3)]);
}

/** Prompts whose words are, or begin with, a command. */
function isNoCommand({ name }: Recording): boolean {
  return !/\/(?:hello|hello-world|goodbye|vm-goodbye|vm-no|cancelled|vm-star-cancel)\.wav$/u.test(
    name,
  );
}

async function decisionLine(): Promise<void> {
  const [speaker] = speakers;
  const [recogniser] = ears;
  if (speaker === undefined || recogniser === undefined) return;
  const spoken = commandsIn(speaker.language);
  const times: number[] = [];
  for (const text of evenly(phrasesOf(spoken.language), Math.ceil(TIMED_CLIPS / every))) {
    times.push(await decisionMs(recogniser, spoken, await turnSaid(speaker, text)));
  }
  const [firstMs = 0] = times;
  process.stdout.write(
    `Known after the end of a turn: ${percentileMs(times, 0.5)} ms (median), ` +
      `${percentileMs(times, 0.95)} ms (95 %) of ${times.length} turns; ` +
      `${firstMs.toFixed(0)} ms in the first, for which the recogniser is loaded.\n`,
  );
}

async function hearAll(
  spoken: ExpectedSpeech,
  clips: readonly Clip[],
): Promise<{ readonly texts: readonly string[]; readonly cost: number }> {
  const { share, result } = await shareOfRealTime(clips, () =>
    withEach(ears, clips, async (recogniser, clip) => {
      const recognition = await understand(recogniser, spoken, clip);
      return recognition.type === 'recognised' ? plain(recognition.text) : '';
    }),
  );
  return { texts: result, cost: share };
}

function commandsIn(language: SpeechLanguage): ExpectedSpeech {
  return { language, grammar: COMMANDS[language] };
}

async function turnSaid(speaker: Speaker, text: string): Promise<Clip> {
  return turnOf({ samples: await speaker.say(text), sampleRateHz: SAMPLE_RATE_HZ });
}

/** Texts compared without what cannot be heard. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll('-', ' ');
}

function noisyClip({ samples, sampleRateHz }: Clip, ratioDb: number, seed: number): Clip {
  return { samples: withNoise(samples, sampleRateHz, ratioDb, seed), sampleRateHz };
}

/** So many of all, from everywhere. */
function evenly<T>(all: readonly T[], count: number): T[] {
  if (all.length <= count) return [...all];
  return all.filter(
    (_, index) =>
      Math.floor((index * count) / all.length) !== Math.floor(((index + 1) * count) / all.length),
  );
}

function miss(sentence: string): void {
  if (values.misses) process.stderr.write(`${sentence}\n`);
}
