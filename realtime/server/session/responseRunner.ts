import { setImmediate as nextTurn } from 'node:timers/promises';

import { assertNever, errorText, ProductError } from '../../../core/base/index.ts';
import { msToSamples, silence, type SpeechStyle, type SpeechVoice } from '../../audio/index.ts';
import { sentencesOf } from '../../audio/sentences/index.ts';
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

/** What is delivered in one go: an output of the model, or one sentence of what it says. */
type Piece =
  | Exclude<ModelOutput, { type: 'say' }>
  | {
      readonly type: 'sentence';
      readonly text: string;
      /** Being made since the piece was there; a written sentence has none. */
      readonly sound: ComingSound | undefined;
      readonly pauseMs: number;
    };

type ComingSound = {
  readonly chunks: AsyncIterable<Int16Array>;
  /** Resolves when its first chunk is there; false where it could not be made. */
  readonly hasBegun: Promise<boolean>;
};

/**
 * Lets the model answer and delivers what it says, while it is asked for the next piece, and the voice for
 * its sound, already; never throws, and is quiet once aborted.
 */
export async function runResponse(run: ResponseRun): Promise<void> {
  const { responseId } = run;
  // Whatever ends the answer, nothing of it is made any longer.
  const over = new AbortController();
  const signal = AbortSignal.any([run.signal, over.signal]);
  let count = 0;
  try {
    for await (const piece of oneAhead(piecesOf({ ...run, signal }))) {
      if (signal.aborted) return;
      if (piece.type === 'fail') {
        const { code, message } = piece;
        run.deliver({
          type: 'responseEnded',
          responseId,
          outcome: { status: 'failed', code, message },
        });
        return;
      }
      await deliverPiece(run, piece);
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
  } finally {
    over.abort();
  }
}

async function* piecesOf(run: ResponseRun): AsyncIterable<Piece> {
  const { model, context, signal, style } = run;
  const isSpoken = context.modality === 'audio';
  let sound: ComingSound | undefined;
  for await (const output of model.respond(context, signal)) {
    if (output.type !== 'say') {
      yield output;
      continue;
    }
    // Sentence by sentence, so that the first sound does not wait for the last word.
    const sentences = isSpoken ? sentencesOf(output.text) : [output.text];
    for (const [index, text] of sentences.entries()) {
      const isLast = index + 1 === sentences.length;
      // The sentence that is waited for has the voice to itself until it can be heard.
      if (sound !== undefined && !(await sound.hasBegun)) return;
      sound = isSpoken ? beginSpeaking(run, text) : undefined;
      yield {
        type: 'sentence',
        text,
        sound,
        pauseMs: isLast ? 0 : SENTENCE_PAUSE_MS / (style.speed ?? 1),
      };
    }
  }
}

/** Asks for one more before it is wanted, and for no further one until that is taken. */
async function* oneAhead<Value>(source: AsyncIterable<Value>): AsyncIterable<Value> {
  const iterator = source[Symbol.asyncIterator]();
  const next = async (): Promise<IteratorResult<Value>> => iterator.next();
  let coming = next();
  try {
    for (let taken = await coming; taken.done !== true; taken = await coming) {
      coming = next();
      // Whoever takes it sees the failure; after the end nobody does.
      coming.catch(() => undefined);
      yield taken.value;
    }
  } finally {
    // Not waited for: it comes to its end once it has been told that nobody listens.
    iterator.return?.().catch(() => undefined);
  }
}

async function deliverPiece(
  run: ResponseRun,
  piece: Exclude<Piece, { type: 'fail' }>,
): Promise<void> {
  const { responseId } = run;
  switch (piece.type) {
    case 'sentence': {
      const { text, sound, pauseMs } = piece;
      run.deliver({ type: 'textProduced', responseId, text });
      if (sound === undefined) await run.ready();
      else await sendSound(run, sound.chunks, true);
      if (pauseMs > 0) await sendSound(run, cutChunks(silence(pauseMs)), true);
      return;
    }
    case 'playBack':
      await sendSound(run, cutChunks(piece.samples), false);
      return;
    case 'call': {
      const { name, arguments: given } = piece;
      run.deliver({ type: 'callProduced', responseId, name, arguments: given });
      return;
    }
    case 'heard':
      run.deliver({ type: 'heardProduced', responseId, text: piece.text });
      return;
    case 'raw':
      run.deliver({ type: 'rawProduced', responseId, event: piece.event });
      return;
    case 'close':
      run.deliver({ ...piece, type: 'closeProduced', responseId });
      return;
    default:
      assertNever(piece, 'piece of an answer');
  }
}

/** Makes a voice start on a sentence at once, before anybody takes its sound. */
function beginSpeaking(run: ResponseRun, sentence: string): ComingSound {
  const sound = run.voice.speak(sentence, run.signal, run.style);
  const iterator = sound[Symbol.asyncIterator]();
  const first = iterator.next();
  const chunks = async function* (): AsyncIterable<Int16Array> {
    for (let taken = await first; taken.done !== true; taken = await iterator.next()) {
      yield taken.value;
    }
  };
  return {
    chunks: chunks(),
    // Whoever takes the sound sees the failure; after an interruption nobody does.
    hasBegun: first.then(
      () => true,
      () => false,
    ),
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

function* cutChunks(samples: Int16Array): Iterable<Int16Array> {
  for (let start = 0; start < samples.length; start += CHUNK_SAMPLES) {
    yield samples.subarray(start, start + CHUNK_SAMPLES);
  }
}
