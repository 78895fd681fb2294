import { Application, createDecoder, createEncoder } from 'libopus-wasm';

import { FRAME_SAMPLES } from '../port.ts';
import type { Piece } from './jitterBuffer.ts';

const FORMAT = { sampleRate: 24_000, channels: 1 } as const;
const SILENCE = new Int16Array(FRAME_SAMPLES);

/** One direction of a call; freed by its owner, once or more often. */
export type FrameEncoder = {
  /** Exactly 480 samples to one Opus packet; undefined is silence. */
  encode(samples: Int16Array | undefined): Uint8Array;
  free(): void;
};

export type FrameDecoder = {
  /** Gives the frames of 480 samples that are complete with this piece to `onFrame`. */
  decode(piece: Piece, onFrame: (samples: Int16Array) => void): void;
  free(): void;
};

/** Voice at 24 kHz mono, 32 kbit/s, with a coarse copy of each frame in the next. */
export async function createFrameEncoder(): Promise<FrameEncoder> {
  const encoder = await createEncoder({
    ...FORMAT,
    application: Application.Voip,
    bitrate: 32_000,
    complexity: 5,
    fec: true,
    frameSize: FRAME_SAMPLES,
    packetLossPercent: 10,
  });
  return {
    encode: (samples) => encoder.encode(samples ?? SILENCE),
    free: once(() => {
      encoder.free();
    }),
  };
}

/** Whatever Opus a browser sends (any rate, mono or stereo, 2.5 to 120 ms) as frames of 20 ms. */
export async function createFrameDecoder(): Promise<FrameDecoder> {
  const decoder = await createDecoder(FORMAT);
  let frame = new Int16Array(FRAME_SAMPLES);
  let filled = 0;
  const samplesOf = (piece: Piece): Int16Array => {
    try {
      if (piece.kind === 'packet') return decoder.decode(piece.payload);
      if (piece.kind === 'silence') return SILENCE;
      if (piece.kind === 'concealed') return decoder.decodePacketLoss(FRAME_SAMPLES);
      return decoder.decode(piece.from, { decodeFec: true, frameSize: FRAME_SAMPLES });
    } catch {
      // No Opus at all: the far side's fault, and no reason to end a call.
      return SILENCE;
    }
  };
  return {
    decode: (piece, onFrame) => {
      const samples = samplesOf(piece);
      for (let offset = 0; offset < samples.length;) {
        const taken = Math.min(samples.length - offset, FRAME_SAMPLES - filled);
        frame.set(samples.subarray(offset, offset + taken), filled);
        offset += taken;
        filled += taken;
        if (filled < FRAME_SAMPLES) continue;
        const complete = frame;
        frame = new Int16Array(FRAME_SAMPLES);
        filled = 0;
        onFrame(complete);
      }
    },
    free: once(() => {
      decoder.free();
    }),
  };
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    act();
  };
}
