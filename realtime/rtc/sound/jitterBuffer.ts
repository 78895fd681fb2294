/** RTP time of Opus runs at 48 kHz, whatever rate is decoded to (RFC 7587 §4.1). */
const TICKS_PER_FRAME = 960;
const TICKS_PER_MS = 48;
/** How many packets, or 20 ms of the clock, a missing one is waited for. */
const HOLD_FRAMES = 2;
/** Lost frames that are made up; what Opus invents beyond 100 ms is noise. */
const MAX_CONCEALED = 5;
/** Silence put into one gap at once; a longer one has been filled by the clock meanwhile. */
const MAX_GAP_SILENCE = 10;
/** After so many frames of the clock without a packet, a far side that pauses is heard as silence. */
const FILL_AFTER_FRAMES = 10;
/** A packet this far from what is expected is a stray one, or the first of a new numbering. */
const MAX_DISORDER = 500;

export type RtpAudio = {
  /** 16 bits, wraps around. */
  readonly sequence: number;
  /** 32 bits, wraps around. */
  readonly timestamp: number;
  readonly payload: Uint8Array;
};

/** What is to be heard next; all but a packet last 20 ms. */
export type Piece =
  | { readonly kind: 'packet'; readonly payload: Uint8Array }
  /** A lost packet, of which the next one carries a coarse copy (RFC 6716 §2.1.7). */
  | { readonly kind: 'recovered'; readonly from: Uint8Array }
  | { readonly kind: 'concealed' }
  | { readonly kind: 'silence' };

/** Sequence number and time without wrap-around. */
type Held = RtpAudio & { readonly order: number; readonly ticks: number };

export type ReceiveState = {
  /** What the next packet should be; undefined before the first. */
  readonly next: { readonly order: number; readonly ticks: number } | undefined;
  /** Packets after a missing one, in order; never more than a few. */
  readonly held: readonly Held[];
  /** Frames of the clock since the last packet was let through, or came to wait. */
  readonly quietFrames: number;
  /** Frames of silence put out since the last packet was let through. */
  readonly filledFrames: number;
  /** The sequence number that would confirm a new numbering. */
  readonly renumberedTo: number | undefined;
};

export type ReceiveInput =
  | { readonly kind: 'packet'; readonly packet: RtpAudio }
  /** So many times 20 ms of the clock have passed. */
  | { readonly kind: 'tick'; readonly frames: number };

export type ReceiveResult = {
  readonly state: ReceiveState;
  readonly pieces: readonly Piece[];
  readonly lost: number;
  readonly late: number;
};

export const SILENT: ReceiveState = {
  next: undefined,
  held: [],
  quietFrames: 0,
  filledFrames: 0,
  renumberedTo: undefined,
};

/**
 * Puts packets in order. What comes in order passes at once; a missing packet is waited for while two
 * more come or 40 ms pass. A pause of the far side is filled with silence, so that who counts samples
 * (a turn detector) sees time pass.
 */
export function stepReceive(state: ReceiveState, input: ReceiveInput): ReceiveResult {
  return input.kind === 'packet' ? takePacket(state, input.packet) : takeTick(state, input.frames);
}

function takePacket(state: ReceiveState, packet: RtpAudio): ReceiveResult {
  const { next } = state;
  if (next === undefined) return begin(packet);
  const distance = signed16(packet.sequence - next.order);
  if (Math.abs(distance) > MAX_DISORDER) {
    // One stray packet changes nothing; two in a row are a far side that began anew (RFC 3550 A.1).
    if (packet.sequence === state.renumberedTo) return begin(packet);
    const renumberedTo = (packet.sequence + 1) & 0xffff;
    return { state: { ...state, renumberedTo }, pieces: [], lost: 0, late: 1 };
  }
  const order = next.order + distance;
  const isRepeat = state.held.some((held) => held.order === order);
  if (distance < 0 || isRepeat) return { state, pieces: [], lost: 0, late: 1 };

  const ticks = next.ticks + signed32(packet.timestamp - next.ticks);
  const held = [...state.held, { ...packet, order, ticks }].toSorted((a, b) => a.order - b.order);
  return letThrough({ ...state, held, quietFrames: 0, renumberedTo: undefined });
}

function takeTick(state: ReceiveState, frames: number): ReceiveResult {
  if (state.next === undefined) return { state, pieces: [], lost: 0, late: 0 };
  const quietFrames = state.quietFrames + frames;
  if (state.held.length > 0) return letThrough({ ...state, quietFrames });
  if (quietFrames < FILL_AFTER_FRAMES) {
    return { state: { ...state, quietFrames }, pieces: [], lost: 0, late: 0 };
  }
  const pieces = silences(quietFrames - state.filledFrames);
  return {
    state: { ...state, quietFrames, filledFrames: quietFrames },
    pieces,
    lost: 0,
    late: 0,
  };
}

function begin(packet: RtpAudio): ReceiveResult {
  const first = { order: packet.sequence, ticks: packet.timestamp };
  return {
    state: { ...SILENT, next: after({ ...packet, ...first }) },
    pieces: [{ kind: 'packet', payload: packet.payload }],
    lost: 0,
    late: 0,
  };
}

/** Gives out what is in order, and gives up a missing packet that was waited for long enough. */
function letThrough(state: ReceiveState): ReceiveResult {
  const pieces: Piece[] = [];
  let { next, filledFrames, quietFrames } = state;
  let held = state.held;
  let lost = 0;
  for (;;) {
    const [head, ...rest] = held;
    if (head === undefined || next === undefined) break;
    const missing = head.order - next.order;
    const isWaiting = held.length <= HOLD_FRAMES && quietFrames < HOLD_FRAMES;
    if (missing > 0 && isWaiting) break;
    const gapFrames = Math.round((head.ticks - next.ticks) / TICKS_PER_FRAME) - filledFrames;
    lost += missing;
    pieces.push(...(missing > 0 ? concealment(gapFrames, head) : silences(gapFrames)));
    pieces.push({ kind: 'packet', payload: head.payload });
    next = after(head);
    held = rest;
    filledFrames = 0;
    quietFrames = held.length === 0 ? 0 : quietFrames;
  }
  return { state: { ...state, next, held, filledFrames, quietFrames }, pieces, lost, late: 0 };
}

/** The frames before `head` that were lost: the last one from its copy, others made up, the rest silent. */
function concealment(gapFrames: number, head: Held): Piece[] {
  if (gapFrames <= 0) return [];
  const concealed = Math.min(gapFrames, MAX_CONCEALED) - 1;
  return [
    ...Array.from({ length: concealed }, (): Piece => ({ kind: 'concealed' })),
    ...silences(gapFrames - concealed - 1),
    { kind: 'recovered', from: head.payload },
  ];
}

const silences = (frames: number): Piece[] =>
  Array.from({ length: Math.max(0, Math.min(frames, MAX_GAP_SILENCE)) }, () => ({
    kind: 'silence',
  }));

const after = (packet: Held): { order: number; ticks: number } => ({
  order: packet.order + 1,
  ticks: packet.ticks + packetMs(packet.payload) * TICKS_PER_MS,
});

/** How long an Opus packet lasts (RFC 6716 §3.1 and §3.2); 20 ms for one that is not Opus. */
export function packetMs(payload: Uint8Array): number {
  const [toc, counts = 0] = payload;
  if (toc === undefined) return 20;
  const frames = [1, 2, 2, counts & 0x3f][toc & 3] ?? 1;
  const config = toc >> 3;
  const lengths = config < 12 ? [10, 20, 40, 60] : config < 16 ? [10, 20] : [2.5, 5, 10, 20];
  const frameMs = lengths[config % lengths.length] ?? 20;
  const totalMs = frames * frameMs;
  return totalMs > 0 && totalMs <= 120 ? totalMs : 20;
}

const signed16 = (value: number): number => (value << 16) >> 16;
const signed32 = (value: number): number => value | 0;
