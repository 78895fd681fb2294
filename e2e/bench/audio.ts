import { textFrame } from './upstream.ts';

const CHUNK_BYTES = 960;
const SAMPLES = CHUNK_BYTES / 2;
/** The first bytes of a chunk hold its number, which in base64 are the text's first characters. */
const NUMBER_BYTES = 6;
const NUMBER_CHARS = 8;
/** `Kioq` in base64. */
const FILLER = 0x2a;

function numbered(index: number): string {
  const bytes = Buffer.alloc(CHUNK_BYTES, FILLER);
  bytes.writeUIntBE(index, 0, NUMBER_BYTES);
  return bytes.toString('base64');
}

/** 20 ms of sound as `appendAudio` takes it. */
export function microphoneChunk(index: number): Readonly<Record<string, unknown>> {
  return {
    audio: {
      data: numbered(index),
      sampleRate: 24_000,
      numChannels: 1,
      samplesPerChannel: SAMPLES,
    },
  };
}

/** 20 ms of sound as the Realtime server sends it: a frame. */
export function audioDeltaFrame(index: number): Buffer {
  return textFrame(
    JSON.stringify({
      type: 'response.output_audio.delta',
      event_id: `event_${index}`,
      response_id: 'resp_bench',
      item_id: 'item_bench',
      output_index: 0,
      content_index: 0,
      delta: numbered(index),
    }),
  );
}

/** The characters by which the chunk of this number is recognised in whatever carries it. */
export function markOf(index: number): string {
  return `"${numbered(index).slice(0, NUMBER_CHARS)}`;
}

/** The number of the chunk that this frame or line carries. */
export function numberIn(text: string): number {
  const number = /"([\w+/]{8})(?:Kioq){4}/.exec(text)?.[1];
  if (number === undefined) throw new Error(`No numbered sound in ${text.slice(0, 200)}`);
  return Buffer.from(number, 'base64').readUIntBE(0, NUMBER_BYTES);
}
