import { errorText } from '../../../../core/base/index.ts';
import {
  concatPcm,
  isSupportedRate,
  mixDown,
  parseWav,
  Resampler,
  SAMPLE_RATE_HZ,
  type WavAudio,
  WavError,
} from '../../../../realtime/audio/index.ts';
import { type TalkFiles, type TalkOptions, TalkUsageError } from '../options.ts';

const MAX_CHANNELS = 8;

/**
 * Checks everything that can be checked without connecting, and returns the sound to be spoken as
 * mono 24 kHz. Throws `TalkUsageError`.
 */
export async function prepareInput(options: TalkOptions, files: TalkFiles): Promise<Int16Array> {
  const { inputPath, outputPath, text } = options;
  if (outputPath !== undefined && text) {
    throw new TalkUsageError('--text asks for an answer without sound; leave out -o or --text.');
  }
  if (outputPath === inputPath) {
    throw new TalkUsageError(`${inputPath} cannot be both the input and the output.`);
  }
  const audio = await readInput(inputPath, files);
  if (outputPath !== undefined) {
    await files.checkOutput(outputPath).catch((error: unknown) => {
      throw new TalkUsageError(outputProblem(outputPath, error), { cause: error });
    });
  }
  return toSessionAudio(audio);
}

async function readInput(path: string, files: TalkFiles): Promise<WavAudio> {
  const bytes = await files.readFile(path).catch((error: unknown) => {
    throw new TalkUsageError(inputProblem(path, error), { cause: error });
  });
  const audio = parseInput(path, bytes);
  if (!isSupportedRate(audio.sampleRateHz)) {
    throw new TalkUsageError(
      `${path}: ${audio.sampleRateHz} Hz cannot be used; convert the file to 24000 Hz first.`,
    );
  }
  if (audio.channels > MAX_CHANNELS) {
    throw new TalkUsageError(
      `${path}: ${audio.channels} channels are too many; convert the file to mono first.`,
    );
  }
  return audio;
}

function parseInput(path: string, bytes: Uint8Array): WavAudio {
  try {
    return parseWav(bytes);
  } catch (error) {
    if (!(error instanceof WavError)) throw error;
    throw new TalkUsageError(`${path}: ${error.message}`, { cause: error });
  }
}

function toSessionAudio({ samples, channels, sampleRateHz }: WavAudio): Int16Array {
  const resampler = new Resampler(sampleRateHz, SAMPLE_RATE_HZ);
  return concatPcm([resampler.push(mixDown(samples, channels)), resampler.flush()]);
}

function inputProblem(path: string, error: unknown): string {
  switch (systemCode(error)) {
    case 'ENOENT':
      return `There is no file ${path}.`;
    case 'EISDIR':
      return `${path} is a folder, not a WAV file.`;
    case 'EACCES':
      return `${path} may not be read.`;
    default:
      return `${path} cannot be read: ${errorText(error)}.`;
  }
}

function outputProblem(path: string, error: unknown): string {
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `The folder for ${path} does not exist.`;
    case 'EISDIR':
      return `${path} is a folder; name a file for the answer.`;
    case 'EACCES':
      return `${path} may not be written.`;
    default:
      return `${path} cannot be written: ${errorText(error)}.`;
  }
}

/** The operating system's code of a failure; empty for any other. */
function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}
