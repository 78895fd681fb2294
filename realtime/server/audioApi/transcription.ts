import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Clock } from '../../../core/base/index.ts';
import type { ModelContext, Transcriber, Transcript, Transcription } from '../models/index.ts';
import { refuse } from '../errors/index.ts';
import { readBody } from '../http/index.ts';
import { type AnswerStream, EVENT_STREAM } from './answerStream.ts';
import type { AudioTask } from './audioTask.ts';
import { inPieces, readSoundFile, type SoundFile } from './soundFile.ts';
import { readTranscriptionRequest, type TranscriptionRequest } from './transcriptionRequest.ts';

/** What OpenAI takes of a file, and as much again as the other parts could need. */
const MAX_BYTES = 25 * 1024 * 1024 + 64 * 1024;
/** How long the words may take, on top of the length of the sound. */
const GIVE_UP_MS = 30_000;

/** Answers `POST /v1/audio/transcriptions`. */
export const transcribe: AudioTask = async ({ transcriber, clock }, request, answer) => {
  const body = await readBody(request, MAX_BYTES, clock);
  if ('kind' in body) return body;
  const asked = await readTranscriptionRequest(request.headers['content-type'] ?? '', body);
  if (asked.kind === 'refused') return asked;
  const sound = readSoundFile(asked.file);
  if (sound.kind === 'refused') return sound;
  if (transcriber === undefined) {
    const message =
      'This server has no speech recogniser, so it cannot tell which words were said.';
    return refuse(501, 'no_recogniser', message);
  }
  const words = new SpokenWords(asked.stream ? answer : undefined);
  const transcript = await recognise({ transcriber, clock, asked, sound, words, answer });
  if (transcript === 'late') {
    return refuse(504, 'recogniser_timeout', 'The words of the file did not come in time.');
  }
  if (asked.stream) words.complete(transcript.text);
  else writeTranscript(answer, { asked, sound, transcript, limits: transcriber.limits });
  return undefined;
};

/** Tells the words of a stream as they come. */
class SpokenWords {
  readonly #answer: AnswerStream | undefined;
  #soFar = '';
  #over = false;

  constructor(answer: AnswerStream | undefined) {
    this.#answer = answer;
  }

  add(delta: string): void {
    if (delta === '' || this.#over) return;
    this.#soFar += delta;
    this.#send({ type: 'transcript.text.delta', delta });
  }

  complete(text: string): void {
    if (text.startsWith(this.#soFar)) this.add(text.slice(this.#soFar.length));
    this.#over = true;
    this.#send({ type: 'transcript.text.done', text });
    this.#answer?.end();
  }

  #send(event: Readonly<Record<string, unknown>>): void {
    const answer = this.#answer;
    if (answer === undefined || answer.gone.aborted) return;
    if (!answer.begun) answer.begin(EVENT_STREAM);
    // A few words need no waiting; a reader that has gone is noticed elsewhere.
    answer.writeEvent(event).catch(() => undefined);
  }
}

type Recognition = {
  readonly transcriber: Transcriber;
  readonly clock: Clock;
  readonly asked: TranscriptionRequest;
  readonly sound: SoundFile;
  readonly words: SpokenWords;
  readonly answer: AnswerStream;
};

async function recognise(work: Recognition): Promise<Transcript | 'late'> {
  const { transcriber, clock, asked, sound, words, answer } = work;
  const { model, language, prompt } = asked;
  const late = new AbortController();
  const stop = AbortSignal.any([answer.gone, late.signal]);
  const transcription = transcriber.begin({
    context: emptyConversation(language),
    model,
    ...(language !== undefined && { language }),
    ...(prompt !== undefined && { prompt }),
    ...(asked.stream && {
      onDelta: (delta: string) => {
        words.add(delta);
      },
    }),
  });
  const deadline = clock.after(GIVE_UP_MS + sound.seconds * 1000, () => {
    late.abort();
  });
  try {
    const isWhole = await pushAll(transcription, sound, stop);
    if (!isWhole) return 'late';
    return await Promise.race([transcription.end(stop), whenAborted(stop)]);
  } finally {
    deadline.cancel();
  }
}

/** Hands the sound on with a breath in between, so that others are served; false when told to stop. */
async function pushAll(
  transcription: Transcription,
  sound: SoundFile,
  stop: AbortSignal,
): Promise<boolean> {
  try {
    for (const piece of inPieces(sound)) {
      transcription.push(piece);
      await nextTurn(undefined, { signal: stop });
    }
    return true;
  } catch (error) {
    transcription.cancel();
    if (stop.aborted) return false;
    throw error;
  }
}

async function whenAborted(signal: AbortSignal): Promise<'late'> {
  const { promise, resolve } = Promise.withResolvers<'late'>();
  const onAbort = (): void => {
    resolve('late');
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return promise;
}

/** A file is said to nobody, before anything else was said. */
function emptyConversation(language: string | undefined): ModelContext {
  return {
    items: [],
    instructions: '',
    ownInstructions: false,
    model: '',
    tools: [],
    functions: [],
    mustCall: false,
    modality: 'text',
    ...(language !== undefined && { language }),
  };
}

type Outcome = {
  readonly asked: TranscriptionRequest;
  readonly sound: SoundFile;
  readonly transcript: Transcript;
  readonly limits: string | undefined;
};

function writeTranscript(answer: AnswerStream, outcome: Outcome): void {
  const { asked, transcript } = outcome;
  if (asked.format === 'text') {
    answer.begin('text/plain; charset=utf-8');
    answer.end(`${transcript.text}\n`);
    return;
  }
  answer.begin('application/json');
  answer.end(
    JSON.stringify(asked.format === 'json' ? describe(outcome) : describeVerbosely(outcome)),
  );
}

function describe({ transcript, sound, limits }: Outcome): Readonly<Record<string, unknown>> {
  return {
    text: transcript.text,
    // No words may mean silence, or words that this recogniser does not know.
    ...(transcript.text === '' && limits !== undefined && { note: limits }),
    usage: { type: 'duration', seconds: sound.seconds },
  };
}

function describeVerbosely(outcome: Outcome): Readonly<Record<string, unknown>> {
  const { asked, sound, transcript } = outcome;
  const { text, words } = transcript;
  const wantsWords = asked.granularities.includes('word');
  const wantsSegments = asked.granularities.includes('segment') || !wantsWords;
  // Probabilities that nobody has measured are left out.
  const segment = {
    id: 0,
    seek: 0,
    start: toSeconds(words?.[0]?.startMs ?? 0),
    end: words === undefined ? sound.seconds : toSeconds(words.at(-1)?.endMs ?? 0),
    text,
    tokens: [],
    temperature: 0,
  };
  return {
    task: 'transcribe',
    language: asked.language ?? 'en',
    duration: sound.seconds,
    ...describe(outcome),
    ...(wantsSegments && { segments: text === '' ? [] : [segment] }),
    ...(wantsWords &&
      words !== undefined && {
        words: words.map((word) => ({
          word: word.text,
          start: toSeconds(word.startMs),
          end: toSeconds(word.endMs),
        })),
      }),
  };
}

function toSeconds(ms: number): number {
  return ms / 1000;
}
