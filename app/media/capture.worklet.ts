import { FrameCutter } from './frameCutter.ts';
import { FRAME_SAMPLES } from './pcm.ts';
import { CAPTURE_PROCESSOR } from './workletMessages.ts';

/** Posts the microphone as 20 ms frames of PCM16. */
class CaptureProcessor extends AudioWorkletProcessor {
  readonly #cutter = new FrameCutter(FRAME_SAMPLES, (frame) => {
    this.port.postMessage(frame, [frame.buffer]);
  });

  process(inputs: readonly (readonly Float32Array[])[]): boolean {
    const channel = inputs[0]?.[0];
    if (channel !== undefined) this.#cutter.push(channel);
    return true;
  }
}

registerProcessor(CAPTURE_PROCESSOR, CaptureProcessor);
