import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import { canInstallDebianPackages, installDebianPackage } from '../../.ci/debian.ts';
import { concatPcm, parseWav, Resampler, silence, writeWav } from '../../realtime/audio/index.ts';
import { createFliteVoice } from '../../realtime/audio/speech/index.ts';
import {
  askingPath,
  microphonePath,
  noisesPath,
  recordedVoicePath,
  stopPath,
  VOICE_FOLDER,
} from './recordedVoice.ts';

const FILE_RATE_HZ = 48_000;
const VOICE_RATE_HZ = 24_000;
const BEFORE_MS = 2000;
const AFTER_MS = 8000;
const ONCE_MS = 20_000;
/** About 66 dB below full scale. */
const ROOM_TONE_PEAK = 16;

/** A woman saying "front center", from Debian's alsa-utils. */
const RECORDING = '/usr/share/sounds/alsa/Front_Center.wav';

type Utterance = { readonly wav: Uint8Array; readonly origin: string };

/** One channel at 48 kHz, from whatever a WAV file holds. */
export function toVoice(wav: Uint8Array): Int16Array {
  const { samples, channels, sampleRateHz } = parseWav(wav);
  const mono = new Int16Array(samples.length / channels);
  for (let frame = 0; frame < mono.length; frame += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) {
      sum += samples[frame * channels + channel] ?? 0;
    }
    mono[frame] = Math.round(sum / channels);
  }
  const resampler = new Resampler(sampleRateHz, FILE_RATE_HZ);
  return concatPcm([resampler.push(mono), resampler.flush()]);
}

/** Speech of the built-in voice, for machines without the recording. */
export async function synthesise(text: string): Promise<Utterance> {
  const voice = createFliteVoice();
  try {
    const parts: Int16Array[] = [];
    for await (const part of voice.speak(text, new AbortController().signal)) parts.push(part);
    const samples = concatPcm(parts);
    return {
      wav: writeWav({ sampleRateHz: VOICE_RATE_HZ, channels: 1, samples }),
      origin: 'synthesised by the built-in voice',
    };
  } finally {
    await voice.close();
  }
}

async function findUtterance(): Promise<Utterance> {
  if (!existsSync(RECORDING) && canInstallDebianPackages()) installDebianPackage('alsa-utils');
  if (!existsSync(RECORDING)) return synthesise('Front center.');
  return { wav: await readFile(RECORDING), origin: `recorded (${RECORDING})` };
}

/** A quiet hiss, as every real microphone has it: pure zeros are what a switched-off one sends. */
function addRoomTone(samples: Int16Array): Int16Array {
  let seed = 1;
  return samples.map((sample) => {
    seed = (seed * 48_271) % 2_147_483_647;
    const hiss = Math.round((seed / 2_147_483_647 - 0.5) * 2 * ROOM_TONE_PEAK);
    return Math.max(-32_768, Math.min(32_767, sample + hiss));
  });
}

function inARoom(voice: Int16Array, afterMs: number): Int16Array {
  return addRoomTone(
    concatPcm([silence(BEFORE_MS, FILE_RATE_HZ), voice, silence(afterMs, FILE_RATE_HZ)]),
  );
}

async function writeSound(file: string, samples: Int16Array): Promise<void> {
  // Another run may be playing the file this very moment, so it is replaced as a whole.
  const draft = join(VOICE_FOLDER, `draft-${process.pid}.wav`);
  await writeFile(draft, writeWav({ sampleRateHz: FILE_RATE_HZ, channels: 1, samples }));
  await rename(draft, file);
}

/** A burst of noise that dies away: short ones knock, longer ones are a cough or a door. */
function noise(lengthMs: number, peak: number): Int16Array {
  let seed = lengthMs;
  return silence(lengthMs, FILE_RATE_HZ).map((_, at, { length }) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return Math.round((seed / 2_147_483_647 - 0.5) * 2 * peak * (1 - at / length) ** 2);
  });
}

/** Writes the files of `recordedVoice.ts`; a recording is preferred. Says where the voice is from. */
export async function makeVoice(): Promise<string> {
  const { wav, origin } = await findUtterance();
  const voice = toVoice(wav);
  await mkdir(VOICE_FOLDER, { recursive: true });
  await writeSound(recordedVoicePath(), voice);
  await writeSound(microphonePath(), inARoom(voice, AFTER_MS));
  const asking = await synthesise('Ask the agent to list the primes up to fifty.');
  await writeSound(askingPath(), inARoom(toVoice(asking.wav), ONCE_MS));
  const stop = await synthesise('Stop!');
  const beforeStop = silence(2000, FILE_RATE_HZ);
  await writeSound(stopPath(), addRoomTone(concatPcm([beforeStop, toVoice(stop.wav)])));
  const pause = silence(3000, FILE_RATE_HZ);
  const knocks = [noise(60, 20_000), silence(100, FILE_RATE_HZ), noise(60, 20_000)];
  await writeSound(
    noisesPath(),
    addRoomTone(
      concatPcm([pause, ...knocks, pause, noise(350, 16_000), pause, noise(700, 24_000)]),
    ),
  );
  return origin;
}
