import type { RealtimeWire, WireClose } from '../../realtime/transport/index.ts';
import type { Secrets } from './secrets.ts';

/** A wire as it is, but for the secrets in what it delivers. */
export class HidingWire implements RealtimeWire {
  readonly #wire: RealtimeWire;
  readonly #secrets: Secrets;
  #onFrame: RealtimeWire['onFrame'];
  onClose: ((close: WireClose) => void) | undefined;

  constructor(wire: RealtimeWire, secrets: Secrets) {
    this.#wire = wire;
    this.#secrets = secrets;
    wire.onClose = (close) => {
      this.onClose?.({ ...close, reason: secrets.hide(close.reason) });
    };
  }

  get onFrame(): RealtimeWire['onFrame'] {
    return this.#onFrame;
  }

  /** Handed on, because a wire may read nothing before somebody listens. */
  set onFrame(listener: RealtimeWire['onFrame']) {
    this.#onFrame = listener;
    this.#wire.onFrame =
      listener &&
      ((frame) => {
        listener(this.#secrets.hide(frame));
      });
  }

  get bufferedBytes(): number {
    return this.#wire.bufferedBytes;
  }

  send(frame: string, onWritten?: () => void): void {
    this.#wire.send(frame, onWritten);
  }

  close(code: number, reason: string): void {
    this.#wire.close(code, reason);
  }
}
