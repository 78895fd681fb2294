import process from 'node:process';
import { parseArgs } from 'node:util';

import {
  createSpeechRecognizer,
  type Grammar,
  type SpeechLanguage,
} from '../../realtime/audio/recognition/index.ts';
import { type Clip, decisionMs, shareOfRealTime, turnOf, understand } from './measure.ts';
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
import { espeakSpeakers, fliteSpeakers, type Speaker } from './speakers.ts';

// `npm run ears -- [--every N] [--misses]`: how well the recogniser understands what its grammar has and
// refuses what it has not, as the table of the README. `--every 10` takes each tenth clip only.

const SAMPLE_RATE_HZ = 24_000;
const RATIOS_DB = [undefined, 20, 10] as const;
const MOST_SECONDS = 8;
const TIMED_CLIPS = 12;

const { values } = parseArgs({
  options: { every: { type: 'string', default: '1' }, misses: { type: 'boolean', default: false } },
});
const every = Number(values.every);
if (!Number.isInteger(every) || every < 1) {
  process.stderr.write(`--every takes a whole number from 1 up, not ${values.every}\n`);
  process.exit(2);
}

await using owned = new AsyncDisposableStack();
// A busy machine is no reason to end a measurement.
const ears = createSpeechRecognizer({ deadlineMs: 120_000 });
owned.defer(() => ears.close());

const speakers = [...fliteSpeakers(owned), ...(await espeakSpeakers())];
if (speakers.every(({ name }) => name.startsWith('flite'))) skip('espeak-ng', 'no French voices');

row(['said by', 'clips', 'clean', '20 dB', '10 dB', 'of real time']);
row(['---', '---', '---', '---', '---', '---']);
for (const [name, group] of Map.groupBy(speakers, groupOf)) await phrasesRow(name, group);
for (const language of ['en', 'fr'] as const) await recordingsRow(language);

process.stdout.write('\n');
row(['none of the commands', 'clips', 'taken for one']);
row(['---', '---', '---']);
for (const language of ['en', 'fr'] as const) await othersRow(language);

await decisionLine();

/** A group of speakers is a kind of voice in one language. */
function groupOf({ name, language }: Speaker): string {
  return `${name.split(' ', 1)[0]} (${language})`;
}

async function phrasesRow(name: string, group: readonly Speaker[]): Promise<void> {
  const [first] = group;
  if (first === undefined) return;
  const { language } = first;
  const said = group.flatMap((speaker, index) =>
    some(phrasesOf(language), index).map((text) => ({ speaker, text })),
  );
  const clips: { readonly text: string; readonly clip: Clip }[] = [];
  for (const { speaker, text } of said) {
    clips.push({ text, clip: await turnSaid(speaker, text) });
  }
  await exactRow(name, language, COMMANDS[language], clips);
}

async function recordingsRow(language: SpeechLanguage): Promise<void> {
  const prompts = promptsOf(language);
  if (prompts.length === 0) return skip(PROMPT_PACKAGES[language], `no people (${language})`);
  const clips = some(prompts).flatMap((prompt) =>
    prompt.text === undefined ? [] : [{ text: prompt.text, clip: turnOf(prompt.load()) }],
  );
  await exactRow(`a person (${language})`, language, knownWords(language), clips);
}

async function exactRow(
  name: string,
  language: SpeechLanguage,
  grammar: Grammar,
  clips: readonly { readonly text: string; readonly clip: Clip }[],
): Promise<void> {
  const shares: string[] = [];
  let cost = 0;
  for (const ratioDb of RATIOS_DB) {
    let exact = 0;
    const share = await shareOfRealTime(
      clips.map(({ clip }) => clip),
      async () => {
        for (const [index, { text, clip }] of clips.entries()) {
          const noisy = ratioDb === undefined ? clip : noisyClip(clip, ratioDb, index + 1);
          const heard = await heardIn(language, grammar, noisy);
          if (heard === plain(text)) exact += 1;
          else miss(`${name}, ${ratioDb ?? 'clean'}: "${text}" heard as "${heard}"`);
        }
      },
    );
    cost = Math.max(cost, share);
    shares.push(percent(exact, clips.length));
  }
  row([name, String(clips.length), ...shares, cost.toFixed(3)]);
}

async function othersRow(language: SpeechLanguage): Promise<void> {
  const spoken = speakers.filter((speaker) => speaker.language === language);
  // Prompts in the other language are speech that nobody meant for this grammar either.
  const recordings = [...promptsOf('en'), ...promptsOf('fr'), ...readings()].filter(isNoCommand);
  if (readings().length === 0) skip(READINGS_PACKAGE, 'no novel read aloud');
  const synthetic = spoken.flatMap((speaker) =>
    OTHERS[language].map((text) => ({
      name: `${speaker.name}: ${text}`,
      load: async (): Promise<Clip> => ({
        samples: await speaker.say(text),
        sampleRateHz: SAMPLE_RATE_HZ,
      }),
    })),
  );
  const others = some([...synthetic, ...recordings]);
  let taken = 0;
  for (const other of others) {
    const heard = await heardIn(
      language,
      COMMANDS[language],
      turnOf(shortened(await other.load())),
    );
    if (heard === '') continue;
    taken += 1;
    miss(`(${language}) ${other.name} taken for "${heard}"`);
  }
  row([`everything else (${language})`, String(others.length), percent(taken, others.length)]);
}

/** Prompts whose words are, or begin with, a command. */
function isNoCommand({ name }: Recording): boolean {
  return !/\/(?:hello|hello-world|goodbye|vm-goodbye|vm-no|cancelled|vm-star-cancel)\.wav$/u.test(
    name,
  );
}

async function decisionLine(): Promise<void> {
  const [speaker] = speakers;
  if (speaker === undefined) return;
  const { language } = speaker;
  const times: number[] = [];
  for (const text of phrasesOf(language).slice(-TIMED_CLIPS)) {
    const turn = await turnSaid(speaker, text);
    times.push(await decisionMs(ears, language, COMMANDS[language], turn));
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.ceil(share * sorted.length) - 1] ?? 0).toFixed(0);
  process.stdout.write(
    `\nKnown after the end of a turn: ${at(0.5)} ms (median), ${at(0.95)} ms (95 %), ${sorted.length} turns.\n`,
  );
}

async function turnSaid(speaker: Speaker, text: string): Promise<Clip> {
  return turnOf({ samples: await speaker.say(text), sampleRateHz: SAMPLE_RATE_HZ });
}

async function heardIn(language: SpeechLanguage, grammar: Grammar, clip: Clip): Promise<string> {
  const recognition = await understand(ears, language, grammar, clip);
  return recognition.type === 'recognised' ? plain(recognition.text) : '';
}

/** Texts compared without what cannot be heard. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll('-', ' ');
}

function noisyClip({ samples, sampleRateHz }: Clip, ratioDb: number, seed: number): Clip {
  return { samples: withNoise(samples, sampleRateHz, ratioDb, seed), sampleRateHz };
}

function shortened({ samples, sampleRateHz }: Clip): Clip {
  return { samples: samples.subarray(0, MOST_SECONDS * sampleRateHz), sampleRateHz };
}

function some<T>(all: readonly T[], offset = 0): T[] {
  return all.filter((_, index) => (index + offset) % every === 0);
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
}

function row(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

function miss(sentence: string): void {
  if (values.misses) process.stderr.write(`${sentence}\n`);
}

function skip(what: string, meaning: string): void {
  process.stderr.write(`${what} is not installed: ${meaning}\n`);
}
