/** The one sample format of the page: PCM16, mono, 24 kHz. */
export const SAMPLE_RATE_HZ = 24_000;
export const FRAME_MS = 20;
export const FRAME_SAMPLES = (SAMPLE_RATE_HZ * FRAME_MS) / 1000;

export const samplesToMs = (samples: number): number => (samples * 1000) / SAMPLE_RATE_HZ;

export function encodeBytes(bytes: Uint8Array): string {
  let binary = '';
  // In slices, because an argument list has a limit.
  for (let at = 0; at < bytes.length; at += 8192)
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}

/** Undefined when the text is not base64. */
export function decodeBytes(data: string): Uint8Array<ArrayBuffer> | undefined {
  let binary: string;
  try {
    binary = atob(data);
  } catch {
    return undefined;
  }
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/** Base64 of the samples' little-endian bytes. Every browser that runs the page is little-endian. */
export function encodePcm(samples: Int16Array): string {
  return encodeBytes(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
}

/** Undefined when the text is not base64; an odd last byte is dropped. */
export function decodePcm(data: string): Int16Array<ArrayBuffer> | undefined {
  const bytes = decodeBytes(data);
  if (bytes === undefined) return undefined;
  return new Int16Array(bytes.buffer, 0, Math.floor(bytes.length / 2));
}

/** Loudness of some samples on a 0 to 1 scale that looks right to the eye: -54 dB is 0, -6 dB is 1. */
export function loudness(samples: Int16Array): number {
  if (samples.length === 0) return 0;
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / samples.length) / 32_768;
  if (rms === 0) return 0;
  return Math.min(1, Math.max(0, (20 * Math.log10(rms) + 54) / 48));
}

export function joinSamples(parts: readonly Int16Array[]): Int16Array<ArrayBuffer> {
  const joined = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
