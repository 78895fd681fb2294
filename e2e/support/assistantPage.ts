import { expect, type Locator, type Page } from '@playwright/test';

import { attachProbe } from './probe.ts';

/** Above this RMS something is to be heard; what the built-in voice says is around 0.1. */
const AUDIBLE = 0.01;

/** The assistant as a user finds it: by what is written on it, never by how it is built. */
export class AssistantPage {
  readonly page: Page;
  readonly conversation: Locator;
  /** The voice's hands and the message field. */
  readonly dock: Locator;
  /** The word that names the state of the voice. */
  readonly state: Locator;
  readonly message: Locator;
  /** Begins to talk: in the middle of an empty conversation, in the dock of another. */
  readonly talk: Locator;
  readonly work: Locator;

  constructor(page: Page) {
    this.page = page;
    this.conversation = page.getByRole('region', { name: 'Conversation', exact: true });
    this.dock = page.getByRole('contentinfo');
    this.state = this.dock.getByRole('status');
    this.message = page.getByRole('textbox', { name: 'Message to Parley' });
    this.talk = page.getByRole('button', { name: /^(?:Start talking|Talk again)/ });
    this.work = page.getByRole('complementary', { name: 'Work' });
  }

  async open(url: string): Promise<void> {
    await attachProbe(this.page);
    await this.page.goto(url);
    await this.message.waitFor();
  }

  async send(text: string): Promise<void> {
    await this.message.fill(text);
    await this.message.press('Enter');
  }

  /** What one side said, in order; spoken, typed and written alike. */
  said(speaker: 'You' | 'Parley'): Locator {
    const name = this.page.locator('header b', { hasText: speaker });
    return this.conversation.getByRole('article').filter({ has: name });
  }

  button(name: string | RegExp): Locator {
    return this.dock.getByRole('button', { name, exact: true });
  }

  /**
   * Starts a voice session whose microphone is muted before it hears the first word. The page itself
   * presses the button as it appears: a hand from outside is later than the word on a busy machine.
   */
  async startMuted(): Promise<void> {
    await this.#muteAt(undefined);
    await this.talk.click();
    await this.button(/^Muted/).waitFor();
  }

  /** Starts a voice session that hears the recording once, however long its answer takes. */
  async startHearingOnce(): Promise<void> {
    await this.#muteAt('Thinking');
    await this.talk.click();
  }

  /** Lets the page mute its microphone as soon as it can, or as the state shows a word. */
  async #muteAt(word: string | undefined): Promise<void> {
    await this.page.evaluate((awaited) => {
      const observer = new MutationObserver(() => {
        const state = document.querySelector('footer output')?.firstChild?.textContent;
        if (awaited !== undefined && state !== awaited) return;
        const buttons = document.querySelectorAll<HTMLButtonElement>('footer button');
        const mute = Array.from(buttons).find((each) =>
          /^Mute\b/u.test(each.ariaLabel ?? each.innerText),
        );
        if (mute === undefined || mute.disabled) return;
        observer.disconnect();
        mute.click();
      });
      const changes = { subtree: true, childList: true, characterData: true, attributes: true };
      observer.observe(document, changes);
    }, word);
  }

  /** Every word the state has shown so far. */
  words(): Promise<readonly string[]> {
    return this.page.evaluate(() => window.parleyProbe.words);
  }

  /** Waits until the state has shown a word, which may have passed by the time somebody looks. */
  async hasBeen(word: string): Promise<void> {
    await expect.poll(() => this.words()).toContain(word);
  }

  /** Waits until something said by anybody has been marked as being spoken. */
  async wasMarkedSpeaking(): Promise<void> {
    await expect
      .poll(() => this.page.evaluate(() => window.parleyProbe.wasMarkedSpeaking))
      .toBe(true);
  }

  /** How loud it was at the loudest moment so far; 0 when nothing was ever played. */
  loudest(): Promise<number> {
    return this.page.evaluate(() =>
      Math.max(0, ...window.parleyProbe.sound.map(({ level }) => level)),
    );
  }

  /** For how many milliseconds there was something to hear. */
  audibleMs(): Promise<number> {
    return this.page.evaluate((audible) => {
      const { sound } = window.parleyProbe;
      let audibleMs = 0;
      for (const [index, { atMs, level }] of sound.entries()) {
        if (level > audible) audibleMs += atMs - (sound[index - 1]?.atMs ?? atMs);
      }
      return audibleMs;
    }, AUDIBLE);
  }

  /** For how many milliseconds there has been nothing to hear. */
  silentMs(): Promise<number> {
    return this.page.evaluate((audible) => {
      const { sound } = window.parleyProbe;
      const last = sound.findLast(({ level }) => level > audible);
      return last === undefined ? 0 : performance.now() - last.atMs;
    }, AUDIBLE);
  }

  /** How long after the last Escape the last audible moment was; negative when it was before. */
  heardAfterEscapeMs(): Promise<number> {
    return this.page.evaluate((audible) => {
      const { sound, escapeAtMs } = window.parleyProbe;
      const last = sound.findLast(({ level }) => level > audible);
      if (escapeAtMs === undefined || last === undefined) return Number.NaN;
      return last.atMs - escapeAtMs;
    }, AUDIBLE);
  }

  /** Whether the microphone has given the recorded words from their beginning to their end. */
  wordsWereSpoken(): Promise<boolean> {
    return this.page.evaluate((audible) => {
      const { microphone } = window.parleyProbe;
      const first = microphone.find(({ level }) => level > audible);
      const last = microphone.findLast(({ level }) => level > audible);
      const now = microphone.at(-1);
      if (first === undefined || last === undefined || now === undefined) return false;
      return last.atMs - first.atMs > 800 && now.atMs - last.atMs > 500;
    }, AUDIBLE);
  }

  /** The states of all microphone tracks that were handed out. */
  microphones(): Promise<readonly MediaStreamTrackState[]> {
    return this.page.evaluate(() => window.parleyProbe.tracks.map(({ readyState }) => readyState));
  }
}
