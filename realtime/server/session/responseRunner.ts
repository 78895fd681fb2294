import { setImmediate as nextTurn } from 'node:timers/promises';

import { assertNever, errorText, ProductError } from '../../../core/base/index.ts';
import { msToSamples, silence, type SpeechStyle, type SpeechVoice } from '../../audio/index.ts';
import type { ModelContext, ModelOutput, RealtimeModel } from '../models/index.ts';
import type { Input } from '../state/index.ts';

const CHUNK_SAMPLES = msToSamples(40);
const SENTENCE_PAUSE_MS = 200;
const WARM_UP_MS = 10_000;
/** After so many pieces the event loop gets a turn, so that a cancel is read in time. */
const PIECES_PER_TURN = 32;

export type ResponseRun = {
  readonly responseId: string;
  readonly model: RealtimeModel;
  readonly voice: SpeechVoice;
  readonly style: SpeechStyle;
  readonly context: ModelContext;
  readonly signal: AbortSignal;
  /** Resolves when the wire can take more sound. */
  ready(): Promise<void>;
  deliver(input: Input): void;
};

/** Lets the model answer and delivers what it says; never throws, and is quiet once aborted. */
export async function runResponse(run: ResponseRun): Promise<void> {
  const { responseId, signal } = run;
  let count = 0;
  try {
    for await (const output of run.model.respond(run.context, signal)) {
      if (signal.aborted) return;
      if (output.type === 'fail') {
        const { code, message } = output;
        run.deliver({
          type: 'responseEnded',
          responseId,
          outcome: { status: 'failed', code, message },
        });
        return;
      }
      await deliverOutput(run, output);
      count += 1;
      if (count % PIECES_PER_TURN === 0) await nextTurn();
    }
    if (signal.aborted) return;
    run.deliver({ type: 'responseEnded', responseId, outcome: { status: 'completed' } });
  } catch (error) {
    if (signal.aborted) return;
    const code = error instanceof ProductError ? error.code : 'server_error';
    const outcome = { status: 'failed', code, message: errorText(error) } as const;
    run.deliver({ type: 'responseEnded', responseId, outcome });
  }
}

async function deliverOutput(
  run: ResponseRun,
  output: Exclude<ModelOutput, { type: 'fail' }>,
): Promise<void> {
  const { responseId } = run;
  switch (output.type) {
    case 'say':
      await say(run, output.text);
      return;
    case 'playBack':
      await sendSound(run, cutChunks(output.samples), false);
      return;
    case 'call': {
      const { name, arguments: given } = output;
      run.deliver({ type: 'callProduced', responseId, name, arguments: given });
      return;
    }
    case 'heard':
      run.deliver({ type: 'heardProduced', responseId, text: output.text });
      return;
    case 'raw':
      run.deliver({ type: 'rawProduced', responseId, event: output.event });
      return;
    case 'close':
      run.deliver({ ...output, type: 'closeProduced', responseId });
      return;
    default:
      assertNever(output, 'model output');
  }
}

async function say(run: ResponseRun, text: string): Promise<void> {
  const { responseId, signal } = run;
  if (run.context.modality === 'text') {
    run.deliver({ type: 'textProduced', responseId, text });
    await run.ready();
    return;
  }
  const sentences = splitSentences(text);
  const pause = silence(SENTENCE_PAUSE_MS / (run.style.speed ?? 1));
  let coming = beginSpeaking(run, sentences[0]);
  for (const [index, sentence] of sentences.entries()) {
    const sound = coming;
    // The voice works on the next sentence while this one is being sent.
    coming = beginSpeaking(run, sentences[index + 1]);
    run.deliver({ type: 'textProduced', responseId, text: sentence });
    await sendSound(run, sound, true);
    if (signal.aborted) return;
    if (index + 1 < sentences.length) await sendSound(run, cutChunks(pause), true);
  }
}

/** Makes a voice start on a sentence at once, before anybody takes its sound. */
function beginSpeaking(run: ResponseRun, sentence: string | undefined): AsyncIterable<Int16Array> {
  const sound = run.voice.speak(sentence ?? '', run.signal, run.style);
  const iterator = sound[Symbol.asyncIterator]();
  const first = iterator.next();
  // Whoever takes the sound sees the failure; after an interruption nobody does.
  first.catch(() => undefined);
  return {
    async *[Symbol.asyncIterator]() {
      for (let taken = await first; taken.done !== true; taken = await iterator.next()) {
        yield taken.value;
      }
    },
  };
}

/** Prepares a voice for its first answer, which would otherwise wait for it to start. */
export async function warmUpVoice(voice: SpeechVoice): Promise<void> {
  try {
    const sound = voice.speak('Ready.', AbortSignal.timeout(WARM_UP_MS))[Symbol.asyncIterator]();
    await sound.next();
    await sound.return?.();
  } catch {
    // A voice that fails will say so when it is needed.
  }
}

async function sendSound(
  run: ResponseRun,
  chunks: Iterable<Int16Array> | AsyncIterable<Int16Array>,
  spoken: boolean,
): Promise<void> {
  const { responseId, signal } = run;
  let count = 0;
  for await (const samples of chunks) {
    count += 1;
    if (count % PIECES_PER_TURN === 0) await nextTurn();
    await run.ready();
    if (signal.aborted) return;
    run.deliver({ type: 'audioProduced', responseId, samples, spoken });
  }
}

/** Sentence by sentence, so that the first sound does not wait for the last word. */
function splitSentences(text: string): readonly string[] {
  return text.match(/.+?(?:[.!?]+(?=\s|$)|$)\s*/gsu) ?? [];
}

function* cutChunks(samples: Int16Array): Iterable<Int16Array> {
  for (let start = 0; start < samples.length; start += CHUNK_SAMPLES) {
    yield samples.subarray(start, start + CHUNK_SAMPLES);
  }
}
