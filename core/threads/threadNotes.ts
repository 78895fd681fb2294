import { systemTimeZone } from '../platform/index.ts';
import type { ThreadSettings } from './ports.ts';

/** What the text model is told beside the words of its user, each thing once. */
export class ThreadNotes {
  #isIntroduced: boolean;
  #voice: { readonly live: boolean; readonly note: string } | undefined;
  /** Whether the text model believes that the user is talking by voice. */
  #toldVoiceIsLive = false;

  constructor(isIntroduced: boolean) {
    this.#isIntroduced = isIntroduced;
  }

  /**
   * Voice began or ended; the text model reads the note before the user's next words, unless the
   * state has changed back by then (realtime-v2 §14).
   */
  noteVoice(live: boolean, note: string): void {
    this.#voice = { live, note };
  }

  /** What the model was told of is no longer in its history; where the thread is, is. */
  forgotten(): void {
    this.#toldVoiceIsLive = false;
  }

  /** For words that join a turn. `markTold` says that they were taken. */
  forJoining(): readonly string[] {
    const voice = this.#voice;
    return voice === undefined || voice.live === this.#toldVoiceIsLive ? [] : [voice.note];
  }

  /** For words that start a turn: before the first ones of a thread, where it is, too. */
  forStarting(settings: ThreadSettings, nowMs: number): readonly string[] {
    const introduction = this.#isIntroduced ? [] : introductionOf(settings, nowMs);
    return [...introduction, ...this.forJoining()];
  }

  /** Returns what takes it back, for words that the model did not come to hear. */
  markTold(how: 'joining' | 'starting'): () => void {
    const before = { isIntroduced: this.#isIntroduced, toldVoiceIsLive: this.#toldVoiceIsLive };
    this.#toldVoiceIsLive = this.#voice?.live ?? false;
    if (how === 'starting') this.#isIntroduced = true;
    return () => {
      this.#isIntroduced = before.isIntroduced;
      this.#toldVoiceIsLive = before.toldVoiceIsLive;
    };
  }
}

function introductionOf(
  { developerInstructions, cwd }: ThreadSettings,
  nowMs: number,
): readonly string[] {
  const context = [
    '<environment_context>',
    `  <cwd>${cwd}</cwd>`,
    `  <current_date>${new Date(nowMs).toISOString().slice(0, 10)}</current_date>`,
    `  <timezone>${systemTimeZone()}</timezone>`,
    '</environment_context>',
  ].join('\n');
  return developerInstructions === undefined ? [context] : [developerInstructions, context];
}
