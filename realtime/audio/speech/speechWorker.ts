import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';

import { errorText } from '../../../core/base/index.ts';
import { concatPcm, parseWav, Resampler, SAMPLE_RATE_HZ } from '../index.ts';
import { trimSilence } from './trim.ts';
import { instantiateWasm } from './wasm.ts';
import type { SpeechReply, SpeechRequest, SpeechWorkerData } from './workerMessages.ts';

// The thread's whole life: one request after the other, each a fresh instance of the compiled voice.
// It ends when its owner terminates it.

const GUEST_FOLDER = '/out';
const FILE_NAME = 'speech.wav';

// node:wasi announces that it is experimental as soon as it is loaded. That is known here and no
// user's concern; other warnings pass.
const emitWarning = process.emitWarning.bind(process);
process.emitWarning = (warning: string | Error, ...rest: never[]) => {
  if (!String(warning).includes('WASI')) emitWarning(warning, ...rest);
};
// Not an import, because imports run before the line above; and CommonJS output has no top-level await.
const { WASI } = process.getBuiltinModule('node:wasi');

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one owner of this thread passes exactly this
const { module, folder } = workerData as SpeechWorkerData;

parentPort?.on('message', (request: SpeechRequest) => {
  parentPort?.postMessage(answer(request));
});

function answer(request: SpeechRequest): SpeechReply {
  const { id } = request;
  try {
    return { id, samples: toSessionAudio(synthesise(request)) };
  } catch (error) {
    return { id, error: errorText(error) };
  }
}

function synthesise({ text, voice, speed }: SpeechRequest): Uint8Array {
  const file = join(folder, FILE_NAME);
  // What an earlier sentence left must not be taken for this one.
  rmSync(file, { force: true });
  const pace = `duration_stretch=${1 / speed}`;
  const output = `${GUEST_FOLDER}/${FILE_NAME}`;
  const wasi = new WASI({
    version: 'preview1',
    args: ['flite', '-voice', voice, '--setf', pace, '-t', text, '-o', output],
    preopens: { [GUEST_FOLDER]: folder },
    returnOnExit: true,
  });
  const exitCode = wasi.start(instantiateWasm(module, wasi.getImportObject()));
  if (exitCode !== 0) throw new Error(`flite ended with code ${exitCode}`);
  const bytes = readFileSync(file);
  rmSync(file, { force: true });
  return bytes;
}

function toSessionAudio(file: Uint8Array): Int16Array {
  const { samples, sampleRateHz } = parseWav(file);
  const resampler = new Resampler(sampleRateHz, SAMPLE_RATE_HZ);
  const trimmed = trimSilence(samples, sampleRateHz);
  return concatPcm([resampler.push(trimmed), resampler.flush()]);
}
