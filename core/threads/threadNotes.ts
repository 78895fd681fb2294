import { systemTimeZone } from '../platform/index.ts';
import type { ThreadSettings } from './ports.ts';

/** What the text model is told beside the words of its user, each thing once. */
export class ThreadNotes {
  #isIntroduced: boolean;
  /** What the text model believes; nothing is known before it is introduced. */
  #told: Told | undefined;
  #voice: { readonly live: boolean; readonly note: string } | undefined;
  /** Whether the text model believes that the user is talking by voice. */
  #toldVoiceIsLive = false;

  /** `told` is what a thread of earlier times was left with. */
  constructor(isIntroduced: boolean, told?: Told) {
    this.#isIntroduced = isIntroduced;
    this.#told = told;
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
    const { developerInstructions, cwd } = toldBy(settings);
    const instructs = developerInstructions !== before?.developerInstructions;
    return [
      ...(instructs && developerInstructions !== undefined ? [developerInstructions] : []),
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
      this.#told = toldBy(starting);
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

/** What the model is told of settings beside the words of its user. */
export type Told = { readonly cwd: string; readonly developerInstructions: string | undefined };

export const toldBy = ({ environments, developerInstructions }: PlaceOfTurn): Told => ({
  cwd: environments[0]?.cwd ?? NOWHERE,
  developerInstructions,
});

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
