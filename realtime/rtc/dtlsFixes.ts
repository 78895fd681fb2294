import type { RTCDtlsTransport, RTCPeerConnection, RTCSctpTransport } from 'werift';

/** More records than a handshake has. */
const FIRST_FREE_RECORD = 1_000;
const ALERT = 21;
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
