import {
  Connection,
  type RTCDataChannel,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  type RTCRtpSender,
  RtpHeader,
  RtpPacket,
} from 'werift';

/** A far side made of plain werift without any of our mending, which shows its insides. */
export type ForeignPage = AsyncDisposable & {
  readonly connection: RTCPeerConnection;
  readonly channel: RTCDataChannel;
  readonly sender: RTCRtpSender;
  /** Packets of sound that came. */
  readonly heard: RtpPacket[];
  readonly messages: string[];
  offer(options?: { iceRestart: boolean }): Promise<string>;
  accept(answerSdp: string): Promise<void>;
  /** Sends one packet of sound. */
  speak(sequence: number, timestamp: number, payload: Uint8Array): Promise<void>;
  /** Is gone without a word. */
  vanish(): void;
};

export function openForeignPage(): ForeignPage {
  const opus = new RTCRtpCodecParameters({
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    payloadType: 111,
    parameters: 'minptime=10;useinbandfec=1',
  });
  const connection = new RTCPeerConnection({
    iceServers: [],
    bundlePolicy: 'max-bundle',
    codecs: { audio: [opus], video: [] },
  });
  const { sender } = connection.addTransceiver('audio', { direction: 'sendrecv' });
  const channel = connection.createDataChannel('oai-events');
  const heard: RtpPacket[] = [];
  const messages: string[] = [];
  channel.onMessage.subscribe((data) => messages.push(data.toString()));
  const [dtls] = connection.dtlsTransports;
  if (dtls === undefined) throw new Error('There is no transport.');
  dtls.onRtp.subscribe((packet) => heard.push(packet));
  const agent = dtls.iceTransport.connection;
  if (!(agent instanceof Connection)) throw new Error('There is no ICE agent.');
  Reflect.deleteProperty(agent, 'stunServer');
  return {
    connection,
    channel,
    sender,
    heard,
    messages,
    offer: async (options) => {
      await connection.setLocalDescription(await connection.createOffer(options));
      return connection.localDescription?.sdp ?? '';
    },
    accept: (answerSdp) => connection.setRemoteDescription({ type: 'answer', sdp: answerSdp }),
    speak: (sequenceNumber, timestamp, payload) => {
      const header = new RtpHeader({ sequenceNumber, timestamp, payloadType: 111 });
      return sender.sendRtp(new RtpPacket(header, Buffer.from(payload)));
    },
    vanish: () => {
      for (const protocol of agent['protocols']) protocol.transport.socket.close();
    },
    [Symbol.asyncDispose]: () => connection.close(),
  };
}
