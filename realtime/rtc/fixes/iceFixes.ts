import { networkInterfaces } from 'node:os';

import {
  type CandidatePair,
  Connection,
  type Message,
  methods,
  parseMessage,
  type RTCDtlsTransport,
  StunProtocol,
} from 'werift';

import { ownAddresses } from '../candidates.ts';

// werift 0.25.2 promises none of the fields used here and in `dtlsFixes.ts`. Its version is pinned, and
// `fixes.test.ts` fails when one of them stops working.

type Address = readonly [host: string, port: number];
type Protocol = CandidatePair['protocol'];

/** The first byte of a STUN message, as opposed to DTLS and RTP (RFC 7983). */
const STUN_BELOW = 4;
/** Addresses that passed a check and are remembered; a call has one or two. */
const MAX_KNOWN_SENDERS = 16;
const ASK_TIMEOUT_MS = 450;
const RECEIVE_BUFFER_BYTES = 1024 * 1024;

export type IceOptions = {
  /** Where to be reached; each gets a socket bound to it. */
  readonly addresses: readonly string[];
  readonly sameMachine: boolean;
  /** STUN or TURN servers were configured by the user. */
  readonly hasServers: boolean;
};

export type FixedIce = {
  /** Whether anything came from the far side since this was asked last. */
  heard(): boolean;
  /** Sends a check to the far side; its answer is a sign of life. */
  ask(): void;
  /** Keeps sending on the path there is until an ICE restart has found its own. */
  keepPath(): void;
};

/** Makes an ICE agent safe to use; to be called before it gathers candidates. */
export function fixIce(dtls: RTCDtlsTransport, options: IceOptions): FixedIce {
  const connection = agentOf(dtls);
  // Without this it asks a public STUN server, whatever `iceServers` says.
  if (!options.hasServers) Reflect.deleteProperty(connection, 'stunServer');
  bindToAddresses(connection, options.addresses);
  let isHeard = false;
  const onHeard = (): void => {
    isHeard = true;
  };
  const guard = new Guard(dtls, options.sameMachine, onHeard);
  const ensureProtocol = connection['ensureProtocol'].bind(connection);
  connection['ensureProtocol'] = (protocol: Protocol) => {
    guard.watch(protocol);
    ensureProtocol(protocol);
  };
  const keepPath = sendOnOldPath(connection);
  return {
    heard: () => {
      const answer = isHeard;
      isHeard = false;
      return answer;
    },
    ask: () => {
      ask(connection, onHeard);
    },
    keepPath: () => {
      guard.unpin();
      keepPath();
    },
  };
}

function agentOf(dtls: RTCDtlsTransport): Connection {
  const { connection } = dtls.iceTransport;
  if (!(connection instanceof Connection)) throw new Error('werift has another ICE agent now');
  return connection;
}

/**
 * Sockets bound to all addresses answer from whichever the routing likes, which is how a machine with
 * several gets pairs that pass checks and then carry nothing.
 */
function bindToAddresses(connection: Connection, addresses: readonly string[]): void {
  const gather = connection['getCandidatePromises'].bind(connection);
  connection['getCandidatePromises'] = (_all: string[], timeoutS?: number) => {
    const { turnServer } = connection;
    return addresses.flatMap((address, index) => {
      connection.options.interfaceAddresses = address.includes(':')
        ? { udp6: address }
        : { udp4: address };
      // One relay is enough.
      if (index > 0) Reflect.deleteProperty(connection, 'turnServer');
      const promises = gather([address], timeoutS);
      if (turnServer !== undefined) connection.turnServer = turnServer;
      return promises;
    });
  };
}

/** Lets nothing near the agent that did not come from somebody who knows the password of this call. */
class Guard {
  readonly #dtls: RTCDtlsTransport;
  readonly #connection: Connection;
  readonly #sameMachine: boolean;
  readonly #onHeard: () => void;
  readonly #own: ReadonlySet<string> = ownAddresses(networkInterfaces());
  readonly #senders = new Set<string>();
  #pinned: string | undefined;

  constructor(dtls: RTCDtlsTransport, sameMachine: boolean, onHeard: () => void) {
    this.#dtls = dtls;
    this.#connection = agentOf(dtls);
    this.#sameMachine = sameMachine;
    this.#onHeard = onHeard;
  }

  unpin(): void {
    this.#pinned = undefined;
  }

  watch(protocol: Protocol): void {
    const { onRequestReceived } = protocol;
    const execute = onRequestReceived.execute;
    onRequestReceived.execute = (message, from, raw) => {
      if (this.#admits(protocol, message, from, raw)) execute(message, from, raw);
    };
    if (!(protocol instanceof StunProtocol)) return;
    const open = protocol.connectionMade;
    protocol.connectionMade = async (...args) => {
      await open(...args);
      // The system grants what it allows; its default is full after a hundred packets.
      protocol.transport.socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    };
    const receive = protocol['datagramReceived'].bind(protocol);
    protocol['datagramReceived'] = (data: Buffer, from: Address) => {
      const isStun = (data[0] ?? 0) < STUN_BELOW;
      if (!isStun && !this.#mayPass(data, from)) return;
      receive(data, from);
    };
  }

  /** werift answers any check; only one with this call's user name and password is one (RFC 8445 §7.3). */
  #admits(protocol: Protocol, message: Message, from: Address, raw: Buffer): boolean {
    const { localUsername, localPassword, remoteUsername } = this.#connection;
    if (message.messageMethod !== methods.BINDING) return false;
    if (parseMessage(raw, Buffer.from(localPassword)) === undefined) return false;
    const user: unknown = message.getAttributeValue('USERNAME');
    if (typeof user !== 'string' || !user.startsWith(`${localUsername}:`)) return false;
    // Before the answer has come the far side's half is not known yet.
    if (remoteUsername !== '' && user !== `${localUsername}:${remoteUsername}`) return false;
    if (this.#sameMachine) {
      if (!this.#own.has(from[0])) return false;
      // An ICE-lite agent follows the last check it saw; the first path that works is the one.
      const path = `${String(protocol.localCandidate?.host)} ${keyOf(from)}`;
      this.#pinned ??= path;
      if (path !== this.#pinned) return false;
    }
    this.#remember(from);
    this.#onHeard();
    return true;
  }

  #mayPass(data: Buffer, from: Address): boolean {
    if (!this.#isSender(from)) return false;
    if (this.#dtls.state === 'connected' && isUnprotectedDtls(data)) return false;
    this.#onHeard();
    return true;
  }

  #isSender(from: Address): boolean {
    if (this.#senders.has(keyOf(from))) return true;
    // A far side that never checks (ICE-lite) has answered ours; answers are verified by werift.
    const isAnswered = this.#connection.checkList.some(
      (pair) => pair.responsesReceived > 0 && keyOf(pair.remoteAddr) === keyOf(from),
    );
    if (isAnswered) this.#remember(from);
    return isAnswered;
  }

  #remember(from: Address): void {
    if (this.#senders.size < MAX_KNOWN_SENDERS) this.#senders.add(keyOf(from));
  }
}

const keyOf = ([host, port]: Address): string => `${host} ${port}`;

/**
 * A plain ClientHello or alert. Once keys are agreed on werift still believes them, though anybody
 * could have written them, and begins anew or hangs up.
 */
function isUnprotectedDtls(data: Buffer): boolean {
  for (let start = 0; start + 13 < data.length;) {
    const type = data[start];
    const isPlain = data.readUInt16BE(start + 3) === 0;
    if (isPlain && (type === 21 || (type === 22 && data[start + 13] === 1))) return true;
    start += 13 + data.readUInt16BE(start + 11);
  }
  return false;
}

/** RFC 8445 §9: data goes on over the old path while a restart looks for a new one. */
function sendOnOldPath(connection: Connection): () => void {
  const send = connection.send;
  let old: CandidatePair | undefined;
  connection.send = async (data) => {
    if (connection['canSendApplicationData']() === true) {
      old = undefined;
      await send(data);
    } else {
      await old?.protocol.sendData(data, old.remoteAddr);
    }
  };
  return () => {
    old = connection.nominated ?? old;
  };
}

function ask(connection: Connection, onAnswer: () => void): void {
  const { nominated, localUsername, remoteUsername, remotePassword, iceControlling } = connection;
  if (nominated === undefined) return;
  const { localCandidate, remoteAddr, protocol } = nominated;
  const parts = { nominate: false, localUsername, remoteUsername, iceControlling, localCandidate };
  protocol
    .request(connection['buildRequest'](parts), remoteAddr, Buffer.from(remotePassword), {
      retransmissions: 0,
      responseTimeout: ASK_TIMEOUT_MS,
    })
    .then(onAnswer, () => undefined);
}
