import type { RTCDtlsTransport, RTCPeerConnection, RTCSctpTransport } from 'werift';

/** More records than a handshake has. */
const FIRST_FREE_RECORD = 1_000;
const MAX_PACKETS_UNDER_WAY = 64;
const MAX_BYTES_UNDER_WAY = MAX_PACKETS_UNDER_WAY * 1024;
const ALERT = 21;
const HELLO_VERIFY = 3;
/** The flight with which a client has answered the far side's HelloVerifyRequest. */
const ANSWERED_VERIFY = 3;
const CLOSE_NOTIFY = Buffer.from([1, 0]);

/**
 * werift sends the last record of the handshake with number 0 or so of the new epoch and then counts
 * from 1: once the count gets there again, the nonce is used twice, and a browser drops the record as
 * a replay, which costs an early event a second.
 */
export function skipUsedRecordNumbers(dtls: RTCDtlsTransport): void {
  dtls.onStateChange.subscribe((state) => {
    const context = dtls.dtls?.dtls;
    if (state === 'connected' && context !== undefined) {
      context.recordSequenceNumber = FIRST_FREE_RECORD;
    }
  });
}

/**
 * A far side that takes longer than half a second for its first answer gets the hello again and
 * answers twice; werift as the client gives the call up at the second answer.
 */
export function passOverRepeatedVerify(dtls: RTCDtlsTransport): void {
  dtls.onStateChange.subscribe((state) => {
    if (state !== 'connecting') return;
    // The socket is made right after this state was told.
    queueMicrotask(() => {
      const socket = dtls.dtls;
      if (socket === undefined || dtls.role !== 'client') return;
      const handle = socket.onHandleHandshakes;
      socket.onHandleHandshakes = async (messages) => {
        const isNew = socket.dtls.flight < ANSWERED_VERIFY;
        await handle(messages.filter((message) => isNew || message.msg_type !== HELLO_VERIFY));
      };
    });
  });
}

/** The client's side of a handshake begins after a sleep of 100 ms, the server's does not. */
export function answerAsServer(dtls: RTCDtlsTransport): void {
  dtls.role = 'server';
}

/** What the far side sends over the channel must not end the process, as an unhandled rejection does. */
export function containFaults(
  transport: RTCSctpTransport,
  onFault: (error: unknown) => void,
): void {
  const { sctp } = transport;
  const handle = sctp['handleData'].bind(sctp);
  sctp['handleData'] = async (data: Buffer) => {
    await handle(data).catch(onFault);
  };
  sctp.onReceive.allUnsubscribe();
  sctp.onReceive.subscribe((streamId, protocolId, data) => {
    transport['datachannelReceive'](streamId, protocolId, data).catch(onFault);
  });
}

export type FixedFlow = {
  /** As many packets are under way as the usual receive buffer of a socket (208 KiB) surely holds. */
  readonly isFull: boolean;
};

/**
 * werift counts bytes and not packets: hundreds of small ones go out at once, overflow the far side's
 * socket, and are resent a second later. `onRoom` is called after each acknowledgement.
 */
export function limitFlow(transport: RTCSctpTransport, onRoom: () => void): FixedFlow {
  const { sctp } = transport;
  const acknowledge = sctp.onSackReceived;
  sctp.onSackReceived = async () => {
    sctp['cwnd'] = Math.min(sctp['cwnd'], MAX_BYTES_UNDER_WAY);
    await acknowledge();
    onRoom();
  };
  return {
    get isFull() {
      return sctp['sentQueue'].length + sctp['outboundQueue'].length >= MAX_PACKETS_UNDER_WAY;
    },
  };
}

/** Tells the far side that nothing more will come (RFC 5246 §7.2.1); werift itself just falls silent. */
export async function sayGoodbye(dtls: RTCDtlsTransport): Promise<void> {
  const socket = dtls.dtls;
  if (socket === undefined || dtls.state !== 'connected') return;
  const { cipher } = socket;
  const encrypt = cipher.encryptPacket.bind(cipher);
  cipher.encryptPacket = (packet) => {
    packet.recordLayerHeader.contentType = ALERT;
    return encrypt(packet);
  };
  // It has encrypted by the time it returns its promise.
  const sending = socket.send(CLOSE_NOTIFY);
  cipher.encryptPacket = encrypt;
  await sending.catch(() => undefined);
}

/** With DTLS up already, werift leaves a restarted ICE agent standing. */
export function startRestartedIce(connection: RTCPeerConnection): void {
  for (const transport of connection.iceTransports) {
    if (transport.state === 'connected' || transport.state === 'checking') continue;
    // The old path carries on when no new one is found; when that fails too, silence ends the call.
    transport.start().catch(() => undefined);
  }
}
