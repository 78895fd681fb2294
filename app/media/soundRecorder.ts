import { RecorderError, type RecordingSink, type SoundRecording } from './voiceMedia.ts';

const PIECE_MS = 1_000;
const STOP_TIMEOUT_MS = 3_000;
const BITS_PER_SECOND = 48_000;
const TYPES = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4', 'audio/webm'];

/** Records a stream in pieces by the browser's MediaRecorder. Throws `RecorderError`. */
export function recordStream(stream: MediaStream, sink: RecordingSink): SoundRecording {
  if (typeof MediaRecorder === 'undefined') throw new RecorderError('unsupported');
  const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
  if (mimeType === undefined) throw new RecorderError('unsupported');
  const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS_PER_SECOND });
  const startedMs = performance.now();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  // One after the other, because reading a piece takes a moment and their order matters.
  let handing = Promise.resolve();
  let isStopping = false;

  recorder.addEventListener('dataavailable', ({ data }) => {
    const durationMs = Math.round(performance.now() - startedMs);
    handing = handing.then(async () => {
      if (data.size === 0) return undefined;
      sink.onPiece(new Uint8Array(await data.arrayBuffer()), durationMs);
      return undefined;
    });
  });
  recorder.addEventListener('stop', () => {
    void handing.then(() => {
      if (!isStopping) sink.onFault(new RecorderError('broken'));
      end();
      return undefined;
    });
  });
  recorder.start(PIECE_MS);

  return {
    mimeType,
    stop: () => {
      isStopping = true;
      if (recorder.state !== 'inactive') recorder.stop();
      setTimeout(end, STOP_TIMEOUT_MS);
      return ended;
    },
  };
}
