import { join } from 'node:path';

/** Where a test run keeps its sounds, known by name to every process of it. */
export const VOICE_FOLDER = join(import.meta.dirname, '../../node_modules/.cache/parley-voice');

/**
 * A person (or, where no recording can be had, the built-in voice) saying one short thing: a WAV file,
 * 48 kHz, mono, 16 bit, without pauses around it. There from the start of a Playwright run.
 */
export function recordedVoicePath(): string {
  return join(VOICE_FOLDER, 'voice.wav');
}

/**
 * The same voice as a microphone hears it: two seconds of a quiet room, the words, eight more seconds.
 * Chromium plays it in a loop, so that a session hears one turn about every eleven seconds.
 */
export function microphonePath(): string {
  return join(VOICE_FOLDER, 'microphone.wav');
}

/**
 * The built-in voice asking for work, as a microphone hears it: two seconds of a quiet room, "ask the agent to
 * list the primes up to fifty", a minute of the room, so that it is said once in a test.
 */
export function askingPath(): string {
  return join(VOICE_FOLDER, 'asking.wav');
}

/**
 * The built-in voice saying "stop" over and over, as a microphone hears it, with two seconds of a quiet
 * room before each.
 */
export function stopPath(): string {
  return join(VOICE_FOLDER, 'stop.wav');
}

/** Noises and no words: two knocks, a cough and a door, with three seconds of a quiet room between. */
export function noisesPath(): string {
  return join(VOICE_FOLDER, 'noises.wav');
}
