import type { Page } from '@playwright/test';

/** How loud (RMS, full scale is 1) a sound was just before a moment of the page's clock. */
export type SoundMoment = { readonly atMs: number; readonly level: number };

/** What is noted inside the page while a test drives it. */
export type Probe = {
  /** What the page played, every ten milliseconds from its first sound context on. */
  readonly sound: SoundMoment[];
  /** What the microphone gave, muted or not, every ten milliseconds while it is open. */
  readonly microphone: SoundMoment[];
  /** Each word the state of the voice has shown, in order. */
  readonly words: string[];
  /** Whether something said by anybody was ever marked as being spoken. */
  wasMarkedSpeaking: boolean;
  /** Every microphone track that was handed out. */
  readonly tracks: MediaStreamTrack[];
  /** When Escape was last pressed. */
  escapeAtMs: number | undefined;
};

declare global {
  interface Window {
    readonly parleyProbe: Probe;
  }
}

/**
 * Listens where the page listens and speaks: at the loudspeaker, at the microphone and at the word that
 * names the state. Has to be called before the page goes anywhere.
 */
export async function attachProbe(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const probe: Probe = {
      sound: [],
      microphone: [],
      words: [],
      wasMarkedSpeaking: false,
      tracks: [],
      escapeAtMs: undefined,
    };
    Object.defineProperty(window, 'parleyProbe', { value: probe });

    function listen(source: AudioNode, to: 'sound' | 'microphone', isOver: () => boolean): void {
      const analyser = new AnalyserNode(source.context, { fftSize: 256 });
      source.connect(analyser);
      const samples = new Float32Array(analyser.fftSize);
      const timer = setInterval(() => {
        if (isOver()) {
          clearInterval(timer);
          return;
        }
        analyser.getFloatTimeDomainData(samples);
        let squares = 0;
        for (const sample of samples) squares += sample * sample;
        probe[to].push({ atMs: performance.now(), level: Math.sqrt(squares / samples.length) });
      }, 10);
    }

    // oxlint-disable-next-line typescript/unbound-method -- called with its own node below
    const { connect } = AudioNode.prototype;
    function connectAndListen(this: AudioNode, ...to: unknown[]): unknown {
      if (to[0] instanceof AudioDestinationNode)
        listen(this, 'sound', () => this.context.state === 'closed');
      return Reflect.apply(connect, this, to);
    }
    Object.assign(AudioNode.prototype, { connect: connectAndListen });

    const devices = navigator.mediaDevices;
    const getUserMedia = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints) => {
      const stream = await getUserMedia(constraints);
      probe.tracks.push(...stream.getTracks());
      // Ears of its own, which hear on while the page has muted its microphone.
      const ears = stream.clone();
      const context = new AudioContext();
      listen(context.createMediaStreamSource(ears), 'microphone', () => {
        if (stream.active) return false;
        for (const track of ears.getTracks()) track.stop();
        void context.close();
        return true;
      });
      return stream;
    };

    addEventListener(
      'keydown',
      (event) => {
        if (event.key === 'Escape') probe.escapeAtMs = performance.now();
      },
      { capture: true },
    );

    new MutationObserver(() => {
      const word = document.querySelector('footer output')?.firstChild?.textContent ?? '';
      if (word !== '' && word !== probe.words.at(-1)) probe.words.push(word);
      if (probe.wasMarkedSpeaking) return;
      const marks = Array.from(document.querySelectorAll('article header'));
      probe.wasMarkedSpeaking = marks.some((mark) => /\bspeaking\b/.test(mark.textContent));
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
}
