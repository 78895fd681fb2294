import { systemTimeZone } from '../platform/index.ts';
import type { ThreadSettings } from './ports.ts';

export type ThreadNotesOptions = {
  readonly isIntroduced: boolean;
  /** Where a thread of earlier times was left. */
  readonly leftAt: Pick<ThreadSettings, 'environments'> | undefined;
  readonly isInHistory: (note: string) => boolean;
};

/** What the text model is told beside the words of its user, each thing once. */
export class ThreadNotes {
  /** Whether its history holds this note. */
  readonly #isInHistory: (note: string) => boolean;
  #isIntroduced: boolean;
  /** What the text model believes; nothing is known before it is introduced. */
  #told: Told | undefined;
  #voice: { readonly live: boolean; readonly note: string } | undefined;
  /** Whether the text model believes that the user is talking by voice. */
  #toldVoiceIsLive = false;

  constructor({ isIntroduced, leftAt, isInHistory }: ThreadNotesOptions) {
    this.#isInHistory = isInHistory;
    this.#isIntroduced = isIntroduced;
    if (leftAt !== undefined) this.#told = { cwd: cwdOf(leftAt), developerInstructions: EARLIER };
  }

  /**
   * Voice began or ended; the text model reads the note before the user's next words, unless the
   * state has changed back by then (realtime-v2 §14).
   */
  noteVoice(live: boolean, note: string): void {
    this.#voice = { live, note };
  }

  /** Of what the model was told, its history has no more than how it works and where (`standingNotes`). */
  forgotten(): void {
    this.#toldVoiceIsLive = false;
  }

  /** For words that join a turn. `markTold` says that they were taken. */
  forJoining(): readonly string[] {
    const voice = this.#voice;
    return voice === undefined || voice.live === this.#toldVoiceIsLive ? [] : [voice.note];
  }

  /** For words that start a turn: where it is, too, before the first ones of a thread and whenever that changes. */
  forStarting(settings: PlaceOfTurn, nowMs: number): readonly string[] {
    const before = this.#isIntroduced ? this.#told : undefined;
    const { developerInstructions } = settings;
    const cwd = cwdOf(settings);
    const known = before?.developerInstructions;
    const isKnown = (instructions: string): boolean =>
      known === EARLIER ? this.#isInHistory(instructions) : instructions === known;
    return [
      ...(developerInstructions === undefined || isKnown(developerInstructions)
        ? []
        : [developerInstructions]),
      ...(cwd === before?.cwd ? [] : [contextOf(cwd, nowMs)]),
      ...this.forJoining(),
    ];
  }

  /** With the settings of the turn that starts; returns what takes it back, for words that the model did not come to hear. */
  markTold(starting?: PlaceOfTurn): () => void {
    const before = {
      isIntroduced: this.#isIntroduced,
      told: this.#told,
      toldVoiceIsLive: this.#toldVoiceIsLive,
    };
    this.#toldVoiceIsLive = this.#voice?.live ?? false;
    if (starting !== undefined) {
      this.#isIntroduced = true;
      const { developerInstructions } = starting;
      this.#told = { cwd: cwdOf(starting), developerInstructions };
    }
    return () => {
      this.#isIntroduced = before.isIntroduced;
      this.#told = before.told;
      this.#toldVoiceIsLive = before.toldVoiceIsLive;
    };
  }
}

type PlaceOfTurn = Pick<ThreadSettings, 'developerInstructions' | 'environments'>;

const NOWHERE = '';

/** Those that a thread of earlier times was given: its history has them, which is not read before a turn needs it. */
const EARLIER = Symbol('earlier');

/** What the model is told of settings beside the words of its user. */
type Told = {
  readonly cwd: string;
  readonly developerInstructions: string | typeof EARLIER | undefined;
};

const cwdOf = ({ environments }: Pick<ThreadSettings, 'environments'>): string =>
  environments[0]?.cwd ?? NOWHERE;

const CONTEXT_START = '<environment_context>';

/** Whether a note says where a thread is. */
export const saysWhere = (note: string): boolean => note.startsWith(CONTEXT_START);

function contextOf(cwd: string, nowMs: number): string {
  return [
    CONTEXT_START,
    cwd === NOWHERE ? '  <environments>none</environments>' : `  <cwd>${cwd}</cwd>`,
    `  <current_date>${new Date(nowMs).toISOString().slice(0, 10)}</current_date>`,
    `  <timezone>${systemTimeZone()}</timezone>`,
    '</environment_context>',
  ].join('\n');
}
