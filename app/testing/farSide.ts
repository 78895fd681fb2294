const FADE_S = 0.005;

/**
 * The provider's end of a call, in the same page: answers an offer with a real peer connection, speaks
 * a tone when told, and measures what it hears of the microphone.
 */
export class FarSide {
  readonly #context = new AudioContext();
  readonly #peer = new RTCPeerConnection();
  readonly #voice: GainNode;
  readonly #ear: AnalyserNode;
  #channel: RTCDataChannel | undefined;

  constructor() {
    const tone = new OscillatorNode(this.#context, { frequency: 220 });
    this.#voice = new GainNode(this.#context, { gain: 0 });
    const out = this.#context.createMediaStreamDestination();
    tone.connect(this.#voice).connect(out);
    tone.start();
    this.#ear = new AnalyserNode(this.#context, { fftSize: 2048 });
    const [track] = out.stream.getAudioTracks();
    this.#peer.addEventListener('datachannel', ({ channel }) => {
      this.#channel = channel;
    });
    this.#peer.addEventListener('track', (event) => {
      const stream = new MediaStream([event.track]);
      const element = new Audio();
      element.muted = true;
      element.srcObject = stream;
      element.play().catch(() => undefined);
      this.#context.createMediaStreamSource(stream).connect(this.#ear);
      if (track !== undefined) void event.transceiver.sender.replaceTrack(track);
      event.transceiver.direction = 'sendrecv';
    });
  }

  /** The whole answer, with every address in it; none of them with `isHidden`. */
  async answer(offer: string, isHidden = false): Promise<string> {
    await this.#peer.setRemoteDescription({ type: 'offer', sdp: offer });
    await this.#peer.setLocalDescription();
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (this.#peer.iceGatheringState === 'complete') resolve();
    };
    this.#peer.addEventListener('icegatheringstatechange', look);
    look();
    await promise;
    const sdp = this.#peer.localDescription?.sdp ?? '';
    return isHidden ? sdp.replaceAll(/^a=candidate:.*\r\n/gmu, '') : sdp;
  }

  get isOpen(): boolean {
    return this.#channel?.readyState === 'open';
  }

  /** Loudness of what it hears just now, as RMS. */
  get hears(): number {
    const samples = new Float32Array(this.#ear.fftSize);
    this.#ear.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
  }

  speak(isSpeaking: boolean): void {
    this.#voice.gain.setTargetAtTime(isSpeaking ? 0.4 : 0, this.#context.currentTime, FADE_S);
  }

  say(event: { readonly type: string; readonly response_id?: string }): void {
    if (this.#channel?.readyState === 'open') this.#channel.send(JSON.stringify(event));
  }

  /** Twice is harmless. */
  close(): void {
    this.#peer.close();
    if (this.#context.state !== 'closed') void this.#context.close();
  }
}
