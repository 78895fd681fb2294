import { FRAME_MS, joinSamples } from '../../pcm.ts';

/** What the last frame meant. A `paused` stretch may go on; one that has `ended` does not. */
export type SegmentEvent =
  | { readonly type: 'nothing' }
  /** Something sets in that may be speech. */
  | { readonly type: 'began' }
  /** A word may have ended: `samples` is all of it so far, with what came just before. */
  | {
      readonly type: 'paused';
      readonly samples: Int16Array<ArrayBuffer>;
      /** Long enough for the end of a word; else `stayed` follows, unless it goes on. */
      readonly isLong: boolean;
    }
  /** Since the last pause came nothing, or no more than the release of a last consonant. */
  | { readonly type: 'stayed' }
  | { readonly type: 'ended' }
  /** It went on for longer than a word lasts. */
  | { readonly type: 'tooLong' };

const NOTHING: SegmentEvent = { type: 'nothing' };

const frames = (ms: number): number => Math.ceil(ms / FRAME_MS);

/** Loud for so long before it counts: a click is shorter. */
const ONSET_FRAMES = frames(60);
/** Kept from before the onset: soft consonants lie there. */
const BEFORE_FRAMES = frames(200);
/**
 * A pause is looked at as early as this, in the closure before the last consonant of "stop" and "wait", so that
 * the word is known by the time its end is.
 */
const EARLY_FRAMES = frames(40);
/** The word is told when so much more has come without speech. */
const STAYING_FRAMES = frames(60);
/** A last consonant that is let go is loud for less than this. */
const RELEASE_FRAMES = frames(60);
/** A pause that lasts is looked at once more, with the last consonant in it. */
const LATE_FRAMES = frames(140);
/** Each look costs the processor more than all else here: whoever speaks on in pieces says no word. */
const MOST_LOOKS = 4;
/** What has sounded for less than this is no word yet, and not looked at. */
const LEAST_FRAMES = frames(180);
const LAST_PAUSE_FRAMES = frames(240);
const MOST_FRAMES = frames(1_600);

/** How far above the room a frame must be to count as loud, in dB. */
const ABOVE_ROOM_DB = 9;
/** So far below the loudest of a stretch, a frame is a pause, in dB. */
const BELOW_LOUDEST_DB = 22;
/** The room is never taken for quieter than this, in dB of full scale. */
const LEAST_ROOM_DB = -62;
/** How quickly a louder room is believed, in dB per frame: 4 dB a second. */
const ROOM_RISE_DB = 0.08;

type Sounding = {
  readonly phase: 'sounding';
  readonly loudestDb: number;
  readonly quietFrames: number;
  readonly looks: number;
  /** What has come since the last look, while nothing speaks against its being the end. */
  readonly since: { readonly frames: number; readonly loudFrames: number } | undefined;
};

type Stretch =
  | { readonly phase: 'quiet'; readonly loudFrames: number }
  | Sounding
  /** Too long for a word; only its end is waited for. */
  | { readonly phase: 'passing'; readonly quietFrames: number };

const QUIET: Stretch = { phase: 'quiet', loudFrames: 0 };

/**
 * Cuts the microphone's sound into stretches that may be one word, by level alone. `isForeign` is asked
 * once a sound has set in: what is no speech of the listener's, an echo for one, does not begin anything.
 */
export class SpeechSegments {
  readonly #isForeign: () => boolean;
  #stretch: Stretch = QUIET;
  #frames: Int16Array<ArrayBuffer>[] = [];
  #roomDb: number | undefined;

  constructor(isForeign: () => boolean) {
    this.#isForeign = isForeign;
  }

  /** Takes a frame in which nothing may begin. */
  wait(frame: Int16Array<ArrayBuffer>): void {
    this.#followRoom(levelDb(frame));
    this.#stretch = QUIET;
    this.#frames = [...this.#frames, frame].slice(-BEFORE_FRAMES);
  }

  /** What sounds is known by now: nothing more is told of it. */
  dismiss(): void {
    this.#stretch = { phase: 'passing', quietFrames: 0 };
  }

  push(frame: Int16Array<ArrayBuffer>): SegmentEvent {
    const db = levelDb(frame);
    const room = this.#followRoom(db);
    this.#frames.push(frame);
    const event = this.#take(db, room);
    if (this.#stretch.phase !== 'sounding') this.#frames = this.#frames.slice(-BEFORE_FRAMES);
    return event;
  }

  #take(db: number, roomDb: number): SegmentEvent {
    const stretch = this.#stretch;
    switch (stretch.phase) {
      case 'quiet':
        return this.#onset(db > roomDb + ABOVE_ROOM_DB ? stretch.loudFrames + 1 : 0, db);
      case 'sounding': {
        const loudestDb = Math.max(stretch.loudestDb, db);
        const isQuiet = db < Math.max(roomDb + ABOVE_ROOM_DB / 2, loudestDb - BELOW_LOUDEST_DB);
        return this.#goOn({
          ...stretch,
          loudestDb,
          quietFrames: isQuiet ? stretch.quietFrames + 1 : 0,
          since: goneOn(stretch.since, isQuiet),
        });
      }
      case 'passing': {
        const quietFrames = db < roomDb + ABOVE_ROOM_DB ? stretch.quietFrames + 1 : 0;
        this.#stretch = quietFrames < LAST_PAUSE_FRAMES ? { ...stretch, quietFrames } : QUIET;
        return NOTHING;
      }
    }
  }

  #onset(loudFrames: number, db: number): SegmentEvent {
    this.#stretch = { phase: 'quiet', loudFrames };
    if (loudFrames < ONSET_FRAMES) return NOTHING;
    if (this.#isForeign()) {
      this.#stretch = QUIET;
      return NOTHING;
    }
    const begin = { loudestDb: db, quietFrames: 0, looks: 0, since: undefined };
    this.#stretch = { phase: 'sounding', ...begin };
    return { type: 'began' };
  }

  #goOn(stretch: Sounding): SegmentEvent {
    this.#stretch = stretch;
    const { quietFrames, looks, since } = stretch;
    if (quietFrames >= LAST_PAUSE_FRAMES) {
      this.#stretch = QUIET;
      return { type: 'ended' };
    }
    if (since?.frames === STAYING_FRAMES) return { type: 'stayed' };
    const isLong = quietFrames === LATE_FRAMES;
    const soundedFrames = this.#frames.length - BEFORE_FRAMES + ONSET_FRAMES - quietFrames;
    if (
      (isLong || quietFrames === EARLY_FRAMES) &&
      soundedFrames >= LEAST_FRAMES &&
      looks < MOST_LOOKS
    ) {
      this.#stretch = { ...stretch, looks: looks + 1, since: { frames: 0, loudFrames: 0 } };
      return { type: 'paused', samples: joinSamples(this.#frames), isLong };
    }
    if (this.#frames.length < MOST_FRAMES) return NOTHING;
    this.#stretch = { phase: 'passing', quietFrames: 0 };
    return { type: 'tooLong' };
  }

  /** The level of the room: falls at once, rises slowly. */
  #followRoom(db: number): number {
    const known = this.#roomDb ?? db;
    this.#roomDb = Math.max(LEAST_ROOM_DB, Math.min(db, known + ROOM_RISE_DB));
    return this.#roomDb;
  }
}

function goneOn(since: Sounding['since'], isQuiet: boolean): Sounding['since'] {
  if (since === undefined) return undefined;
  const loudFrames = since.loudFrames + (isQuiet ? 0 : 1);
  return loudFrames < RELEASE_FRAMES ? { frames: since.frames + 1, loudFrames } : undefined;
}

function levelDb(frame: Int16Array): number {
  let squares = 0;
  for (const sample of frame) squares += sample * sample;
  return 10 * Math.log10(squares / frame.length / 32_768 ** 2 + 1e-10);
}
