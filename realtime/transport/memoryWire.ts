import type { RealtimeWire, WireClose } from './wire.ts';

class MemoryWire implements RealtimeWire {
  onFrame: ((frame: string) => void) | undefined;
  onClose: ((close: WireClose) => void) | undefined;
  bufferedBytes = 0;
  far: MemoryWire | undefined;

  send(frame: string, onWritten?: () => void): void {
    const { far } = this;
    if (far === undefined) return;
    queueMicrotask(() => {
      far.onFrame?.(frame);
      onWritten?.();
    });
  }

  close(code: number, reason: string): void {
    const { far } = this;
    if (far === undefined) return;
    this.far = undefined;
    far.far = undefined;
    queueMicrotask(() => {
      this.onClose?.({ code, reason });
      far.onClose?.({ code, reason });
    });
  }
}

/** Two wires joined back to back: what one sends, the other receives, always a moment later. */
export function createMemoryWirePair(): readonly [RealtimeWire, RealtimeWire] {
  const left = new MemoryWire();
  const right = new MemoryWire();
  left.far = right;
  right.far = left;
  return [left, right];
}
