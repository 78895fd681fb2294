import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { type WebSocket, WebSocketServer } from 'ws';

import { frameText, watchSocket } from '../../transport/index.ts';
import {
  admitSession,
  checkVisitor,
  type EphemeralKeys,
  type KeyHolder,
  type SessionRequest,
  unknownCall,
} from '../admission/index.ts';
import type { CallRegistry } from '../calls/index.ts';
import { makeSession, NOTHING_REQUESTED, requestedModel } from '../config/index.ts';
import { refuse, type Refused } from '../errors/index.ts';
import { type EventLine, SocketWriter } from '../lines/index.ts';
import { type JoinedLine, ServerSession, type SessionPorts } from '../session/index.ts';
import { refuseUpgrade, requestUrl } from './http.ts';

/** An append may carry 15 MiB of sound, which base64 makes a third larger. */
const MAX_FRAME_BYTES = 32 * 1024 * 1024;
/** Sockets in all: more than any test of a client needs. */
const MAX_SOCKETS = 512;
/** Lines of one call, its data channel included. */
const MAX_LINES = 16;

/** A path whose WebSockets are no Realtime sessions; they come with the account's key alone. */
export type SocketRoute = {
  readonly path: string;
  /** Called once a socket is open: `line` writes to it, what is returned reads from it. */
  readonly open: (line: EventLine) => JoinedLine;
};

export type UpgradeHandlerOptions = {
  readonly ports: SessionPorts;
  readonly registry: CallRegistry;
  readonly keys: EphemeralKeys;
  readonly apiKey?: string;
  readonly sessionLimitMs: number;
  readonly socketRoutes: readonly SocketRoute[];
  readonly note: (message: string) => void;
  readonly onFirstSession: () => void;
};

export type Upgrade = {
  readonly request: IncomingMessage;
  readonly stream: Duplex;
  readonly head: Buffer;
};

/** What a socket becomes: called once it is open, it returns what reads from it. */
type Entry = {
  readonly name: string;
  readonly enter: (writer: SocketWriter) => JoinedLine;
};

/** Lets WebSockets in: one that names a model is a session, one that names a call joins it; other paths have routes. */
export class UpgradeHandler {
  readonly #options: UpgradeHandlerOptions;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handleProtocols: (offered) => (offered.has('realtime') ? 'realtime' : false),
  });

  constructor(options: UpgradeHandlerOptions) {
    this.#options = options;
  }

  open({ request, stream, head }: Upgrade): void {
    const entry = this.#admit(request);
    if ('kind' in entry) {
      refuseUpgrade(stream, entry);
      return;
    }
    this.#sockets.handleUpgrade(request, stream, head, (socket) => {
      request.socket.setNoDelay(true);
      this.#attach(socket, entry);
    });
  }

  /** Says goodbye to every socket that is still open. */
  close(): void {
    for (const socket of this.#sockets.clients) socket.close(1001, 'server is closing');
  }

  terminate(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  #admit(request: IncomingMessage): Entry | Refused {
    const { keys, apiKey } = this.#options;
    const visitor = { url: requestUrl(request), headers: request.headers };
    const holder = checkVisitor(visitor, apiKey, keys);
    if (holder.kind === 'refused') return holder;
    if (this.#sockets.clients.size >= MAX_SOCKETS) {
      return refuse(429, 'too_many_sockets', `There are ${MAX_SOCKETS} sockets already.`);
    }
    const route = this.#options.socketRoutes.find(({ path }) => path === visitor.url.pathname);
    if (route !== undefined) return { name: `socket of ${route.path}`, enter: route.open };
    const requested = holder.kind === 'ephemeral' ? holder.key.requested : NOTHING_REQUESTED;
    const asked = admitSession(visitor, requested.model !== undefined);
    if (asked.kind === 'refused') return asked;
    return asked.kind === 'join'
      ? this.#joinCall(asked.callId, holder)
      : this.#beginSession(asked, visitor.url, holder);
  }

  #joinCall(callId: string, holder: KeyHolder): Entry | Refused {
    const call = this.#options.registry.find(callId, holder);
    if (call === undefined) return unknownCall(callId);
    if (call.lineCount >= MAX_LINES) {
      return refuse(429, 'too_many_lines', `The call '${callId}' has ${MAX_LINES} lines already.`);
    }
    return { name: `socket of call ${callId}`, enter: (writer) => call.join(writer) };
  }

  #beginSession(
    { type }: Extract<SessionRequest, { kind: 'session' }>,
    url: URL,
    holder: KeyHolder,
  ): Entry | Refused {
    const { ports, sessionLimitMs, onFirstSession } = this.#options;
    const requested = holder.kind === 'ephemeral' ? holder.key.requested : NOTHING_REQUESTED;
    const session = makeSession({
      id: ports.newId('sess'),
      expiresAtMs: ports.clock.nowMs() + sessionLimitMs,
      type,
      requests: [requested, requestedModel(url)],
      voices: ports.voice.voices,
    });
    if ('kind' in session) return session;
    return {
      name: `session ${session.id}`,
      enter: (writer) => {
        onFirstSession();
        const live = new ServerSession({ ...ports, session, playedBy: 'client' });
        return live.join(writer);
      },
    };
  }

  /** The session or call lives on in the listeners of its socket. */
  #attach(socket: WebSocket, { name, enter }: Entry): void {
    const { ports, note } = this.#options;
    watchSocket(socket, ports.clock, ports.log);
    note(`${name} opened`);
    const line = enter(new SocketWriter(socket, ports.log));
    socket.on('message', (data, isBinary) => {
      line.receive(isBinary ? undefined : frameText(data));
    });
    socket.on('close', (code) => {
      note(`${name} closed with code ${code}`);
      line.left();
    });
    // An `error` is always followed by `close`; without a listener it would end the process.
    socket.on('error', (error) => {
      ports.log(`socket error: ${error.message}`);
    });
  }
}
